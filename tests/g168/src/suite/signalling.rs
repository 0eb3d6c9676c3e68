// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tests 8, 10 and 16: what the near end signals must come through.

use super::{Test, led, switches};
use crate::canceller::Control;
use crate::level::{at, dbm0, part, power};
use crate::random::Random;
use crate::scenario::Scenario;
use crate::signal::{energy_at, keyed, pair, silence, tone, unkeyed};
use crate::verdict::Verdict;

/// Line signals of in-band systems and continuity tones, in hertz; one goes with each path.
const IN_BAND: [f64; 4] = [2400.0, 2600.0, 2000.0, 1780.0];

pub(super) const TEST_8: Test = Test::new(
    "8",
    "in-band line signals and continuity tones from the near end, far end silent and sending the same tone; clause not checked",
    |_, case| {
        let hertz = IN_BAND[case.path % IN_BAND.len()];
        let mut far = silence(at(2.5));
        far.extend(tone(hertz, -12.0, at(2.5)));
        let mut near = silence(at(0.5));
        near.extend(tone(hertz, -12.0, at(1.5)));
        near.extend(silence(at(1.0)));
        near.extend(tone(hertz, -15.0, at(1.5)));
        let echo = |far: &[f32]| vec![0.0; far.len()];
        let mut script = switches(true);
        script.push((0, Control::ToneDisabler(true)));
        Scenario::through(case.law, &far, echo, &near, script)
    },
    |_, scenario, run| {
        let change = |from: f64, to: f64| {
            let level = |v: &[f32]| dbm0(power(part(v, at(from), at(to))));
            (level(&run.sout) - level(&scenario.near)).abs()
        };
        vec![
            Verdict::at_most("8 signal alone", change(0.6, 1.9), "dB", 2.0),
            Verdict::at_most("8 same tone both ways", change(3.1, 4.4), "dB", 2.0),
        ]
    },
);

/// V.21 channel 2, as facsimile uses it: 1650 Hz is 1, 1850 Hz is 0, 300 bit/s.
const V21: (f64, f64, f64) = (1650.0, 1850.0, 300.0);

fn fax_bits() -> Vec<bool> {
    let mut random = Random::new(10);
    let mut bits: Vec<bool> = (0..300).map(|k| !(k % 8 == 0 || k % 8 == 7)).collect();
    bits.extend((0..300).map(|_| random.bits() & 1 == 1));
    bits
}

/// Where the called station's V.21 starts.
const CALLED: f64 = 4.5;
/// And the calling station's.
const CALLING: f64 = 8.0;

pub(super) const TEST_10: Test = Test::new(
    "10",
    "facsimile set-up: answer tone and V.21 of the called station at the near end, V.21 of the calling one; clause not checked",
    |kit, case| {
        let bits = fax_bits();
        let mut far = silence(at(CALLING));
        far.extend(keyed(&bits, V21.0, V21.1, V21.2, case.level));
        far.resize(at(12.0), 0.0);
        let mut near = silence(at(1.0));
        near.extend(tone(2100.0, -14.0, at(3.0)));
        near.extend(silence(at(0.5)));
        near.extend(keyed(&bits, V21.0, V21.1, V21.2, -14.0));
        let echo = |far: &[f32]| kit.path(case).echo(far, case.loss, case.delay);
        let mut script = switches(true);
        script.push((0, Control::ToneDisabler(true)));
        script.push((0, Control::ComfortNoise(true)));
        Scenario::through(case.law, &far, echo, &near, script)
    },
    |case, _, run| {
        let sent = fax_bits();
        let start = at(CALLED);
        let heard = part(&run.sout, start, start + at(2.0));
        let read = unkeyed(heard, V21.0, V21.1, V21.2);
        let wrong = sent.iter().zip(&read).filter(|(a, b)| a != b).count();
        let echo = dbm0(power(part(&run.sout, at(CALLING + 1.0), at(CALLING + 2.0))));
        vec![
            Verdict::at_most(
                "10 wrong bits of the called station",
                wrong as f64,
                "bit",
                0.0,
            ),
            Verdict::figure("10 echo of the calling station", case.level - echo, "dB"),
        ]
    },
);

/// Two digits of each case: 80 ms on, 80 ms off, repeated.
const DIGITS: [(f64, f64); 4] = [
    (697.0, 1209.0),
    (770.0, 1336.0),
    (852.0, 1477.0),
    (941.0, 1633.0),
];

pub(super) const TEST_16: Test = Test::new(
    "16",
    "dual-tone digits of the near end while the far end talks; processor on",
    |kit, case| {
        let far = led(kit, case.level, at(9.0));
        let mut near = silence(at(5.0));
        for k in 0..20 {
            let (low, high) = DIGITS[k % DIGITS.len()];
            near.extend(pair(low, high, -12.0, at(0.08)));
            near.extend(silence(at(0.08)));
        }
        let echo = |far: &[f32]| kit.path(case).echo(far, case.loss, case.delay);
        Scenario::through(case.law, &far, echo, &near, switches(true))
    },
    |_, scenario, run| {
        let through = (0..20).filter(|k| {
            let start = at(5.0) + k * at(0.16);
            let (low, high) = DIGITS[k % DIGITS.len()];
            // The middle 40 ms must carry both tones within 2 dB.
            let window = |v: &[f32], f: f64| energy_at(part(v, start + 160, start + 480), f);
            [low, high].iter().all(|f| {
                let change = window(&run.sout, *f) / window(&scenario.near, *f).max(1e-9);
                (10.0 * change.log10()).abs() < 2.0
            })
        });
        let lost = 20 - through.count();
        vec![Verdict::at_most(
            "16 digits hurt, of 20",
            lost as f64,
            "digits",
            0.0,
        )]
    },
);
