// SPDX-License-Identifier: MIT OR Apache-2.0
//! Oscillators, cadences, call progress, DTMF, ramps.

use dsp::{
    Cadence, CadencePlayer, Component, Dtmf, DtmfKey, DtmfState, DtmfTiming, Oscillators, PROGRESS,
    Ramp, Scale, Step, progress,
};
use g711::Law;
use proptest::prelude::*;

use crate::{dbm0, dbm0_at, in_blocks};

#[test]
#[expect(clippy::approx_constant, reason = "a level, not pi")]
fn levels_are_those_of_the_law() {
    // A sine at the overload point peaks at the largest decision value.
    assert!((Scale::of(Law::A).peak(3.14) - 32_768.0).abs() < 1.0);
    assert!((Scale::of(Law::Mu).peak(3.17) - 32_636.0).abs() < 1.0);
    for level in [-40.0, -24.0, -10.0, 0.0, 3.0] {
        let tone = [Component {
            hertz: 1000.0,
            dbm0: level,
        }];
        let mut samples = [0; 8000];
        Oscillators::new(Scale::of(Law::A), &tone).fill(&mut samples);
        assert!(
            (dbm0(&samples) - level).abs() < 0.02,
            "{level}: {}",
            dbm0(&samples)
        );
        // Through the law's codes the level stays.
        let codes: Vec<u8> = samples.iter().map(|s| Law::A.encode(*s)).collect();
        let mut meter = dsp::Meter::new();
        meter.input_codes(Law::A, &codes);
        let coded = Scale::of(Law::A).dbm0(meter.take());
        assert!((coded - level).abs() < 0.3, "{level}: {coded}");
        assert!(meter.mean_square() == 0.0);
    }
}

#[test]
fn a_sine_is_a_sine() {
    let full = [Component {
        hertz: 8000.0 / 512.0,
        dbm0: 3.0,
    }];
    let peak = f64::from(Scale::of(Law::A).peak(3.0));
    let mut samples = [0; 512];
    Oscillators::new(Scale::of(Law::A), &full).fill(&mut samples);
    for (n, s) in samples.iter().enumerate() {
        let exact = peak * (std::f64::consts::TAU * n as f64 / 512.0).sin();
        assert!((f64::from(*s) - exact).abs() < 0.6, "{n}: {s} {exact}");
    }
}

#[test]
fn retuning_keeps_the_phase_and_sums_are_limited() {
    let scale = Scale::of(Law::A);
    let mut o = Oscillators::new(
        scale,
        &[Component {
            hertz: 400.0,
            dbm0: 0.0,
        }],
    );
    let mut before = 0;
    for n in 0..4000 {
        if n % 37 == 0 {
            let hertz = if n % 2 == 0 { 400.0 } else { 450.0 };
            o.retune(scale, &[Component { hertz, dbm0: 0.0 }]);
        }
        let now = o.sample();
        // 450 Hz at this peak moves by at most 2π·450/8000 of it.
        assert!((i32::from(now) - i32::from(before)).abs() < 8200);
        before = now;
    }
    let loud = [Component {
        hertz: 400.0,
        dbm0: 3.0,
    }; 4];
    let mut samples = [0; 800];
    Oscillators::new(scale, &loud).fill(&mut samples);
    assert_eq!(samples.iter().max(), Some(&i16::MAX));
    assert_eq!(samples.iter().min(), Some(&i16::MIN));
}

#[test]
fn every_row_of_call_progress_has_its_frequencies_levels_and_rhythm() {
    type Row = (&'static str, [(&'static [(f64, f32)], usize, usize); 4]);
    const ROWS: [Row; 2] = [
        (
            "etsi",
            [
                (&[(425.0, -10.0)], 0, 0),
                (&[(425.0, -10.0)], 8000, 32_000),
                (&[(425.0, -10.0)], 4000, 4000),
                (&[(425.0, -10.0)], 2000, 2000),
            ],
        ),
        (
            "us",
            [
                (&[(350.0, -13.0), (440.0, -13.0)], 0, 0),
                (&[(440.0, -19.0), (480.0, -19.0)], 16_000, 32_000),
                (&[(480.0, -24.0), (620.0, -24.0)], 4000, 4000),
                (&[(480.0, -24.0), (620.0, -24.0)], 2000, 2000),
            ],
        ),
    ];
    assert_eq!(PROGRESS.len(), ROWS.len());
    for (country, tones) in ROWS {
        let row = progress(country).unwrap();
        let cadences = [row.dial, row.ringback, row.busy, row.congestion];
        for (cadence, (frequencies, on, off)) in cadences.into_iter().zip(tones) {
            let mut samples = vec![0; 3 * 48_000];
            CadencePlayer::new(Scale::of(Law::A), cadence).fill(&mut samples);
            for (hertz, level) in frequencies {
                let found = dbm0_at(&samples[..1600], *hertz);
                assert!((found - level).abs() < 0.3, "{country} {hertz} {found}");
            }
            for (n, block) in samples.chunks(2000).enumerate() {
                let place = if on == 0 { 0 } else { n * 2000 % (on + off) };
                let silent = block.iter().all(|s| *s == 0);
                assert_eq!(silent, place >= on && on > 0, "{country} {n}");
            }
        }
    }
    assert_eq!(progress("zz"), None);
}

#[test]
fn a_rhythm_may_end() {
    const TONE: &[Component] = &[Component {
        hertz: 950.0,
        dbm0: -13.0,
    }];
    const STEPS: &[Step] = &[Step {
        tone: TONE,
        millis: 10,
    }];
    let mut p = CadencePlayer::new(
        Scale::of(Law::A),
        Cadence {
            steps: STEPS,
            repeat_from: usize::MAX,
        },
    );
    let mut samples = [1; 400];
    p.fill(&mut samples);
    assert!(samples[1..80].iter().any(|s| *s != 0));
    assert!(samples[80..].iter().all(|s| *s == 0));
}

#[test]
fn all_sixteen_keys_sound_at_their_frequencies() {
    let scale = Scale::of(Law::A);
    for code in 0..16 {
        let key = DtmfKey::from_code(code).unwrap();
        assert_eq!(DtmfKey::from_symbol(key.symbol()), Some(key));
        let (low, high) = key.frequencies();
        let mut d = Dtmf::new(scale, DtmfTiming::default());
        assert!(d.press(scale, key, -7.0));
        let mut samples = [0; 8000];
        d.fill(&mut samples);
        assert!((dbm0(&samples) + 7.0).abs() < 0.1);
        let (l, h) = (
            dbm0_at(&samples, low.into()),
            dbm0_at(&samples, high.into()),
        );
        assert!((h - l - 2.0).abs() < 0.1, "{code}: {l} {h}");
        assert!((l + 7.0 + 4.12).abs() < 0.1, "{code}: {l}");
    }
    let row: Vec<_> = "147*2580369#ABCD"
        .chars()
        .filter_map(DtmfKey::from_symbol)
        .collect();
    assert_eq!(row.len(), 16);
    assert_eq!(
        DtmfKey::from_symbol('1').unwrap().frequencies(),
        (697.0, 1209.0)
    );
    assert_eq!(
        DtmfKey::from_symbol('d').unwrap().frequencies(),
        (941.0, 1633.0)
    );
    assert_eq!(DtmfKey::from_symbol('E'), None);
    assert_eq!(DtmfKey::from_code(16), None);
}

#[test]
fn tones_and_pauses_are_never_too_short() {
    let scale = Scale::of(Law::Mu);
    let key = DtmfKey::from_symbol('5').unwrap();
    let mut d = Dtmf::new(scale, DtmfTiming::default());
    // Released after 10 ms: it sounds for 40 and pauses for 40.
    assert!(d.press(scale, key, -10.0));
    d.release(80);
    assert!(!d.press(scale, key, -10.0));
    let mut samples = [0; 1000];
    d.fill(&mut samples);
    assert!(samples[318..320].iter().any(|s| *s != 0));
    assert!(samples[320..].iter().all(|s| *s == 0));
    assert_eq!(d.state(), DtmfState::Idle);
    // Held for 1,000 samples and released at less: it ends at once.
    assert!(d.press(scale, key, -10.0));
    d.fill(&mut samples);
    d.release(500);
    assert_eq!((d.state(), d.elapsed()), (DtmfState::Off, 0));
    let mut pause = [1; 319];
    d.fill(&mut pause);
    assert_eq!((d.state(), pause), (DtmfState::Off, [0; 319]));
    d.fill(&mut pause[..1]);
    assert_eq!(d.state(), DtmfState::Idle);
}

#[test]
fn a_ramp_arrives_exactly() {
    let mut ramp = Ramp::new(1.0);
    ramp.to(0.0, 4);
    let mut samples = [1000; 6];
    ramp.apply(&mut samples);
    assert_eq!(samples, [1000, 750, 500, 250, 0, 0]);
    ramp.to(2.0, 0);
    assert_eq!(ramp.gain(), 2.0);
    let mut loud = [30_000];
    ramp.apply(&mut loud);
    assert_eq!(loud, [i16::MAX]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cutting_blocks_changes_nothing(cuts in proptest::collection::vec(1_usize..700, 1..20)) {
        let scale = Scale::of(Law::A);
        let total = 12_000;
        let cadence = progress("us").unwrap().busy;
        let (mut whole, mut cut) = (CadencePlayer::new(scale, cadence), CadencePlayer::new(scale, cadence));
        prop_assert_eq!(
            in_blocks(total, &[total], |b| whole.fill(b)),
            in_blocks(total, &cuts, |b| cut.fill(b))
        );
        let key = DtmfKey::from_symbol('9').unwrap();
        let mut whole = Dtmf::new(scale, DtmfTiming::default());
        whole.press(scale, key, -10.0);
        whole.release(1000);
        let mut cut = whole;
        prop_assert_eq!(
            in_blocks(total, &[total], |b| whole.fill(b)),
            in_blocks(total, &cuts, |b| cut.fill(b))
        );
        let (mut whole, mut cut) = (Ramp::new(0.0), Ramp::new(0.0));
        whole.to(1.0, 3000);
        cut.to(1.0, 3000);
        let apply = |r: &mut Ramp, b: &mut [i16]| { b.fill(10_000); r.apply(b) };
        prop_assert_eq!(
            in_blocks(total, &[total], |b| apply(&mut whole, b)),
            in_blocks(total, &cuts, |b| apply(&mut cut, b))
        );
    }
}
