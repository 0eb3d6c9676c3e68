// SPDX-License-Identifier: MIT OR Apache-2.0
//! Plays scenarios through a canceller, as many at a time as it has lanes.

use crate::canceller::{Canceller, Control, Disabled, Visit};
use crate::scenario::{Run, Scenario};

/// Samples of a visit: 20 ms, cut where a switch is turned.
const VISIT: usize = 160;

/// Resets the canceller and plays up to [`Canceller::lanes`] scenarios. They must have the same length
/// and the same script.
///
/// # Panics
/// More scenarios than lanes, or scenarios that differ in length or script.
#[must_use]
pub fn play(canceller: &mut dyn Canceller, scenarios: &[Scenario]) -> Vec<Run> {
    let Some(first) = scenarios.first() else {
        return Vec::new();
    };
    assert!(
        scenarios.len() <= canceller.lanes(),
        "more scenarios than lanes"
    );
    for other in scenarios {
        assert_eq!(other.rin.len(), first.rin.len(), "lengths differ");
        assert_eq!(other.script, first.script, "scripts differ");
    }
    let length = first.rin.len();
    let mut refused = Vec::new();
    canceller.control(Control::Reset);
    let mut outputs = vec![vec![0i16; length]; scenarios.len()];
    let mut disabled: Vec<Vec<(usize, Disabled)>> = vec![Vec::new(); scenarios.len()];
    let mut script = first.script.iter().peekable();
    let mut now = 0;
    while now < length {
        while let Some((_, control)) = script.next_if(|(when, _)| *when <= now) {
            if !canceller.control(*control) && !refused.contains(control) {
                refused.push(*control);
            }
        }
        let cut = script.peek().map_or(length, |(when, _)| *when / 8 * 8);
        let end = (now + VISIT).min(cut.max(now + 8)).min(length);
        let pairs = scenarios.iter().zip(&mut outputs);
        let mut visits: Vec<Visit<'_>> = pairs
            .map(|(scenario, out)| Visit {
                law: scenario.law,
                rin: &scenario.rin[now..end],
                sin: &scenario.sin[now..end],
                sout: &mut out[now..end],
            })
            .collect();
        canceller.process(&mut visits);
        for (lane, changes) in disabled.iter_mut().enumerate() {
            if let Some(state) = canceller.disabled(lane) {
                if changes.last().map_or(Disabled::default(), |(_, s)| *s) != state {
                    changes.push((end, state));
                }
            }
        }
        now = end;
    }
    let pairs = outputs.into_iter().zip(disabled);
    pairs
        .map(|(sout, disabled)| Run {
            sout: sout.into_iter().map(f32::from).collect(),
            disabled,
            refused: refused.clone(),
        })
        .collect()
}
