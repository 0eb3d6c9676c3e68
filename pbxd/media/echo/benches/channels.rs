// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cost of a channel: CPU time per sample, all stages on, G.711 in and out, many channels resident.
//!
//! `cargo bench -p echo --bench channels -- [--channels N] [--seconds N] [--visit MS]`
//!
//! The channels carry composite source signals, and every fourth double talk, through echo paths of their own.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a benchmark may stop where it is wrong")]

use echo::{Config, Group, LANES, Output, Port, Settings};
use g168_bench::{Kit, Scenario, at};
use simd_dispatch::Instance;

struct Options {
    channels: usize,
    seconds: usize,
    visit: usize,
}

fn options() -> Options {
    let mut options = Options {
        channels: 1024,
        seconds: 4,
        visit: 1,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let target = match word.as_str() {
            "--channels" => &mut options.channels,
            "--seconds" => &mut options.seconds,
            "--visit" => &mut options.visit,
            _ => continue, // cargo's own
        };
        *target = words.next().unwrap().parse().unwrap();
    }
    options
}

/// Sixteen lines.
fn lines(seconds: usize) -> Vec<Scenario> {
    let kit = Kit::own();
    let line = |lane: usize| {
        let far = kit.single(-12.0, at(seconds as f64));
        let mut near = kit.double(-18.0, far.len());
        if lane % 4 != 0 {
            near.clear();
        } else {
            near[..far.len() / 2].fill(0.0);
        }
        let path = &kit.paths[lane % kit.paths.len()];
        let law = if lane % 2 == 0 {
            g711::Law::A
        } else {
            g711::Law::Mu
        };
        let echo = |far: &[f32]| path.echo(far, 8.0 + lane as f64 / 2.0, 55 * lane);
        Scenario::through(law, &far, echo, &near, Vec::new())
    };
    (0..LANES).map(line).collect()
}

/// CPU time of this thread so far, in seconds.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split_whitespace()
        .next()
        .unwrap()
        .parse::<f64>()
        .unwrap()
        * 1e-9
}

/// Nanoseconds of CPU time a sample and channel: the median of the seconds measured after the first.
fn measure(instance: Instance, lines: &[Scenario], options: &Options) -> (f64, usize) {
    let groups = options.channels.div_ceil(LANES);
    let mut all: Vec<Group> = (0..groups)
        .map(|_| Group::new(Config::default(), instance))
        .collect();
    for group in &mut all {
        for (lane, line) in lines.iter().enumerate() {
            group.open(lane, line.law, Settings::default());
        }
    }
    let visit = options.visit * 8;
    let mut out = vec![[0u8; LANES]; 0];
    out.resize(visit, [0; LANES]);
    let mut outputs: Vec<Vec<u8>> = vec![vec![0; visit]; LANES];
    let samples = options.seconds * 8000;
    let mut times = Vec::new();
    let mut start = cpu();
    for now in (0..samples).step_by(visit) {
        if now % 4000 < visit {
            times.push(cpu() - start);
            start = cpu();
        }
        for (n, group) in all.iter_mut().enumerate() {
            // Groups are at different places of the signals, as calls are.
            let shifted = (now + n * 808) % (samples - visit + 1) / 8 * 8;
            let mut ports = [const { None }; LANES];
            for ((port, line), out) in ports.iter_mut().zip(lines).zip(&mut outputs) {
                *port = Some(Port {
                    rin: &line.rin[shifted..shifted + visit],
                    sin: &line.sin[shifted..shifted + visit],
                    out: Output::Codes(out),
                });
            }
            group.visit(&mut ports).unwrap();
        }
    }
    let mut times: Vec<f64> = times.into_iter().skip(2).collect();
    times.sort_by(f64::total_cmp);
    let per = 1e9 / (4000.0 * (groups * LANES) as f64);
    (times[times.len() / 2] * per, all[0].memory())
}

fn main() {
    let options = options();
    println!("compiled: {:?}", Instance::compiled());
    println!(
        "{} channels, visits of {} ms, tail 128 ms, everything on",
        options.channels, options.visit
    );
    let lines = lines(options.seconds);
    for instance in Instance::available() {
        let (time, memory) = measure(instance, &lines, &options);
        println!(
            "{:8} {time:6.1} ns a sample, {:5.0} channels a core, {} bytes a channel",
            instance.name(),
            1e9 / (8000.0 * time),
            memory / LANES
        );
    }
}
