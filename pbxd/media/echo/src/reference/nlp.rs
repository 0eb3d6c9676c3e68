// SPDX-License-Identifier: MIT OR Apache-2.0
//! The non-linear processor and its comfort noise.

use super::smooth;
use crate::constants::{BLOCK, double as k};

/// What the processor is told about a block.
pub(super) struct Told {
    /// Slow leakage.
    pub(super) leak: f64,
    /// The foreground is trusted.
    pub(super) trusted: bool,
    /// The far end has been silent for longer than the window, and the window holds the echo.
    pub(super) calm: bool,
    pub(super) on: bool,
    pub(super) comfort: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Nlp {
    /// Far-end power over 4 ms, and its maxima over 64 ms each.
    far: f64,
    maxima: [f64; 4],
    counted: u32,
    /// Estimate's power: up in 2 ms, down in 50.
    estimate: f64,
    /// Residual power over 4 and 32 ms.
    fast: f64,
    slow: f64,
    wait: f64,
    open: f64,
    gain: f64,
    /// Minima of the slow residual over 128 ms each.
    minima: [f64; 8],
    least: f64,
    blocks: u32,
    /// Background's power and its product with the sample before.
    power: f64,
    product: f64,
    last: f64,
    noise: f64,
    seed: u32,
}

impl Nlp {
    pub(super) fn new() -> Self {
        Self {
            far: 0.0,
            maxima: [0.0; 4],
            counted: 0,
            estimate: 0.0,
            fast: 0.0,
            slow: 0.0,
            wait: 0.0,
            open: 0.0,
            gain: 1.0,
            minima: [1e9; 8],
            least: 1e9,
            blocks: 0,
            power: 0.0,
            product: 0.0,
            last: 0.0,
            noise: 0.0,
            seed: 12_345,
        }
    }

    pub(super) fn run(
        &mut self,
        x: &[f64; BLOCK],
        d: &[f64; BLOCK],
        o: &mut [f64; BLOCK],
        told: &Told,
    ) {
        let (leak, trusted) = (told.leak, told.trusted);
        let (mut px, mut py, mut po, mut product) = (0.0, 0.0, 0.0, 0.0);
        for i in 0..BLOCK {
            px += x[i] * x[i] / BLOCK as f64;
            py += (d[i] - o[i]) * (d[i] - o[i]) / BLOCK as f64;
            po += o[i] * o[i] / BLOCK as f64;
            product += o[i] * self.last / BLOCK as f64;
            self.last = o[i];
        }
        smooth(&mut self.far, 0.25, px);
        let rate = if py > self.estimate { 0.5 } else { 0.02 };
        smooth(&mut self.estimate, rate, py);
        smooth(&mut self.fast, 0.25, po);
        smooth(&mut self.slow, 0.03125, po);
        let far = self.held_far();
        let (most, threshold) = self.threshold(far, leak, trusted);
        let clean = (trusted && leak * self.estimate * 2.0 < 0.3 * self.slow)
            || far < 0.25 * k::ACTIVE * k::ACTIVE
            || told.calm
            || self.slow < 16.0;
        self.measure_noise(clean, po, product);
        self.gate(threshold, most, trusted);
        let closed = told.on && self.open <= 0.0 && threshold > 0.0;
        let before = self.gain;
        self.gain = if closed {
            (before - 0.125).max(0.0)
        } else {
            (before + 0.34).min(1.0)
        };
        let a = (self.product / (self.power + 1e-3)).clamp(-0.95, 0.95);
        let size = (self.power * (1.0 - a * a)).max(0.0).sqrt();
        for (i, o) in o.iter_mut().enumerate() {
            self.seed = self
                .seed
                .wrapping_mul(1_664_525)
                .wrapping_add(1_013_904_223);
            // Uniform with variance 1.
            let uniform = f64::from(self.seed >> 8) * (12f64.sqrt() / 16_777_216.0) - 3f64.sqrt();
            self.noise = a * self.noise + size * uniform;
            let g = before + (self.gain - before) * (i as f64 + 1.0) / BLOCK as f64;
            let filled = if told.comfort {
                (1.0 - g * g).max(0.0).sqrt() * self.noise
            } else {
                0.0
            };
            *o = g * *o + filled;
        }
    }

    /// The far end's power, held for 128 to 192 ms.
    fn held_far(&mut self) -> f64 {
        self.maxima[3] = self.maxima[3].max(self.far);
        let most = self.maxima.iter().copied().fold(0.0, f64::max);
        self.counted += 1;
        if self.counted == 64 {
            self.counted = 0;
            self.maxima.rotate_left(1);
            self.maxima[3] = 0.0;
        }
        most
    }

    /// Residual power that is only echo: at worst, and as the filter stands. 0 while the far end is silent.
    fn threshold(&self, far: f64, leak: f64, trusted: bool) -> (f64, f64) {
        let most = k::NLP_UNTRUSTED * k::NLP_LOSS * far;
        let mut threshold = most;
        if trusted {
            threshold = threshold.min(k::NLP_MARGIN * leak.max(k::NLP_LEAK) * self.estimate);
        }
        if far < k::ACTIVE * k::ACTIVE {
            threshold = 0.0;
        }
        (most, threshold)
    }

    fn measure_noise(&mut self, clean: bool, power: f64, product: f64) {
        self.least = self.least.min(self.slow);
        let least = self.minima.iter().copied().fold(1e9, f64::min);
        if clean && self.slow < 2.5 * least.min(4.0 * self.least) + 2.0 {
            smooth(&mut self.power, 0.02, power);
            smooth(&mut self.product, 0.02, product);
        }
        if self.power > 2.0 * least + 2.0 {
            self.power *= 0.99;
            self.product *= 0.99;
        }
        self.blocks += 1;
        if self.blocks == 128 {
            self.blocks = 0;
            self.minima.rotate_left(1);
            self.minima[7] = self.least;
            self.least = 1e9;
        }
    }

    /// Opens after 14 ms above the threshold; at once for what is louder than any echo, or when it is open.
    fn gate(&mut self, threshold: f64, most: f64, trusted: bool) {
        let above = self.fast > threshold;
        self.wait = if above { self.wait + 1.0 } else { 0.0 };
        let at_once = threshold == 0.0 || self.open > 0.0 || self.fast > most;
        if self.wait > k::NLP_WAIT || (above && at_once) {
            self.open = k::NLP_HANG;
        } else {
            self.open = (self.open - 1.0).max(0.0);
        }
        if !trusted && self.fast < threshold {
            self.open = 0.0;
        }
    }
}
