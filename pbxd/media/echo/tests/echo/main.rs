// SPDX-License-Identifier: MIT OR Apache-2.0
//! The canceller on signals and hybrids of our own; the G.168 figures come from the example `g168`.
#![allow(clippy::unwrap_used)]

mod behaviour;
mod equivalence;
mod robustness;
mod transparency;

use echo::{Config, Group, LANES, Output, Port, Settings};
use g168_bench::Scenario;
use simd_dispatch::Instance;

/// Everything on but the processor and the disabler: what remains is linear.
const LINEAR: Settings = Settings {
    cancel: true,
    adapt: true,
    nlp: false,
    comfort_noise: false,
    tone_disabler: false,
};

/// Sout of up to sixteen lines, in visits of `visit` samples.
fn play(group: &mut Group, lines: &[Scenario], visit: usize) -> Vec<Vec<f32>> {
    let length = lines[0].rin.len();
    let mut out = vec![vec![0i16; length]; lines.len()];
    let mut now = 0;
    while now < length {
        let end = (now + visit).min(length);
        let mut ports = [const { None }; LANES];
        for ((port, line), out) in ports.iter_mut().zip(lines).zip(&mut out) {
            *port = Some(Port {
                rin: &line.rin[now..end],
                sin: &line.sin[now..end],
                out: Output::Linear(&mut out[now..end]),
            });
        }
        group.visit(&mut ports).unwrap();
        now = end;
    }
    let float = |v: Vec<i16>| v.into_iter().map(f32::from).collect();
    out.into_iter().map(float).collect()
}

/// A group with a channel for each line.
fn group(config: Config, instance: Instance, lines: &[Scenario], settings: Settings) -> Group {
    let mut group = Group::new(config, instance);
    for (lane, line) in lines.iter().enumerate() {
        group.open(lane, line.law, settings);
    }
    group
}
