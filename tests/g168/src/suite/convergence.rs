// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tests 2A to 2C, and how fast a canceller converges.

use super::{LEAD, Test, led, switches};
use crate::canceller::Control;
use crate::level::{at, enhancement, meter, power, reaches, set_level};
use crate::mask;
use crate::scenario::{Case, Kit, Run, Scenario};
use crate::signal::hoth;
use crate::verdict::Verdict;

/// When the path changes.
const CHANGE: f64 = 10.2;
const END: f64 = 20.4;

pub(super) const TEST_2A: Test = Test::new(
    "2A",
    "convergence, and again after an abrupt path change; processor on",
    |kit, case| changing(kit, case, true),
    |case, scenario, run| {
        let mut verdicts = Vec::new();
        let (far, out) = (meter(&scenario.far), meter(&run.sout));
        let names = [
            ["2A-a 0-50 ms", "2A-a 50 ms-1 s", "2A-a after 1 s"],
            ["2A-b 0-50 ms", "2A-b 50 ms-1 s", "2A-b after 1 s"],
        ];
        for (names, start, end) in [(names[0], LEAD, CHANGE), (names[1], CHANGE, END - 0.2)] {
            let (start, end) = (at(start), at(end));
            let first = start + at(0.05) + case.delay;
            let loss = far.highest(start, start + at(1.0)) - out.highest(start, first);
            verdicts.push(Verdict::at_least(names[0], loss, "dB", mask::EARLY_LOSS));
            let loss = case.level - out.highest(first, start + at(1.0));
            verdicts.push(Verdict::at_least(names[1], loss, "dB", mask::LOSS));
            let returned = out.highest(start + at(1.0), end);
            verdicts.push(Verdict::at_most(
                names[2],
                returned,
                "dBm0",
                mask::with_nlp(case.level),
            ));
        }
        verdicts
    },
);

pub(super) const TEST_2B: Test = Test::new(
    "2B",
    "the same; processor off",
    |kit, case| changing(kit, case, false),
    |case, scenario, run| {
        let mut verdicts = Vec::new();
        let (far, out) = (meter(&scenario.far), meter(&run.sout));
        let names = [
            ["2B-a 0-1 s", "2B-a 1-10 s", "2B-a at 10 s"],
            ["2B-b 0-1 s", "2B-b 1-10 s", "2B-b at 10 s"],
        ];
        for (names, start, end) in [(names[0], LEAD, CHANGE), (names[1], CHANGE, END - 0.2)] {
            let (start, end) = (at(start), at(end));
            let second = start + at(1.0);
            let loss = far.highest(start, second) - out.highest(start, second);
            verdicts.push(Verdict::at_least(names[0], loss, "dB", mask::EARLY_LOSS));
            let loss = case.level - out.highest(second, end);
            verdicts.push(Verdict::at_least(names[1], loss, "dB", mask::LOSS));
            let residual = out.highest(end - at(1.0), end);
            let limit = mask::without_nlp(case.level);
            verdicts.push(Verdict::at_most(names[2], residual, "dBm0", limit));
        }
        verdicts
    },
);

fn changing(kit: &Kit, case: &Case, nlp: bool) -> Scenario {
    let far = led(kit, case.level, at(END));
    let echo = |far: &[f32]| {
        let mut echo = kit.path(case).echo(far, case.loss, case.delay);
        let change = at(CHANGE);
        let after = kit.other_path(case).echo(far, case.loss, case.delay);
        echo[change..].copy_from_slice(&after[change..]);
        echo
    };
    Scenario::through(case.law, &far, echo, &[], switches(nlp))
}

/// Near-end noise of test 2C: 15 dB under the far end, −30 dBm0 at most.
fn near_noise(case: &Case) -> f64 {
    (case.level - 15.0).min(-30.0)
}

fn noisy(kit: &Kit, case: &Case, nlp: bool) -> Scenario {
    let far = led(kit, case.level, at(10.2));
    let noise = hoth(near_noise(case), far.len(), 1);
    let echo = |far: &[f32]| kit.path(case).echo(far, case.loss, case.delay);
    let mut script = switches(nlp);
    script.push((0, Control::ComfortNoise(true)));
    Scenario::through(case.law, &far, echo, &noise, script)
}

pub(super) const TEST_2C_NLP: Test = Test::new(
    "2C-nlp",
    "convergence with near-end noise; processor and comfort noise on",
    |kit, case| noisy(kit, case, true),
    |case, _, run| {
        let level = crate::level::dbm0(power(&run.sout[at(1.2)..at(10.0)]));
        vec![Verdict::at_most(
            "2C on, after 1 s",
            level,
            "dBm0",
            near_noise(case),
        )]
    },
);

pub(super) const TEST_2C: Test = Test::new(
    "2C",
    "convergence with near-end noise; processor off",
    |kit, case| noisy(kit, case, false),
    |case, scenario, run| {
        let residual = meter(&run.residual(scenario));
        let loss = case.level - residual.highest(at(1.2), at(10.0));
        let limit = (case.level - near_noise(case) - 6.0).max(17.0);
        vec![Verdict::at_least("2C off, after 1 s", loss, "dB", limit)]
    },
);

/// The enhancement that the coding of both directions allows between two times.
fn ceiling(scenario: &Scenario, from: f64, to: f64) -> f64 {
    let received = scenario.received();
    let pairs = received.iter().zip(&scenario.echo);
    let coding: Vec<f32> = pairs.map(|(a, b)| a - b).collect();
    enhancement(&received, &coding, at(from), at(to))
}

fn speed(case: &Case, scenario: &Scenario, run: &Run) -> Vec<Verdict> {
    let _ = case;
    let sin = scenario.received();
    let time = |db: f64| {
        let reached = reaches(&sin, &run.sout, db, 0, run.sout.len());
        reached.map_or(f64::from(9u8), |n| n as f64 / 8000.0)
    };
    let loss = |from: f64, to: f64| enhancement(&sin, &run.sout, at(from), at(to));
    let best = ceiling(scenario, 4.55, 5.25);
    vec![
        Verdict::at_most("time to 20 dB", time(20.0), "s", 0.7),
        Verdict::at_most("time to 30 dB", time(30.0f64.min(best - 3.0)), "s", 1.2),
        Verdict::figure("ERLE at 1 s", loss(0.35, 1.05), "dB"),
        Verdict::at_least("ERLE at 5 s", loss(4.55, 5.25), "dB", 33f64.min(best - 3.0)),
        Verdict::figure("coding ceiling at 5 s", best, "dB"),
    ]
}

pub(super) const SPEED: Test = Test::new(
    "speed",
    "goals of our own: time to 20 and 30 dB, ERLE; composite source signal",
    |kit, case| {
        let far = kit.single(case.level, at(6.0));
        let echo = |far: &[f32]| kit.path(case).echo(far, case.loss, case.delay);
        Scenario::through(case.law, &far, echo, &[], switches(false))
    },
    speed,
);

pub(super) const SPEED_SPEECH: Test = Test::new(
    "speed-speech",
    "the same on speech, 5 dB under the case's level",
    |kit, case| {
        let (far, _) = kit.speech().unwrap_or_default();
        let mut far = far.to_vec();
        set_level(&mut far, case.level - 5.0);
        far.truncate(at(6.0));
        let echo = |far: &[f32]| kit.path(case).echo(far, case.loss, case.delay);
        Scenario::through(case.law, &far, echo, &[], switches(false))
    },
    speed,
)
.on_speech();
