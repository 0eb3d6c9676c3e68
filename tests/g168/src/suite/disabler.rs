// SPDX-License-Identifier: MIT OR Apache-2.0
//! The 2100 Hz tone disabler: phase-reversed tone switches the canceller off, plain tone the processor.
//! Frequencies, levels and times are those of a hardware canceller's data sheet; clause not checked.

use super::{Test, switches};
use crate::canceller::{Control, Disabled};
use crate::level::at;
use crate::scenario::{Case, Kit, Run, Scenario};
use crate::signal::{add, answer_tone, silence, tone, white};
use crate::verdict::Verdict;

fn script() -> Vec<(usize, Control)> {
    let mut script = switches(true);
    script.push((0, Control::ToneDisabler(true)));
    script
}

fn line(case: &Case, far: Vec<f32>, near: Vec<f32>) -> Scenario {
    let length = far.len().max(near.len());
    let mut far = far;
    far.resize(length, 0.0);
    Scenario::through(case.law, &far, |far| vec![0.0; far.len()], &near, script())
}

/// When a state was first reached, in seconds; 99 if never.
fn first(run: &Run, state: fn(&Disabled) -> bool) -> f64 {
    let found = run.disabled.iter().find(|(_, s)| state(s));
    found.map_or(99.0, |(n, _)| *n as f64 / 8000.0)
}

/// Frequency, level and reversal time; one goes with each path.
const REVERSED: [(f64, f64, f64, f64); 4] = [
    (2100.0, -12.0, 0.450, 0.0),
    (2079.0, -30.9, 0.475, 0.0),
    (2121.0, -20.0, 0.425, 0.2),
    (2100.0, -6.0, 0.450, 0.2),
];

fn reversed(case: &Case) -> Vec<f32> {
    let (hertz, level, every, depth) = REVERSED[case.path % REVERSED.len()];
    answer_tone(hertz, level, every, depth, at(4.0))
}

fn off_in_time(_: &Case, _: &Scenario, run: &Run) -> Vec<Verdict> {
    let time = first(run, |s| s.canceller);
    vec![Verdict::at_most("reversed tone: off after", time, "s", 1.5)]
}

pub(super) const REVERSED_RIN: Test = Test::new(
    "disabler-rin",
    "2079 to 2121 Hz with phase reversals from the far end, −31 to −6 dBm0",
    |_, case| line(case, reversed(case), silence(8)),
    off_in_time,
);

pub(super) const REVERSED_SIN: Test = Test::new(
    "disabler-sin",
    "the same from the near end, with noise 15 dB under it",
    |_, case| {
        let tone = reversed(case);
        let level = REVERSED[case.path % REVERSED.len()].1;
        let noise = white(level - 15.0, tone.len(), 9);
        line(case, silence(8), add(&tone, &noise))
    },
    off_in_time,
);

pub(super) const PLAIN: Test = Test::new(
    "disabler-plain",
    "2079 to 2121 Hz without reversals, −31 to 0 dBm0: the processor only",
    |_, case| {
        let (hertz, level) = [
            (2100.0, -12.0),
            (2079.0, -30.9),
            (2121.0, -20.0),
            (2100.0, -0.5),
        ][case.path % 4];
        line(
            case,
            silence(8),
            answer_tone(hertz, level, 0.0, 0.0, at(6.0)),
        )
    },
    |_, _, run| {
        let processor = first(run, |s| s.nlp);
        let canceller = f64::from(u8::from(run.disabled.iter().any(|(_, s)| s.canceller)));
        vec![
            Verdict::at_most("plain tone: processor off after", processor, "s", 0.6),
            Verdict::at_most("plain tone: false reversals", canceller, "", 0.0),
        ]
    },
);

pub(super) const OTHER_TONES: Test = Test::new(
    "disabler-other",
    "tones that must not switch anything off: 2000 Hz with reversals, 2225, 1300 and 1100 Hz",
    |_, case| {
        let near = match case.path % 4 {
            0 => answer_tone(2000.0, -12.0, 0.450, 0.0, at(6.0)),
            1 => tone(2225.0, -12.0, at(6.0)),
            2 => tone(1300.0, -12.0, at(6.0)),
            _ => tone(1100.0, -12.0, at(6.0)),
        };
        line(case, silence(8), near)
    },
    no_trip,
);

pub(super) const SPEECH: Test = Test::new(
    "disabler-speech",
    "a minute of speech in both directions must not switch anything off",
    |kit: &Kit, case| {
        let (far, near) = kit.speech().unwrap_or_default();
        let minute = |v: &[f32]| {
            let from = (case.path * at(60.0)) % v.len().max(1);
            let mut v: Vec<f32> = v
                .iter()
                .cycle()
                .skip(from)
                .take(at(60.0))
                .copied()
                .collect();
            crate::level::set_level(&mut v, -12.0);
            v
        };
        line(case, minute(far), minute(near))
    },
    no_trip,
)
.on_speech();

fn no_trip(_: &Case, _: &Scenario, run: &Run) -> Vec<Verdict> {
    let trips = run
        .disabled
        .iter()
        .filter(|(_, s)| s.canceller || s.nlp)
        .count();
    vec![Verdict::at_most("false trips", trips as f64, "", 0.0)]
}

pub(super) const RELEASE: Test = Test::new(
    "disabler-release",
    "off after reversed tone, held while data is louder than −36 dBm0, on again 100 to 400 ms after it ends",
    |_, case| {
        let mut near = answer_tone(2100.0, -15.0, 0.45, 0.0, at(3.0));
        near.extend(white(-30.0, at(3.0), 12));
        near.extend(silence(at(2.0)));
        line(case, silence(8), near)
    },
    |_, _, run| {
        let on = run
            .disabled
            .iter()
            .find(|(_, s)| s.canceller)
            .map(|(n, _)| *n);
        let back = run
            .disabled
            .iter()
            .find(|(n, s)| Some(*n) > on && !s.canceller);
        let time = back.map_or(99.0, |(n, _)| *n as f64 / 8000.0 - 6.0);
        vec![
            Verdict::at_least("released after", time, "s", 0.1),
            Verdict::at_most("released before", time, "s", 0.4),
        ]
    },
);
