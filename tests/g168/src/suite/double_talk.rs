// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tests 3A to 3C, and what double talk leaves behind.

use super::{LEAD, Test, frozen, led, placed, switches};
use crate::level::{at, enhancement, meter, set_level};
use crate::mask;
use crate::scenario::{Case, Kit, Run, Scenario};
use crate::signal::add;
use crate::verdict::Verdict;

pub(super) const TEST_3A: Test = Test::new(
    "3A",
    "a near end 15 dB under the far end from the start; frozen after 5 s, then without it",
    |kit, case| {
        let far = led(kit, case.level, at(10.4));
        let near = kit.double(case.level - 15.0, at(5.0));
        let near = placed(&near, at(LEAD), at(LEAD + 5.0));
        with_near(kit, case, &far, &near, frozen(false, at(LEAD + 5.0)))
    },
    |case, _, run| {
        let residual = meter(&run.sout).highest(at(5.5), at(9.2));
        let near = case.level - 15.0;
        vec![Verdict::at_most("3A residual", residual, "dBm0", near)]
    },
);

pub(super) const TEST_3BA: Test = Test::new(
    "3B-a",
    "5 s of double talk as loud as the far end; frozen, then without it",
    |kit, case| stability(kit, case, 0.0),
    |case, _, run| vec![after(case, run, "3B-a residual", 10.0)],
);

pub(super) const TEST_3BB: Test = Test::new(
    "3B-b",
    "the same, the near end 15 dB under the far end",
    |kit, case| stability(kit, case, -15.0),
    |case, _, run| vec![after(case, run, "3B-b residual", 3.0)],
);

fn with_near(
    kit: &Kit,
    case: &Case,
    far: &[f32],
    near: &[f32],
    script: Vec<(usize, crate::canceller::Control)>,
) -> Scenario {
    let echo = |far: &[f32]| kit.path(case).echo(far, case.loss, case.delay);
    Scenario::through(case.law, far, echo, near, script)
}

fn stability(kit: &Kit, case: &Case, near: f64) -> Scenario {
    let far = led(kit, case.level, at(14.4));
    let near = kit.double(case.level + near, at(5.0));
    let near = placed(&near, at(LEAD + 5.0), at(LEAD + 10.0));
    with_near(kit, case, &far, &near, frozen(false, at(LEAD + 10.0)))
}

fn after(case: &Case, run: &Run, name: &'static str, grace: f64) -> Verdict {
    let residual = meter(&run.sout).highest(at(10.5), at(14.2));
    Verdict::at_most(
        name,
        residual,
        "dBm0",
        mask::without_nlp(case.level) + grace,
    )
}

pub(super) const TEST_3C: Test = Test::new(
    "3C",
    "a conversation: double talk 5.6 s, far end 6.4 s, double talk 5.6 s, near end 5.6 s; processor on",
    |kit, case| {
        let level = case.level;
        let far = placed(&kit.single(level, at(17.6)), at(LEAD), at(LEAD + 17.6));
        let mut far = far;
        far.resize(at(24.0), 0.0);
        let first = placed(&kit.double(level, at(5.6)), at(LEAD), at(LEAD + 5.6));
        let second = placed(&kit.double(level, at(11.2)), at(12.2), at(23.4));
        let near = add(&first, &second);
        with_near(kit, case, &far, &near, switches(true))
    },
    |case, scenario, run| {
        let (out, near) = (meter(&run.sout), meter(&scenario.near));
        let peak = near.highest(at(0.2), at(5.8));
        let talk = |from: f64, to: f64| out.highest(at(from), at(to));
        vec![
            Verdict::at_most("3C after double talk", talk(5.85, 7.2), "dBm0", peak),
            Verdict::at_most(
                "3C far end alone",
                talk(10.8, 12.2),
                "dBm0",
                mask::with_nlp(case.level),
            ),
            Verdict::at_most("3C double talk again", talk(12.4, 17.8), "dBm0", peak + 6.0),
            Verdict::at_most("3C near end alone", talk(18.0, 23.4), "dBm0", peak + 6.0),
            Verdict::at_least(
                "3C near end heard",
                talk(18.0, 23.4),
                "dBm0",
                near.highest(at(18.0), at(23.4)) - 1.0,
            ),
        ]
    },
);

pub(super) const AFTER_15: Test = Test::new(
    "after-15",
    "goal of our own: ERLE in the first 0.35 s after 5 s of double talk at −15 dBm0",
    |kit, case| recovery(kit, case, -15.0),
    recovered,
);

pub(super) const AFTER_25: Test = Test::new(
    "after-25",
    "the same at −25 dBm0, under the echo",
    |kit, case| recovery(kit, case, -25.0),
    recovered,
);

pub(super) const AFTER_SPEECH: Test = Test::new(
    "after-speech",
    "the same, speech on equally loud speech",
    |kit, case| {
        let (far, near) = kit.speech().unwrap_or_default();
        let (mut far, mut near) = (far.to_vec(), near.to_vec());
        set_level(&mut far, case.level - 5.0);
        set_level(&mut near, case.level - 5.0);
        far.truncate(at(12.0));
        let near = placed(&near, at(5.0), at(10.0));
        with_near(kit, case, &far, &near, switches(false))
    },
    recovered,
)
.on_speech();

fn recovery(kit: &Kit, case: &Case, near: f64) -> Scenario {
    let far = kit.single(case.level, at(12.0));
    let near = placed(&kit.double(near, at(5.0)), at(5.0), at(10.0));
    with_near(kit, case, &far, &near, switches(false))
}

fn recovered(_: &Case, scenario: &Scenario, run: &Run) -> Vec<Verdict> {
    let residual = run.residual(scenario);
    let loss = |from: f64, to: f64| enhancement(&scenario.echo, &residual, at(from), at(to));
    vec![
        Verdict::figure("before", loss(4.3, 5.0), "dB"),
        Verdict::figure("during", loss(5.35, 10.0), "dB"),
        Verdict::at_least("first 0.35 s after", loss(10.0, 10.35), "dB", 25.0),
        Verdict::figure("1.1-1.8 s after", loss(11.1, 11.8), "dB"),
    ]
}
