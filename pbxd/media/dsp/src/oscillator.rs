// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sums of sines.

use core::f32::consts::{FRAC_PI_2, TAU};

use crate::{RATE, Scale};

/// One sine of a tone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Component {
    /// Frequency in Hz, below 4,000.
    pub hertz: f32,
    /// Level in dBm0.
    pub dbm0: f32,
}

/// Up to four sines at once. A component's phase runs on from block to block, and through
/// [`Self::retune`].
#[derive(Clone, Copy, Debug)]
pub struct Oscillators {
    /// Phase and step, 2³² a turn.
    phase: [u32; 4],
    step: [u32; 4],
    peak: [f32; 4],
}

impl Oscillators {
    /// The sum of the first four of `components`, each beginning at phase 0.
    #[must_use]
    pub fn new(scale: Scale, components: &[Component]) -> Self {
        let mut oscillators = Self {
            phase: [0; 4],
            step: [0; 4],
            peak: [0.0; 4],
        };
        oscillators.retune(scale, components);
        oscillators
    }

    /// Changes frequencies and levels without a jump of phase. Components left out fall silent.
    pub fn retune(&mut self, scale: Scale, components: &[Component]) {
        self.step = [0; 4];
        self.peak = [0.0; 4];
        for ((step, peak), c) in self.step.iter_mut().zip(&mut self.peak).zip(components) {
            *step = (f64::from(c.hertz) * 4_294_967_296.0 / f64::from(RATE)).round() as u32;
            *peak = scale.peak(c.dbm0);
        }
    }

    /// Begins all components at phase 0.
    pub fn restart(&mut self) {
        self.phase = [0; 4];
    }

    /// The next sample; a sum beyond 16 bits is limited.
    pub fn sample(&mut self) -> i16 {
        let mut sum = 0.0;
        for ((phase, step), peak) in self.phase.iter_mut().zip(self.step).zip(self.peak) {
            if peak > 0.0 {
                sum += peak * sine(*phase);
                *phase = phase.wrapping_add(step);
            }
        }
        sum.round() as i16
    }

    /// Fills a block.
    pub fn fill(&mut self, samples: &mut [i16]) {
        for sample in samples {
            *sample = self.sample();
        }
    }
}

/// The sine of a phase, 2³² a turn, by its power series up to x¹¹ on a quarter turn: the error
/// stays under 10⁻⁶, far below a 16-bit step.
pub(crate) fn sine(phase: u32) -> f32 {
    // Fold the turn onto −π/2 to π/2, where the series is good: sin(π − x) = sin x.
    let half = 0x8000_0000_u32;
    let quarter = 0x4000_0000_u32;
    let folded = if phase.wrapping_add(quarter) < half {
        phase as i32
    } else {
        half.wrapping_sub(phase) as i32
    };
    let x = folded as f32 * (TAU / 4_294_967_296.0);
    debug_assert!(x.abs() <= FRAC_PI_2 + 1e-6);
    let y = x * x;
    let series = 1.0 / 362_880.0 - y / 39_916_800.0;
    let series = -1.0 / 5_040.0 + y * series;
    let series = 1.0 / 120.0 + y * series;
    let series = -1.0 / 6.0 + y * series;
    x * (1.0 + y * series)
}
