// SPDX-License-Identifier: MIT OR Apache-2.0
//! Comfort noise.

use dsp::{ComfortNoise, Scale};
use g711::Law;

use crate::{dbm0, in_blocks};

#[test]
fn noise_has_its_level_and_its_seed() {
    let scale = Scale::of(Law::A);
    for level in [-60.0, -45.0, -20.0] {
        let mut samples = [0; 40_000];
        ComfortNoise::new(7, scale.rms(level)).fill(&mut samples);
        assert!(
            (dbm0(&samples) - level).abs() < 0.3,
            "{level}: {}",
            dbm0(&samples)
        );
        let mean = samples.iter().map(|s| f64::from(*s)).sum::<f64>() / 40_000.0;
        assert!(mean.abs() < f64::from(scale.rms(level)) * 0.05);
    }
    let run = |seed, cuts: &[usize]| {
        let mut noise = ComfortNoise::new(seed, 100.0);
        in_blocks(4000, cuts, |b| noise.fill(b))
    };
    assert_eq!(run(1, &[4000]), run(1, &[1, 7, 160]));
    assert_ne!(run(1, &[4000]), run(2, &[4000]));
    // Seed 0 is no silence.
    assert!(run(0, &[4000]).iter().any(|s| *s != 0));
}

#[test]
fn noise_does_not_repeat_within_seconds() {
    let mut noise = ComfortNoise::new(3, 1000.0);
    let samples = in_blocks(80_000, &[160], |b| noise.fill(b));
    for lag in [40, 80, 160, 8000, 32_768] {
        let pairs = samples.iter().zip(&samples[lag..]);
        let cross: f64 = pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        let energy: f64 = samples.iter().map(|a| f64::from(*a).powi(2)).sum();
        assert!((cross / energy).abs() < 0.02, "{lag}: {}", cross / energy);
    }
}
