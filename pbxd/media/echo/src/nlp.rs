// SPDX-License-Identifier: MIT OR Apache-2.0
//! The non-linear processor and its comfort noise, for all lanes.

use crate::constants::{BLOCK, single as k};
use crate::lanes::{LANES, Lanes, count, fma, lane_state, pick, smooth};

lane_state! {
    /// Powers, gates and the noise generator.
    Nlp {
        /// Far-end power over 4 ms, and its maxima over 64 ms each, the newest in the making.
        far = 0.0,
        maximum0 = 0.0,
        maximum1 = 0.0,
        maximum2 = 0.0,
        maximum3 = 0.0,
        /// Estimate's power; residual power over 4 and 32 ms.
        estimate = 0.0,
        fast = 0.0,
        slow = 0.0,
        wait = 0.0,
        open = 0.0,
        gain = 1.0,
        /// Minimum in the making.
        least = 1e9,
        /// Background's power, and its product with the sample before.
        power = 0.0,
        product = 0.0,
        last = 0.0,
        noise = 0.0,
    }
}

/// What is not a float, or shared by the lanes.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct Shared {
    minima: [Lanes; 8],
    seeds: [u32; LANES],
    blocks: u32,
}

const SEED: u32 = 12_345;

impl Shared {
    pub(crate) const fn new() -> Self {
        Self {
            minima: [[1e9; LANES]; 8],
            seeds: [SEED; LANES],
            blocks: 0,
        }
    }

    pub(crate) fn reset(&mut self, lane: usize) {
        self.minima.iter_mut().for_each(|row| row[lane] = 1e9);
        self.seeds[lane] = SEED;
    }
}

/// What the processor is told about a block.
pub(crate) struct Told<'a> {
    pub(crate) x: &'a [Lanes; BLOCK],
    pub(crate) d: &'a [Lanes; BLOCK],
    /// Slow leakage; flags: foreground trusted, processor on, comfort noise on.
    pub(crate) leak: &'a Lanes,
    pub(crate) trusted: &'a Lanes,
    pub(crate) on: &'a Lanes,
    pub(crate) comfort: &'a Lanes,
    /// Flag: the far end has been silent for longer than the window, and the window holds the echo.
    pub(crate) calm: &'a Lanes,
}

impl Nlp {
    #[inline(always)]
    pub(crate) fn run<const FUSED: bool>(
        &mut self,
        told: &Told<'_>,
        o: &mut [Lanes; BLOCK],
        shared: &mut Shared,
    ) {
        let (mut px, mut py) = ([0.0; LANES], [0.0; LANES]);
        let (mut po, mut product) = ([0.0; LANES], [0.0; LANES]);
        for i in 0..BLOCK {
            for l in 0..LANES {
                let (x, out) = (told.x[i][l], o[i][l]);
                let y = told.d[i][l] - out;
                px[l] = fma::<FUSED>(x, x, px[l]);
                py[l] = fma::<FUSED>(y, y, py[l]);
                po[l] = fma::<FUSED>(out, out, po[l]);
                product[l] = fma::<FUSED>(out, self.last[l], product[l]);
                self.last[l] = out;
            }
        }
        let mut least = shared.minima[0];
        for row in &shared.minima[1..] {
            for l in 0..LANES {
                least[l] = least[l].min(row[l]);
            }
        }
        let mut before = [0.0; LANES];
        let (mut tilt, mut size) = ([0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            let mean = 1.0 / BLOCK as f32;
            self.far[l] = smooth(self.far[l], 0.25, px[l] * mean);
            let py = py[l] * mean;
            let rate = pick(py > self.estimate[l], 0.5, 0.02);
            self.estimate[l] = smooth(self.estimate[l], rate, py);
            self.fast[l] = smooth(self.fast[l], 0.25, po[l] * mean);
            self.slow[l] = smooth(self.slow[l], 0.031_25, po[l] * mean);
            self.maximum3[l] = self.maximum3[l].max(self.far[l]);
            let older = self.maximum0[l].max(self.maximum1[l]);
            let far = older.max(self.maximum2[l]).max(self.maximum3[l]);

            // Residual power that is only echo: at worst, and as the filter stands.
            let trusted = told.trusted[l] > 0.0;
            let most = k::NLP_UNTRUSTED * k::NLP_LOSS * far;
            let usual = k::NLP_MARGIN * told.leak[l].max(k::NLP_LEAK) * self.estimate[l];
            let threshold = pick(trusted, most.min(usual), most);
            let threshold = pick(far < k::ACTIVE * k::ACTIVE, 0.0, threshold);

            // The background's noise: what is close to the least power of the last second.
            let quiet = (far < 0.25 * k::ACTIVE * k::ACTIVE) | (told.calm[l] > 0.0);
            let slow = self.slow[l];
            let clean = (trusted & (told.leak[l] * self.estimate[l] * 2.0 < 0.3 * slow))
                | quiet
                | (slow < 16.0);
            self.least[l] = self.least[l].min(slow);
            let now = least[l];
            let pending = self.least[l];
            let near = clean & (slow < 2.5 * now.min(4.0 * pending) + 2.0);
            let power = pick(
                near,
                smooth(self.power[l], 0.02, po[l] * mean),
                self.power[l],
            );
            let product = pick(
                near,
                smooth(self.product[l], 0.02, product[l] * mean),
                self.product[l],
            );
            let fade = pick(power > 2.0 * now + 2.0, 0.99, 1.0);
            self.power[l] = power * fade;
            self.product[l] = product * fade;

            // The gate.
            let fast = self.fast[l];
            let above = fast > threshold;
            self.wait[l] = count(above, self.wait[l]);
            let at_once = (threshold == 0.0) | (self.open[l] > 0.0) | (fast > most);
            let opens = (self.wait[l] > k::NLP_WAIT) | (above & at_once);
            let open = pick(opens, k::NLP_HANG, (self.open[l] - 1.0).max(0.0));
            self.open[l] = pick(!trusted & (fast < threshold), 0.0, open);
            let closed = (told.on[l] > 0.0) & (self.open[l] <= 0.0) & (threshold > 0.0);
            before[l] = self.gain[l];
            let down = (before[l] - 0.125).max(0.0);
            self.gain[l] = pick(closed, down, (before[l] + 0.34).min(1.0));
            let a = self.product[l] / (self.power[l] + 1e-3);
            let a = a.clamp(-0.95, 0.95);
            tilt[l] = a;
            size[l] = (self.power[l] * (1.0 - a * a)).max(0.0).sqrt();
        }
        self.keep_minima(shared);
        for (i, o) in o.iter_mut().enumerate() {
            let part = (i + 1) as f32 / BLOCK as f32;
            for l in 0..LANES {
                let seed = shared.seeds[l]
                    .wrapping_mul(1_664_525)
                    .wrapping_add(1_013_904_223);
                shared.seeds[l] = seed;
                // Uniform with variance 1.
                let uniform =
                    (seed >> 8) as i32 as f32 * (3.464_101_6 / 16_777_216.0) - 1.732_050_8;
                let noise = tilt[l] * self.noise[l] + size[l] * uniform;
                self.noise[l] = noise;
                let g = before[l] + (self.gain[l] - before[l]) * part;
                let filled = (1.0 - g * g).max(0.0).sqrt() * noise * told.comfort[l];
                o[l] = g * o[l] + filled;
            }
        }
    }

    /// Closes maxima every 64 blocks and minima every 128.
    #[inline(always)]
    fn keep_minima(&mut self, shared: &mut Shared) {
        shared.blocks += 1;
        if shared.blocks % 64 == 0 {
            self.maximum0 = self.maximum1;
            self.maximum1 = self.maximum2;
            self.maximum2 = self.maximum3;
            self.maximum3 = [0.0; LANES];
        }
        if shared.blocks == 128 {
            shared.blocks = 0;
            shared.minima.rotate_left(1);
            shared.minima[7] = self.least;
            self.least = [1e9; LANES];
        }
    }
}
