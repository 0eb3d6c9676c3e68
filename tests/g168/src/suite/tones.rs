// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tests 6 and 7: what narrow-band far ends do to a canceller.

use super::{Test, frozen, switches};
use crate::level::{at, enhancement, meter};
use crate::mask;
use crate::scenario::Scenario;
use crate::signal::{add, tone};
use crate::verdict::Verdict;

/// The tones and pairs, 5 s each.
const TONES: [(f64, Option<f64>); 8] = [
    (697.0, None),
    (941.0, None),
    (1336.0, None),
    (1633.0, None),
    (697.0, Some(1209.0)),
    (770.0, Some(1336.0)),
    (852.0, Some(1477.0)),
    (941.0, Some(1633.0)),
];

/// Seconds of composite source signal in front: 15 periods.
const BEFORE: f64 = 5.25;
const AFTER: f64 = BEFORE + 40.0;

pub(super) const TEST_6: Test = Test::new(
    "6",
    "eight tones and pairs of 5 s each on a converged canceller; frozen, then the composite source signal",
    |kit, case| {
        let mut far = kit.single(case.level, at(BEFORE));
        for (low, high) in TONES {
            let mut signal = tone(low, case.level - 1.0, at(5.0));
            if let Some(high) = high {
                signal = add(&signal, &tone(high, case.level + 1.0, at(5.0)));
            }
            far.extend(signal);
        }
        far.extend(kit.single(case.level, at(3.0)));
        let echo = |far: &[f32]| kit.path(case).echo(far, case.loss, case.delay);
        Scenario::through(case.law, &far, echo, &[], frozen(false, at(AFTER)))
    },
    |case, scenario, run| {
        let sin = scenario.received();
        let loss = |from: f64, to: f64| enhancement(&sin, &run.sout, at(from), at(to));
        let during = (0..8).map(|k| {
            let start = BEFORE + 5.0 * f64::from(k);
            loss(start + 1.0, start + 5.0)
        });
        let residual = meter(&run.sout).highest(at(AFTER + 0.2), at(AFTER + 3.0));
        let limit = mask::without_nlp(case.level) + 10.0;
        vec![
            Verdict::figure("6 ERLE before", loss(4.55, BEFORE), "dB"),
            Verdict::figure("6 worst tone", during.fold(f64::MAX, f64::min), "dB"),
            Verdict::at_least(
                "6 ERLE first 0.35 s after",
                loss(AFTER, AFTER + 0.35),
                "dB",
                25.0,
            ),
            Verdict::at_most("6 residual", residual, "dBm0", limit),
        ]
    },
);

pub(super) const TEST_7: Test = Test::new(
    "7",
    "one tone for 2 minutes from the start; the tone goes with the path: 404 to 2804 Hz",
    |kit, case| {
        let hertz = [404.0, 697.0, 1004.0, 1633.0, 2804.0][case.path % 5];
        let far = tone(hertz, case.level, at(120.0));
        let echo = |far: &[f32]| kit.path(case).echo(far, case.loss, case.delay);
        Scenario::through(case.law, &far, echo, &[], switches(false))
    },
    |case, _, run| {
        let residual = meter(&run.sout).highest(at(10.0), at(120.0));
        let limit = 0.83 * case.level - 30.0;
        vec![Verdict::at_most(
            "7 residual after 10 s",
            residual,
            "dBm0",
            limit,
        )]
    },
);
