// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tones, noises, dial digits and frequency-shift keying.

use crate::level::{RATE, REFERENCE, amplitude, power};
use crate::random::Random;

/// `samples` of a sine of `dbm0`.
#[must_use]
pub fn tone(hertz: f64, dbm0: f64, samples: usize) -> Vec<f32> {
    let peak = REFERENCE * core::f64::consts::SQRT_2 * amplitude(dbm0);
    let step = core::f64::consts::TAU * hertz / RATE as f64;
    (0..samples)
        .map(|n| (peak * (step * n as f64).sin()) as f32)
        .collect()
}

/// The sum of two tones of equal level.
#[must_use]
pub fn pair(low: f64, high: f64, dbm0: f64, samples: usize) -> Vec<f32> {
    add(&tone(low, dbm0, samples), &tone(high, dbm0, samples))
}

/// 2100 Hz answer tone: phase reversed every `reversal` seconds (0: never), and modulated by 15 Hz to `depth`.
#[must_use]
pub fn answer_tone(hertz: f64, dbm0: f64, reversal: f64, depth: f64, samples: usize) -> Vec<f32> {
    let peak = REFERENCE * core::f64::consts::SQRT_2 * amplitude(dbm0);
    let value = |n: usize| {
        let t = n as f64 / RATE as f64;
        let turned = reversal > 0.0 && (t / reversal) as u64 % 2 == 1;
        let carrier = (core::f64::consts::TAU * hertz * t).sin() * if turned { -1.0 } else { 1.0 };
        (peak * carrier * (1.0 + depth * (core::f64::consts::TAU * 15.0 * t).sin())) as f32
    };
    (0..samples).map(value).collect()
}

/// White noise with a normal distribution.
#[must_use]
pub fn white(dbm0: f64, samples: usize, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    let rms = REFERENCE * amplitude(dbm0);
    (0..samples)
        .map(|_| (rms * random.normal()) as f32)
        .collect()
}

/// Room noise after Hoth: 5 dB less power density an octave from 100 Hz up (clause not checked).
#[must_use]
pub fn hoth(dbm0: f64, samples: usize, seed: u64) -> Vec<f32> {
    const TAPS: usize = 257;
    let gain = |hertz: f64| {
        let low = (hertz / 100.0).min(1.0);
        low * amplitude(-5.0 * (hertz.max(100.0) / 100.0).log2())
    };
    let tap = |n: usize| -> f64 {
        let t = n as f64 - (TAPS - 1) as f64 / 2.0;
        let bins = (1..400).map(|k| f64::from(k) * 10.0);
        let sum: f64 = bins
            .map(|f| gain(f) * (core::f64::consts::TAU * f * t / RATE as f64).cos())
            .sum();
        let phase = core::f64::consts::TAU * n as f64 / (TAPS - 1) as f64;
        sum * (0.54 - 0.46 * phase.cos())
    };
    let taps: Vec<f64> = (0..TAPS).map(tap).collect();
    let source = white(0.0, samples + TAPS, seed);
    let mut out: Vec<f32> = (0..samples)
        .map(|n| {
            let window = &source[n..n + TAPS];
            let sum: f64 = taps
                .iter()
                .zip(window)
                .map(|(a, b)| a * f64::from(*b))
                .sum();
            sum as f32
        })
        .collect();
    let factor = (REFERENCE * amplitude(dbm0) / power(&out).sqrt().max(1e-9)) as f32;
    out.iter_mut().for_each(|v| *v *= factor);
    out
}

/// Bits as continuous-phase frequency-shift keying: 1 is `mark`, 0 is `space`.
#[must_use]
pub fn keyed(bits: &[bool], mark: f64, space: f64, baud: f64, dbm0: f64) -> Vec<f32> {
    let peak = REFERENCE * core::f64::consts::SQRT_2 * amplitude(dbm0);
    let samples = (bits.len() as f64 * RATE as f64 / baud) as usize;
    let mut phase = 0.0f64;
    let value = |n: usize| {
        let bit = bits.get((n as f64 * baud / RATE as f64) as usize);
        let hertz = if bit.copied().unwrap_or(true) {
            mark
        } else {
            space
        };
        phase += core::f64::consts::TAU * hertz / RATE as f64;
        (peak * phase.sin()) as f32
    };
    (0..samples).map(value).collect()
}

/// Reads back what [`keyed`] wrote, by comparing the energy of both tones over each bit.
#[must_use]
pub fn unkeyed(samples: &[f32], mark: f64, space: f64, baud: f64) -> Vec<bool> {
    let length = RATE as f64 / baud;
    let bits = (samples.len() as f64 / length) as usize;
    let bit = |k: usize| {
        let from = (k as f64 * length).ceil() as usize;
        let to = (((k + 1) as f64 * length) as usize).min(samples.len());
        let window = &samples[from.min(to)..to];
        energy_at(window, mark) > energy_at(window, space)
    };
    (0..bits).map(bit).collect()
}

/// Power of the component at a frequency (a correlation with it).
#[must_use]
pub fn energy_at(samples: &[f32], hertz: f64) -> f64 {
    let step = core::f64::consts::TAU * hertz / RATE as f64;
    let (mut re, mut im) = (0.0, 0.0);
    for (n, v) in samples.iter().enumerate() {
        let (s, c) = (step * n as f64).sin_cos();
        re += f64::from(*v) * c;
        im += f64::from(*v) * s;
    }
    let count = samples.len().max(1) as f64;
    2.0 * (re * re + im * im) / (count * count)
}

/// Sample by sample; the longer one's end is kept.
#[must_use]
pub fn add(a: &[f32], b: &[f32]) -> Vec<f32> {
    let length = a.len().max(b.len());
    let value = |v: &[f32], n: usize| v.get(n).copied().unwrap_or(0.0);
    (0..length).map(|n| value(a, n) + value(b, n)).collect()
}

/// `signal` at another level: `factor` times each sample.
#[must_use]
pub fn scaled(signal: &[f32], db: f64) -> Vec<f32> {
    let factor = amplitude(db) as f32;
    signal.iter().map(|v| v * factor).collect()
}

/// Silence for `samples`.
#[must_use]
pub fn silence(samples: usize) -> Vec<f32> {
    vec![0.0; samples]
}
