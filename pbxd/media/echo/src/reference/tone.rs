// SPDX-License-Identifier: MIT OR Apache-2.0
//! The 2100 Hz tone disabler.

use super::smooth;
use crate::constants::{BLOCK, TONE_BLOCKS, double as k};

/// One direction's detector.
#[derive(Clone, Copy, Debug, Default)]
struct Detector {
    /// Samples so far, modulo 80: 2100 Hz turns 21 times in them.
    n: u32,
    blocks: u32,
    i: f64,
    q: f64,
    power: f64,
    /// The last two frames' components, the older one first.
    frames: [(f64, f64); 2],
    /// Mean rotation over two frames.
    mean: (f64, f64),
    valid: f64,
    reversals: f64,
    rest: f64,
}

impl Detector {
    fn run(&mut self, x: &[f64; BLOCK]) {
        for v in x {
            let angle = core::f64::consts::TAU * f64::from(21 * self.n % 80) / 80.0;
            self.n = (self.n + 1) % 80;
            self.i += v * angle.cos();
            self.q -= v * angle.sin();
            self.power += v * v;
        }
        self.blocks += 1;
        if self.blocks == TONE_BLOCKS {
            self.blocks = 0;
            self.frame();
        }
    }

    fn frame(&mut self) {
        let samples = f64::from(TONE_BLOCKS) * BLOCK as f64;
        let z = (self.i, self.q);
        let share = 2.0 * (z.0 * z.0 + z.1 * z.1) / (samples * self.power + 1.0);
        let valid = share > k::TONE_SHARE && self.power / samples > k::TONE_LEVEL;
        (self.i, self.q, self.power) = (0.0, 0.0, 0.0);
        self.valid = if valid {
            (self.valid + 1.0).min(200.0)
        } else {
            (self.valid - 3.0).max(0.0)
        };
        if self.valid == 0.0 {
            self.reversals = 0.0;
            self.mean = (0.0, 0.0);
        }
        // Rotation against the running mean: the mean takes up the frequency's offset, a reversal flips the sign.
        let old = self.frames[0];
        let c = (z.0 * old.0 + z.1 * old.1, z.1 * old.0 - z.0 * old.1);
        let size = c.0.hypot(c.1) + 1.0;
        let mean = self.mean.0.hypot(self.mean.1);
        let cosine = (c.0 * self.mean.0 + c.1 * self.mean.1) / (size * (mean + 1e-9));
        if self.rest > 0.0 {
            self.rest -= 1.0;
        } else if valid && mean > 0.5 && self.valid >= k::TONE_STEADY && cosine < k::TONE_REVERSAL {
            self.reversals += 1.0;
            self.rest = k::TONE_REST;
        } else if (valid && cosine > k::TONE_DOUBT) || mean < 0.5 {
            smooth(&mut self.mean.0, 0.1, c.0 / size);
            smooth(&mut self.mean.1, 0.1, c.1 / size);
        }
        self.frames = [self.frames[1], z];
    }

    fn tone(&self) -> bool {
        self.valid >= k::TONE_FRAMES
    }

    fn reversed(&self) -> bool {
        self.tone() && self.reversals >= k::TONE_REVERSALS
    }
}

/// Both directions, and what they switched off.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Disabler {
    directions: [Detector; 2],
    pub(super) canceller: bool,
    pub(super) processor: bool,
    quiet: f64,
}

impl Disabler {
    pub(super) fn run(&mut self, on: bool, x: &[f64; BLOCK], d: &[f64; BLOCK]) {
        self.directions[0].run(x);
        self.directions[1].run(d);
        self.canceller = on && (self.canceller || self.directions.iter().any(Detector::reversed));
        self.processor = on && (self.processor || self.directions.iter().any(Detector::tone));
        let mean = |v: &[f64; BLOCK]| v.iter().map(|s| s * s).sum::<f64>() / BLOCK as f64;
        let silent = mean(x) < k::RELEASE_LEVEL && mean(d) < k::RELEASE_LEVEL;
        self.quiet = if silent { self.quiet + 1.0 } else { 0.0 };
        if self.quiet > k::RELEASE_HOLD {
            self.canceller = false;
            self.processor = false;
        }
    }
}
