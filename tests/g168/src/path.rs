// SPDX-License-Identifier: MIT OR Apache-2.0
//! Echo paths: impulse responses with a loss and a delay.

use crate::level::amplitude;
use crate::random::Random;

/// The impulse response of a hybrid. With a loss of 0 dB its echo is about as loud as the signal.
#[derive(Clone, Debug, PartialEq)]
pub struct EchoPath {
    /// The name in reports.
    pub name: String,
    /// The response, one value a sample.
    pub taps: Vec<f64>,
}

impl EchoPath {
    /// A random hybrid of our own, for tests that must not need other data: a flat delay of up to 16 samples, then
    /// three damped resonances between 200 and 3600 Hz with time constants of 4 to 16 samples. The sum of
    /// squares is 1 and the length 96 samples.
    #[must_use]
    pub fn random(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let start = random.below(17);
        let mut taps = vec![0.0; 96];
        for _ in 0..3 {
            let hertz = random.between(200.0, 3600.0);
            let decay = random.between(4.0, 16.0);
            let (size, phase) = (random.normal(), random.between(0.0, core::f64::consts::TAU));
            let step = core::f64::consts::TAU * hertz / 8000.0;
            for (n, tap) in taps.iter_mut().skip(start).enumerate() {
                let t = n as f64;
                *tap += size * (-t / decay).exp() * (step * t + phase).cos();
            }
        }
        let energy: f64 = taps.iter().map(|v| v * v).sum();
        taps.iter_mut().for_each(|v| *v /= energy.sqrt().max(1e-9));
        Self {
            name: format!("r{seed}"),
            taps,
        }
    }

    /// The echo of `signal`, `loss` dB down and `delay` samples late, as long as the signal.
    #[must_use]
    pub fn echo(&self, signal: &[f32], loss: f64, delay: usize) -> Vec<f32> {
        let factor = amplitude(-loss);
        let mut echo = vec![0f32; signal.len()];
        for (k, tap) in self.taps.iter().enumerate() {
            let tap = (tap * factor) as f32;
            let late = echo.iter_mut().skip(delay + k);
            late.zip(signal).for_each(|(out, v)| *out += tap * v);
        }
        echo
    }
}
