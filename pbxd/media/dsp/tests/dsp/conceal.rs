// SPDX-License-Identifier: MIT OR Apache-2.0
//! Packet-loss concealment.

use dsp::{Component, Concealment, FADE_END, HISTORY, Oscillators, Scale};
use g711::Law;
use proptest::prelude::*;

use crate::dbm0;

const FLOOR: f32 = 8.0;
const CEILING: f32 = 200.0;

/// A voice-like signal: harmonics of 125 Hz (a period of 64 samples).
fn voice(samples: usize) -> Vec<i16> {
    let parts = [
        (125.0, -16.0),
        (250.0, -18.0),
        (500.0, -22.0),
        (1250.0, -28.0),
    ];
    let parts = parts.map(|(hertz, dbm0)| Component { hertz, dbm0 });
    let mut out = vec![0; samples];
    Oscillators::new(Scale::of(Law::A), &parts).fill(&mut out);
    out
}

fn past(history: &[i16]) -> impl Fn(usize) -> f32 + '_ {
    |back| f32::from(history[history.len() - back])
}

fn conceal(history: &[i16], samples: usize) -> (Concealment, Vec<i16>) {
    let mut loss = Concealment::new(5, FLOOR, CEILING, past(history));
    let made = (0..samples)
        .map(|_| loss.sample(past(history)).round() as i16)
        .collect();
    (loss, made)
}

fn largest_step(samples: &[i16]) -> i32 {
    let steps = samples
        .windows(2)
        .map(|w| (i32::from(w[1]) - i32::from(w[0])).abs());
    steps.max().unwrap_or(0)
}

#[test]
fn a_periodic_sound_goes_on_as_it_was() {
    let signal = voice(HISTORY + 160);
    let (history, truth) = signal.split_at(HISTORY);
    let (_, made) = conceal(history, 160);
    // For 10 ms the repetition is the signal itself, up to rounding.
    for (n, (m, t)) in made.iter().zip(truth).take(80).enumerate() {
        assert!((i32::from(*m) - i32::from(*t)).abs() <= 2, "{n}: {m} {t}");
    }
}

#[test]
fn it_fades_to_the_noise_within_60_ms() {
    let signal = voice(HISTORY);
    let (loss, made) = conceal(&signal, 960);
    assert_eq!(loss.elapsed(), FADE_END);
    let levels: Vec<f32> = made.chunks(80).map(dbm0).collect();
    assert!(
        levels.windows(2).take(5).all(|w| w[1] < w[0] + 0.5),
        "{levels:?}"
    );
    // The voice has no quiet part, so the noise is held at its ceiling.
    let ceiling = Scale::of(Law::A).dbm0(CEILING * CEILING);
    for level in &levels[6..] {
        assert!((level - ceiling).abs() < 2.0, "{levels:?}");
    }
}

#[test]
fn the_noise_has_the_level_of_the_background() {
    let mut history = voice(HISTORY);
    let rms = 60.0;
    dsp::ComfortNoise::new(9, rms).fill(&mut history[80..160]);
    let (_, made) = conceal(&history, 1280);
    let expected = Scale::of(Law::A).dbm0(rms * rms);
    assert!(
        (dbm0(&made[480..]) - expected).abs() < 1.5,
        "{}",
        dbm0(&made[480..])
    );
    // Silence does not become dead: the floor holds.
    let (_, made) = conceal(&[0; HISTORY], 960);
    let floor = Scale::of(Law::A).dbm0(FLOOR * FLOOR);
    assert!((dbm0(&made[480..]) - floor).abs() < 2.0);
}

#[test]
fn neither_the_beginning_nor_the_end_clicks() {
    // Frequencies that fit no lag exactly, cut at every phase.
    for cut in 0..64 {
        let parts = [(187.3, -10.0), (411.7, -14.0)].map(|(hertz, dbm0)| Component { hertz, dbm0 });
        let mut signal = vec![0; HISTORY + cut + 800];
        Oscillators::new(Scale::of(Law::A), &parts).fill(&mut signal);
        let natural = largest_step(&signal);
        let history = &signal[..HISTORY + cut];
        for lost in [80, 160, 320, 480] {
            let (mut loss, made) = conceal(history, lost);
            let mut out = history.to_vec();
            out.extend(made);
            for good in &signal[HISTORY + cut + lost..HISTORY + cut + lost + 160] {
                let blended = loss.reenter(f32::from(*good), past(history));
                out.push(blended.map_or(*good, |b| b.round() as i16));
            }
            let step = largest_step(&out);
            assert!(
                step <= natural * 8 / 5 + 60,
                "cut {cut} lost {lost}: {step} over {natural}"
            );
        }
    }
}

#[test]
fn the_overlap_at_the_end_grows_with_the_loss() {
    for (lost, overlap) in [(0, 32), (80, 64), (160, 80), (800, 80)] {
        let history = voice(HISTORY);
        let (mut loss, _) = conceal(&history, lost);
        let blended = (0..200)
            .take_while(|_| loss.reenter(0.0, past(&history)).is_some())
            .count();
        // Going on with the repetition lengthens the loss, but not the overlap once begun.
        assert_eq!(blended, overlap, "{lost}");
    }
}

#[test]
fn noise_alone_needs_no_history() {
    let mut loss = Concealment::noise(4, 50.0);
    let made: Vec<i16> = (0..8000)
        .map(|_| loss.sample(|_| f32::NAN).round() as i16)
        .collect();
    assert!((dbm0(&made) - Scale::of(Law::A).dbm0(2500.0)).abs() < 0.5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_history_is_served_and_never_asked_for_more(history in proptest::collection::vec(any::<i16>(), HISTORY), n in 1_usize..700) {
        let peak = history.iter().map(|s| f32::from(*s).abs()).fold(CEILING * 4.0, f32::max);
        let mut loss = Concealment::new(1, FLOOR, CEILING, past(&history));
        for _ in 0..n {
            let s = loss.sample(past(&history));
            prop_assert!(s.is_finite() && s.abs() <= 3.1 * peak);
        }
    }
}
