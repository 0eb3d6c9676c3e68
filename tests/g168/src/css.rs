// SPDX-License-Identifier: MIT OR Apache-2.0
//! Composite source signals: a voiced sound, pseudo-noise and a pause, every second period inverted.
//!
//! The frame times are those of the tables' published use (48.62 + 200 + 101.38 ms; for double talk
//! 72.69 + 200 + 127.31 ms). The voiced sound is a periodic table at 44.1 kHz, rendered at 8 kHz
//! through its Fourier series, without a resampler. The pseudo-noise is the sum of the harmonics of
//! 44,100/8192 Hz with an envelope that falls by 5 dB an octave from 200 to 3600 Hz, with skirts of 0.3 dB/Hz
//! below and 0.4 dB/Hz above. That envelope is ours; the standard's table was not read.

use crate::level::set_level;
use crate::random::Random;

const TABLE_RATE: f64 = 44_100.0;

/// Which of the two signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The far-end signal: harmonics of equal sign-random phase in the noise.
    Single,
    /// The near-end signal of double talk: Gaussian noise.
    Double,
}

impl Kind {
    const fn repetitions(self) -> usize {
        match self {
            Kind::Single => 16,
            Kind::Double => 14,
        }
    }

    /// Samples in a period at 8 kHz.
    #[must_use]
    pub const fn period(self) -> usize {
        match self {
            Kind::Single => 2800,
            Kind::Double => 3200,
        }
    }
}

/// A period of a voiced sound of our own for tests that must not need the tables.
#[must_use]
pub fn own_table(kind: Kind) -> Vec<f64> {
    let (length, tilt) = match kind {
        Kind::Single => (134, 1.0),
        Kind::Double => (229, 0.8),
    };
    let sample = |n: usize| -> f64 {
        let harmonics = 1..=12;
        let phase = core::f64::consts::TAU * n as f64 / length as f64;
        let one =
            |k: i32| f64::from(k).powf(-tilt) * (phase * f64::from(k) + f64::from(k * k)).sin();
        harmonics.map(one).sum()
    };
    (0..length).map(sample).collect()
}

/// `samples` of the signal made from a table of one voiced period, at an active level of 0 dBm0.
#[must_use]
pub fn render(kind: Kind, table: &[f64], samples: usize) -> Vec<f32> {
    let voiced = table.len() * kind.repetitions();
    let voiced = (voiced as f64 / TABLE_RATE * 8000.0).round() as usize;
    let mut period = series(table, voiced.min(kind.period()));
    let mut noise = pseudo_noise(kind, 1600);
    let rms = |v: &[f32]| crate::level::power(v).sqrt();
    let factor = (rms(&period) / rms(&noise).max(1e-9)) as f32;
    noise.iter_mut().for_each(|v| *v *= factor);
    period.extend(noise);
    period.resize(kind.period(), 0.0);
    let mut all: Vec<f32> = Vec::with_capacity(samples);
    let mut sign = 1.0;
    while all.len() < samples {
        all.extend(period.iter().map(|v| v * sign));
        sign = -sign;
    }
    set_level(&mut all, 0.0);
    all.truncate(samples);
    all
}

/// The periodic table as its Fourier series below 4 kHz, sampled at 8 kHz.
fn series(table: &[f64], samples: usize) -> Vec<f32> {
    let length = table.len().max(1) as f64;
    let mut out = vec![0f64; samples];
    let mut k = 0.0;
    while k * TABLE_RATE / length < 3990.0 {
        let angle = core::f64::consts::TAU * k / length;
        let (mut re, mut im) = (0.0, 0.0);
        for (n, v) in table.iter().enumerate() {
            re += v * (angle * n as f64).cos();
            im += v * (angle * n as f64).sin();
        }
        let scale = if k == 0.0 { 1.0 } else { 2.0 } / length;
        let step = core::f64::consts::TAU * k * TABLE_RATE / length / 8000.0;
        for (n, v) in out.iter_mut().enumerate() {
            *v += scale * (re * (step * n as f64).cos() + im * (step * n as f64).sin());
        }
        k += 1.0;
    }
    out.into_iter().map(|v| v as f32).collect()
}

/// Amplitude of the pseudo-noise at a frequency.
fn envelope(hertz: f64) -> f64 {
    let slope = -5.0 * (hertz.clamp(200.0, 3600.0) / 200.0).log2();
    let skirt = 0.3 * (200.0 - hertz).max(0.0) + 0.4 * (hertz - 3600.0).max(0.0);
    crate::level::amplitude(slope - skirt)
}

fn pseudo_noise(kind: Kind, samples: usize) -> Vec<f32> {
    let mut random = Random::new(kind as u64 + 7);
    let mut out = vec![0f64; samples];
    for k in 1..=720u32 {
        let hertz = f64::from(k) * TABLE_RATE / 8192.0;
        let scale = envelope(hertz);
        let (a, b) = match kind {
            Kind::Single => (0.0, if random.bits() & 1 == 0 { 1.0 } else { -1.0 }),
            Kind::Double => (random.normal(), random.normal()),
        };
        let step = core::f64::consts::TAU * hertz / 8000.0;
        let turn = (step.cos(), step.sin());
        let (mut c, mut s) = (scale, 0.0);
        for v in &mut out {
            *v += a * c + b * s;
            (c, s) = (c * turn.0 - s * turn.1, s * turn.0 + c * turn.1);
        }
    }
    out.into_iter().map(|v| v as f32).collect()
}
