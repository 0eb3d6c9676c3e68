// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tests 4, 5, 11, 12 and 15: what the echo path does to a canceller.

use super::{LEAD, Test, frozen, led, switches};
use crate::level::{amplitude, at, dbm0, enhancement, meter, part, power};
use crate::mask;
use crate::scenario::Scenario;
use crate::signal::{add, silence, white};
use crate::verdict::Verdict;

/// Two minutes of silence.
const QUIET: f64 = 120.0;

pub(super) const TEST_4: Test = Test::new(
    "4",
    "leak: 10 s of far end, 2 minutes of silence, frozen, far end again",
    |kit, case| {
        let mut far = kit.single(case.level, at(10.5));
        far.extend(silence(at(QUIET)));
        far.extend(kit.single(case.level, at(3.5)));
        let noise = white(-65.0, far.len(), 1);
        let echo = |far: &[f32]| kit.path(case).echo(far, case.loss, case.delay);
        Scenario::through(
            case.law,
            &far,
            echo,
            &noise,
            frozen(false, at(10.5 + QUIET)),
        )
    },
    |_, scenario, run| {
        let sin = scenario.received();
        let before = enhancement(&sin, &run.sout, at(9.0), at(10.5));
        let after = enhancement(&sin, &run.sout, at(10.5 + QUIET), at(12.0 + QUIET));
        vec![Verdict::at_most(
            "4 loss of ERLE",
            before - after,
            "dB",
            10.0,
        )]
    },
);

/// When the echo path opens.
const OPENED: f64 = 8.2;

pub(super) const TEST_5A: Test = Test::new(
    "5A",
    "the echo path opens in mid-call; processor on",
    |kit, case| {
        let far = led(kit, case.level, at(16.0));
        let echo = |far: &[f32]| {
            let mut echo = kit.path(case).echo(far, case.loss, case.delay);
            echo[at(OPENED)..].fill(0.0);
            echo
        };
        Scenario::through(case.law, &far, echo, &[], switches(true))
    },
    |case, scenario, run| {
        let (far, out) = (meter(&scenario.far), meter(&run.sout));
        let start = at(OPENED);
        let loss = far.highest(start, start + at(1.0)) - out.highest(start, start + at(0.05));
        let later = case.level - out.highest(start + at(0.05), start + at(1.0));
        let phantom = out.highest(start + at(1.0), at(16.0));
        let limit = mask::with_nlp(case.level);
        vec![
            Verdict::at_least("5A 0-50 ms", loss, "dB", mask::EARLY_LOSS),
            Verdict::at_least("5A 50 ms-1 s", later, "dB", mask::LOSS),
            Verdict::at_most("5A phantom echo", phantom, "dBm0", limit),
        ]
    },
);

/// The loss at each step of 6 s.
const SWINGS: [f64; 5] = [6.0, 46.0, 10.0, 46.0, 6.0];

pub(super) const TEST_5B: Test = Test::new(
    "5B",
    "echo return loss 6, 46, 10, 46 and 6 dB for 6 s each; processor off",
    |kit, case| {
        let far = led(kit, case.level, at(LEAD + 30.0));
        let echo = |far: &[f32]| {
            let mut echo = kit.path(case).echo(far, 0.0, case.delay);
            for (n, v) in echo.iter_mut().enumerate() {
                let step = n.saturating_sub(at(LEAD)) / at(6.0);
                *v *= amplitude(-SWINGS[step.min(SWINGS.len() - 1)]) as f32;
            }
            echo
        };
        Scenario::through(case.law, &far, echo, &[], switches(false))
    },
    |case, _, run| {
        let out = meter(&run.sout);
        let names = [
            "5B at 6 dB",
            "5B at 46 dB",
            "5B at 10 dB",
            "5B at 46 dB again",
            "5B at 6 dB again",
        ];
        let step = |(k, name): (usize, &'static str)| {
            let start = at(LEAD + 6.0 * k as f64);
            let loss = case.level - out.highest(start + at(1.0), start + at(6.0));
            Verdict::at_least(name, loss, "dB", mask::LOSS)
        };
        names.into_iter().enumerate().map(step).collect()
    },
);

pub(super) const TEST_11: Test = Test::new(
    "11",
    "two cancellers in a row; no normative limits",
    |kit, case| {
        let far = led(kit, case.level, at(6.2));
        let echo = |far: &[f32]| kit.path(case).echo(far, case.loss, case.delay);
        Scenario::through(case.law, &far, echo, &[], switches(false))
    },
    |case, _, run| {
        let out = meter(&run.sout);
        let loss = case.level - out.highest(at(1.2), at(6.2));
        vec![Verdict::figure("11 loss after 1 s", loss, "dB")]
    },
)
.staged(2);

pub(super) const TEST_12: Test = Test::new(
    "12",
    "residual acoustic echo: the path changes twice, the third with a far second part; processor on",
    |kit, case| {
        let far = led(kit, case.level, at(LEAD + 30.0));
        let echo = |far: &[f32]| {
            let mut echo = kit.path(case).echo(far, case.loss, case.delay);
            let second = kit.other_path(case).echo(far, case.loss + 4.0, case.delay);
            let late = kit
                .other_path(case)
                .echo(far, case.loss + 10.0, case.delay + 160);
            let third = add(&kit.path(case).echo(far, case.loss, case.delay), &late);
            let (one, two) = (at(LEAD + 10.0), at(LEAD + 20.0));
            echo[one..two].copy_from_slice(&second[one..two]);
            echo[two..].copy_from_slice(&third[two..]);
            echo
        };
        Scenario::through(case.law, &far, echo, &[], switches(true))
    },
    |case, _, run| {
        let out = meter(&run.sout);
        let names = [
            ["12 first, 50 ms-1 s", "12 first, after 1 s"],
            ["12 second, 50 ms-1 s", "12 second, after 1 s"],
            ["12 third, 50 ms-1 s", "12 third, after 1 s"],
        ];
        let mut verdicts = Vec::new();
        for (k, name) in names.iter().enumerate() {
            let start = at(LEAD + 10.0 * k as f64);
            let first = start + at(0.05) + case.delay;
            let loss = case.level - out.highest(first, start + at(1.0));
            verdicts.push(Verdict::at_least(name[0], loss, "dB", mask::LOSS));
            let returned = out.highest(start + at(1.0), start + at(10.0));
            let limit = mask::with_nlp(case.level);
            verdicts.push(Verdict::at_most(name[1], returned, "dBm0", limit));
        }
        verdicts
    },
);

/// A constant added to what the line sends: two of the A-law's smallest steps.
const OFFSET: f32 = 32.0;

pub(super) const TEST_15: Test = Test::new(
    "15",
    "a codec that adds a constant of two smallest A-law steps; processor off",
    |kit, case| {
        let far = led(kit, case.level, at(10.2));
        let near = vec![OFFSET; far.len()];
        let echo = |far: &[f32]| kit.path(case).echo(far, case.loss, case.delay);
        Scenario::through(case.law, &far, echo, &near, switches(false))
    },
    |case, scenario, run| {
        let residual = run.residual(scenario);
        let out = meter(&residual);
        let loss = case.level - out.highest(at(1.2), at(10.2));
        let end = dbm0(power(part(&residual, at(9.2), at(10.2))));
        let limit = mask::without_nlp(case.level);
        vec![
            Verdict::at_least("15 loss after 1 s", loss, "dB", mask::LOSS),
            Verdict::at_most("15 residual at 10 s", end, "dBm0", limit),
        ]
    },
);

pub(super) const REFLECTORS: Test = Test::new(
    "reflectors",
    "goal of our own: a second reflector 460 samples from the first and 6 dB under it, inside a tail of 128 ms",
    |kit, case| {
        let far = kit.single(case.level, at(12.0));
        let echo = |far: &[f32]| {
            let first = kit.path(case).echo(far, case.loss, case.delay);
            let second = case.delay.checked_sub(460).unwrap_or(case.delay + 460);
            add(
                &first,
                &kit.other_path(case).echo(far, case.loss + 6.0, second),
            )
        };
        Scenario::through(case.law, &far, echo, &[], switches(false))
    },
    |_, scenario, run| {
        let sin = scenario.received();
        let loss = |from: f64, to: f64| enhancement(&sin, &run.sout, at(from), at(to));
        vec![
            Verdict::figure("ERLE at 1-2 s, two reflectors", loss(1.0, 2.0), "dB"),
            Verdict::at_least("ERLE at 5 s, two reflectors", loss(4.5, 5.2), "dB", 25.0),
            Verdict::figure("ERLE at 12 s, two reflectors", loss(11.0, 11.9), "dB"),
        ]
    },
);
