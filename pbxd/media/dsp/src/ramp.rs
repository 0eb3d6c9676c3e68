// SPDX-License-Identifier: MIT OR Apache-2.0
//! Gain that changes without a click.

/// A gain that moves linearly to its target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    gain: f32,
    target: f32,
    step: f32,
    left: u32,
}

impl Ramp {
    /// A steady gain, as a factor.
    #[must_use]
    pub const fn new(gain: f32) -> Self {
        Self {
            gain,
            target: gain,
            step: 0.0,
            left: 0,
        }
    }

    /// Moves to `target` within `samples`; 0 jumps.
    pub fn to(&mut self, target: f32, samples: u32) {
        self.target = target;
        self.left = samples;
        if samples == 0 {
            self.gain = target;
        } else {
            self.step = (target - self.gain) / samples as f32;
        }
    }

    /// The gain for the next sample; moves on.
    pub fn advance(&mut self) -> f32 {
        let gain = self.gain;
        if self.left > 0 {
            self.left -= 1;
            self.gain = if self.left == 0 {
                self.target
            } else {
                self.gain + self.step
            };
        }
        gain
    }

    /// Applies the gain to a block; what goes beyond 16 bits is limited.
    pub fn apply(&mut self, samples: &mut [i16]) {
        for sample in samples {
            *sample = (f32::from(*sample) * self.advance()).round() as i16;
        }
    }

    /// The gain that the next sample gets.
    #[must_use]
    pub const fn gain(&self) -> f32 {
        self.gain
    }
}
