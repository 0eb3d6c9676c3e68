// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tests 9 and 9B: comfort noise follows the near end's noise.

use super::{Test, switches};
use crate::canceller::Control;
use crate::level::{amplitude, at, dbm0, part, power};
use crate::scenario::Scenario;
use crate::signal::hoth;
use crate::verdict::Verdict;

/// The near end's noise in test 9, from the far end's level.
const UNDER: f64 = 25.0;

pub(super) const TEST_9: Test = Test::new(
    "9",
    "noise 25 dB under the far end, 10 dB less after 15 s, as before after 27 s; comfort noise on",
    |kit, case| {
        let mut far = kit.single(case.level, at(40.0));
        far[..at(5.0)].fill(0.0);
        let mut near = hoth(case.level - UNDER, far.len(), 3);
        for v in &mut near[at(15.0)..at(27.0)] {
            *v *= amplitude(-10.0) as f32;
        }
        let echo = |far: &[f32]| kit.path(case).echo(far, case.loss, case.delay);
        let mut script = switches(true);
        script.push((0, Control::ComfortNoise(true)));
        Scenario::through(case.law, &far, echo, &near, script)
    },
    |_, scenario, run| {
        let level = |v: &[f32], from: f64, to: f64| dbm0(power(part(v, at(from), at(to))));
        let off = |from: f64, to: f64| {
            (level(&run.sout, from, to) - level(&scenario.near, from, to)).abs()
        };
        vec![
            Verdict::at_most("9 steady", off(8.0, 15.0), "dB", 2.0),
            Verdict::at_most("9 after a step down", off(20.0, 27.0), "dB", 2.0),
            Verdict::at_most("9 after a step up", off(33.0, 40.0), "dB", 2.0),
        ]
    },
);

/// Seconds of the ramp, one way.
const RAMP: f64 = 85.0;

pub(super) const TEST_9B: Test = Test::new(
    "9B",
    "noise from −86 up to −20 dBm0 and back in 170 s; judged between −60 and −25 dBm0",
    |kit, case| {
        let far = kit.single(case.level, at(2.0 * RAMP));
        let mut near = hoth(0.0, far.len(), 4);
        for (n, v) in near.iter_mut().enumerate() {
            *v *= amplitude(ramp(n)) as f32;
        }
        let echo = |far: &[f32]| kit.path(case).echo(far, case.loss, case.delay);
        let mut script = switches(true);
        script.push((0, Control::ComfortNoise(true)));
        Scenario::through(case.law, &far, echo, &near, script)
    },
    |_, scenario, run| {
        let second = at(1.0);
        let mut worst = [0f64; 2];
        for n in 10..(2.0 * RAMP) as usize {
            let level = |v: &[f32]| dbm0(power(part(v, n * second, (n + 1) * second)));
            let noise = level(&scenario.near);
            if (-60.0..-25.0).contains(&noise) {
                let side = usize::from(n as f64 > RAMP);
                worst[side] = worst[side].max((level(&run.sout) - noise).abs());
            }
        }
        vec![
            Verdict::at_most("9B up", worst[0], "dB", 6.0),
            Verdict::at_most("9B down", worst[1], "dB", 6.0),
        ]
    },
);

fn ramp(n: usize) -> f64 {
    let t = n as f64 / 8000.0;
    let way = if t < RAMP { t } else { 2.0 * RAMP - t };
    -86.0 + 66.0 * way / RAMP
}
