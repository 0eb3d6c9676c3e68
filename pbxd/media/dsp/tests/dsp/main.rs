// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tones, levels, noise and concealment through the public interface.

mod conceal;
mod noise;
mod tones;

use dsp::{Meter, RATE, Scale};
use g711::Law;

/// The level of samples, in dBm0 of A-law.
fn dbm0(samples: &[i16]) -> f32 {
    let mut meter = Meter::new();
    meter.input(samples);
    Scale::of(Law::A).dbm0(meter.mean_square())
}

/// The level of one frequency in samples, in dBm0 of A-law, by its Fourier sum.
fn dbm0_at(samples: &[i16], hertz: f64) -> f32 {
    let (mut re, mut im) = (0.0, 0.0);
    for (n, s) in samples.iter().enumerate() {
        let angle = std::f64::consts::TAU * hertz * n as f64 / f64::from(RATE);
        re += f64::from(*s) * angle.cos();
        im += f64::from(*s) * angle.sin();
    }
    let peak = 2.0 * re.hypot(im) / samples.len() as f64;
    Scale::of(Law::A).dbm0((peak * peak / 2.0) as f32)
}

/// Fills `total` samples in blocks of these lengths, again and again.
fn in_blocks(total: usize, cuts: &[usize], mut fill: impl FnMut(&mut [i16])) -> Vec<i16> {
    let mut samples = vec![0; total];
    let mut rest = &mut samples[..];
    for cut in cuts.iter().cycle() {
        let (block, after) = rest.split_at_mut((*cut).min(rest.len()));
        fill(block);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    samples
}
