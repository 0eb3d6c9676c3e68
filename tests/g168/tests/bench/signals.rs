// SPDX-License-Identifier: MIT OR Apache-2.0
//! Signals, meters and echo paths.

use g168_bench::*;

#[test]
fn a_composite_source_signal_has_its_periods_and_level() {
    for kind in [Kind::Single, Kind::Double] {
        let period = kind.period();
        let signal = render(kind, &own_table(kind), 4 * period);
        let (first, second) = (&signal[..period], &signal[period..2 * period]);
        assert!(
            first.iter().zip(second).all(|(a, b)| *a == -*b),
            "every second period is inverted"
        );
        assert_eq!(first, &signal[2 * period..3 * period]);
        assert!(dbm0(active_rms(&signal).powi(2)).abs() < 0.01);
        let pause = period - if kind == Kind::Single { 811 } else { 1018 };
        assert!(power(&first[pause..]) == 0.0 && power(&first[pause - 80..pause]) > 0.0);
    }
    // 48.62 + 200 + 101.38 ms, 72.69 + 200 + 127.31 ms.
    assert_eq!((Kind::Single.period(), Kind::Double.period()), (2800, 3200));
}

#[test]
fn the_noise_of_a_composite_source_signal_falls_by_five_decibels_an_octave() {
    let signal = render(Kind::Double, &own_table(Kind::Double), 3200);
    let noise = &signal[582..582 + 1600];
    let band = |low: u32, high: u32| -> f64 {
        (low..high)
            .step_by(5)
            .map(|f| energy_at(noise, f.into()))
            .sum()
    };
    let slope = 10.0 * (band(400, 800) / (band(1600, 3200) / 4.0)).log10() / 2.0;
    assert!((slope - 5.0).abs() < 1.5, "{slope:.1} dB");
    assert!(band(3800, 3990) < 1e-3 * band(400, 800));
}

#[test]
fn levels_are_those_asked_for() {
    for level in [-30.0, -10.0, 0.0] {
        assert!((dbm0(power(&tone(1000.0, level, 8000))) - level).abs() < 0.01);
        assert!((dbm0(power(&white(level, 80_000, 1))) - level).abs() < 0.1);
        assert!((dbm0(power(&hoth(level, 8000, 1))) - level).abs() < 0.01);
    }
    let mut signal = tone(500.0, -40.0, 4000);
    set_level(&mut signal, -7.0);
    assert!((dbm0(power(&signal)) + 7.0).abs() < 0.05);
    // The sine that just reaches full scale has 3.14 dBm0.
    let full = dbm0(32_768f64.powi(2) / 2.0);
    assert!((3.12..3.16).contains(&full), "{full}");
}

#[test]
fn hoth_noise_falls_by_five_decibels_an_octave() {
    let noise = hoth(0.0, 16_000, 7);
    let band = |hertz: f64| -> f64 {
        let around = (-80..=80).map(|k| hertz + f64::from(k));
        around.map(|f| energy_at(&noise, f)).sum()
    };
    for (low, high) in [(400.0, 800.0), (600.0, 1200.0), (1200.0, 2400.0)] {
        let step = 10.0 * (band(low) / band(high)).log10();
        assert!((step - 5.0).abs() < 1.5, "{low} Hz: {step:.1} dB");
    }
}

#[test]
fn the_meter_rises_and_falls_with_35_ms() {
    let mut signal = tone(1000.0, 0.0, 4000);
    signal.extend(silence(4000));
    let meter = meter(&signal);
    assert!((meter.highest(3000, 4000) - 0.0).abs() < 0.1);
    let fallen = meter.highest(4000 + 280, 4000 + 288);
    assert!(
        (fallen + 4.34).abs() < 0.1,
        "{fallen:.2} dB after one time constant"
    );
    assert!(meter.lowest(7000, 8000) < -40.0);
    assert!(meter.highest(9000, 9999) < -120.0, "nothing is silence");
}

#[test]
fn the_time_to_a_loss_is_found_and_must_hold() {
    let before = white(-10.0, 24_000, 3);
    let mut after = before.clone();
    scale(&mut after[4000..], 0.05); // 26 dB
    let reached = reaches(&before, &after, 20.0, 0, 24_000).unwrap();
    assert!((4000..4000 + 2800).contains(&reached), "{reached}");
    assert_eq!(reaches(&before, &after, 30.0, 0, 24_000), None);
    let mut relapse = after.clone();
    relapse[8000..10_000].copy_from_slice(&before[8000..10_000]);
    let later = reaches(&before, &relapse, 20.0, 0, 24_000).unwrap();
    assert!(later > 12_000, "{later}");
}

fn scale(samples: &mut [f32], factor: f32) {
    samples.iter_mut().for_each(|v| *v *= factor);
}

#[test]
fn an_echo_is_as_late_and_as_faint_as_asked() {
    let path = EchoPath {
        name: "one tap".to_owned(),
        taps: vec![0.0, 1.0],
    };
    let echo = path.echo(&[100.0, 0.0, 0.0, 0.0, 50.0], 20.0, 2);
    assert_eq!(echo, [0.0, 0.0, 0.0, 10.0, 0.0]);
    for seed in 1..9 {
        let path = EchoPath::random(seed);
        let echo = path.echo(&white(0.0, 16_000, seed), 10.0, 100);
        assert!(
            (dbm0(power(&echo[300..])) + 10.0).abs() < 0.5,
            "{}",
            path.name
        );
        assert_eq!(power(&echo[..100]), 0.0);
        assert_eq!(EchoPath::random(seed), path, "a seed is a path");
    }
}

#[test]
fn keyed_bits_are_read_back() {
    let mut random = Random::new(4);
    let bits: Vec<bool> = (0..120).map(|_| random.bits() & 1 == 1).collect();
    let signal = keyed(&bits, 1650.0, 1850.0, 300.0, -14.0);
    let read = unkeyed(&signal, 1650.0, 1850.0, 300.0);
    assert_eq!(read[..119], bits[..119]);
    let inverted = unkeyed(&signal, 1850.0, 1650.0, 300.0);
    assert!(inverted.iter().zip(&bits).take(119).all(|(a, b)| a != b));
}

#[test]
fn an_answer_tone_turns_over() {
    let plain = answer_tone(2100.0, -10.0, 0.0, 0.0, 8000);
    let turned = answer_tone(2100.0, -10.0, 0.45, 0.0, 8000);
    assert_eq!(plain[..3600], turned[..3600]);
    let opposite = plain[3600..7200].iter().zip(&turned[3600..7200]);
    assert!(opposite.into_iter().all(|(a, b)| *a == -*b));
}

#[test]
fn the_random_numbers_are_even_and_normal() {
    let mut random = Random::new(1);
    let values: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
    let mean = values.iter().sum::<f64>() / 2e4;
    let variance = values.iter().map(|v| v * v).sum::<f64>() / 2e4;
    assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05);
    assert!((0..1000).all(|_| random.below(7) < 7) && random.below(0) == 0);
    assert!((0..1000).all(|_| (2.0..3.0).contains(&random.between(2.0, 3.0))));
}
