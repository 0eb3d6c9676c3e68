// SPDX-License-Identifier: MIT OR Apache-2.0
//! Levels: dBm0 to amplitudes and back.

use g711::Law;

/// The relation between sample values and dBm0 in a law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Root mean square of 0 dBm0, in sample units.
    rms: f32,
}

impl Scale {
    /// The scale of a law, from its overload point.
    #[must_use]
    #[expect(clippy::approx_constant, reason = "3.14 dBm0 is a level, not pi")]
    pub fn of(law: Law) -> Self {
        // The peak of the sine with the overload level: the virtual decision value, in the 16-bit
        // scale of the g711 crate, and the level G.711 gives it.
        let (peak, dbm0) = match law {
            Law::A => (4096.0 * 8.0, 3.14_f32),
            Law::Mu => (8159.0 * 4.0, 3.17),
        };
        Self {
            rms: peak / core::f32::consts::SQRT_2 / power_of_ten(dbm0 / 20.0),
        }
    }

    /// The peak value of a sine of this level.
    #[must_use]
    pub fn peak(self, dbm0: f32) -> f32 {
        self.rms(dbm0) * core::f32::consts::SQRT_2
    }

    /// The root mean square of a signal of this level.
    #[must_use]
    pub fn rms(self, dbm0: f32) -> f32 {
        self.rms * power_of_ten(dbm0 / 20.0)
    }

    /// The level of a signal with this mean square; −∞ for 0.
    #[must_use]
    pub fn dbm0(self, mean_square: f32) -> f32 {
        10.0 * (mean_square / (self.rms * self.rms)).log10()
    }
}

fn power_of_ten(exponent: f32) -> f32 {
    10.0_f32.powf(exponent)
}

/// Adds up the energy of samples.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter {
    sum: u64,
    samples: u32,
}

impl Meter {
    /// A meter that has seen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { sum: 0, samples: 0 }
    }

    /// Takes samples.
    pub fn input(&mut self, samples: &[i16]) {
        for sample in samples {
            self.sum += u64::from(sample.unsigned_abs()).pow(2);
        }
        self.samples = self.samples.saturating_add(samples.len() as u32);
    }

    /// Takes samples as codes of a law.
    pub fn input_codes(&mut self, law: Law, codes: &[u8]) {
        for code in codes {
            self.sum += u64::from(law.decode(*code).unsigned_abs()).pow(2);
        }
        self.samples = self.samples.saturating_add(codes.len() as u32);
    }

    /// The mean square of what was taken; 0 before anything was.
    #[must_use]
    pub fn mean_square(&self) -> f32 {
        self.sum as f32 / self.samples.max(1) as f32
    }

    /// The mean square so far, and a fresh start.
    pub fn take(&mut self) -> f32 {
        let mean = self.mean_square();
        *self = Self::new();
        mean
    }
}
