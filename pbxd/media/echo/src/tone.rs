// SPDX-License-Identifier: MIT OR Apache-2.0
//! The 2100 Hz tone disabler, for all lanes. The phase of the correlation is the same in all.

use crate::constants::{BLOCK, TONE_BLOCKS, single as k};
use crate::lanes::{LANES, Lanes, count, flag, fma, lane_state, pick, smooth};

lane_state! {
    /// One direction's detector.
    Detector {
        /// Components and energy of the frame in the making.
        i = 0.0,
        q = 0.0,
        power = 0.0,
        /// The last two frames, the older one first.
        i2 = 0.0,
        q2 = 0.0,
        i1 = 0.0,
        q1 = 0.0,
        /// Mean rotation over two frames.
        mean_i = 0.0,
        mean_q = 0.0,
        valid = 0.0,
        reversals = 0.0,
        rest = 0.0,
        /// Results: the tone, and the tone with reversals.
        tone = 0.0,
        reversed = 0.0,
    }
}

lane_state! {
    /// What the detectors have switched off.
    Off {
        canceller = 0.0,
        processor = 0.0,
        quiet = 0.0,
    }
}

/// Both directions of a group.
#[derive(Clone, Debug)]
pub(crate) struct Disabler {
    far: Detector,
    near: Detector,
    pub(crate) off: Off,
    /// Cosine and sine of 2100 Hz: 21 turns in 80 samples.
    table: [[f32; 2]; 80],
    n: usize,
    blocks: u32,
}

impl Disabler {
    pub(crate) fn new() -> Self {
        let value = |n: usize| {
            let angle = core::f64::consts::TAU * (21 * n % 80) as f64 / 80.0;
            [angle.cos() as f32, angle.sin() as f32]
        };
        Self {
            far: Detector::new(),
            near: Detector::new(),
            off: Off::new(),
            table: core::array::from_fn(value),
            n: 0,
            blocks: 0,
        }
    }

    pub(crate) fn reset(&mut self, lane: usize) {
        self.far.reset(lane);
        self.near.reset(lane);
        self.off.reset(lane);
    }

    /// One block; `on` are the flags of the lanes that have a disabler.
    #[inline(always)]
    pub(crate) fn run<const FUSED: bool>(
        &mut self,
        on: &Lanes,
        x: &[Lanes; BLOCK],
        d: &[Lanes; BLOCK],
    ) {
        let start = self.n;
        self.n = (self.n + BLOCK) % 80;
        let table = &self.table[start..start + BLOCK];
        let far = self.far.add::<FUSED>(table, x);
        let near = self.near.add::<FUSED>(table, d);
        self.blocks += 1;
        if self.blocks == TONE_BLOCKS {
            self.blocks = 0;
            self.far.frame();
            self.near.frame();
        }
        for l in 0..LANES {
            let on = on[l] > 0.0;
            let level = k::RELEASE_LEVEL * BLOCK as f32;
            let quiet = count((far[l] < level) & (near[l] < level), self.off.quiet[l]);
            self.off.quiet[l] = quiet;
            let holds = on & (quiet <= k::RELEASE_HOLD);
            let reversed = self.far.reversed[l] + self.near.reversed[l] + self.off.canceller[l];
            let tone = self.far.tone[l] + self.near.tone[l] + self.off.processor[l];
            self.off.canceller[l] = flag(holds & (reversed > 0.0));
            self.off.processor[l] = flag(holds & (tone > 0.0));
        }
    }
}

impl Detector {
    /// Adds a block; gives its energy.
    #[inline(always)]
    fn add<const FUSED: bool>(&mut self, table: &[[f32; 2]], x: &[Lanes; BLOCK]) -> Lanes {
        let mut energy = [0.0; LANES];
        for (turn, x) in table.iter().zip(x) {
            for l in 0..LANES {
                self.i[l] = fma::<FUSED>(x[l], turn[0], self.i[l]);
                self.q[l] = fma::<FUSED>(x[l], -turn[1], self.q[l]);
                energy[l] = fma::<FUSED>(x[l], x[l], energy[l]);
            }
        }
        for l in 0..LANES {
            self.power[l] += energy[l];
        }
        energy
    }

    #[inline(always)]
    fn frame(&mut self) {
        const SAMPLES: f32 = TONE_BLOCKS as f32 * BLOCK as f32;
        for l in 0..LANES {
            let (i, q, power) = (self.i[l], self.q[l], self.power[l]);
            let share = 2.0 * (i * i + q * q) / (SAMPLES * power + 1.0);
            let good = (share > k::TONE_SHARE) & (power > k::TONE_LEVEL * SAMPLES);
            let valid = pick(
                good,
                (self.valid[l] + 1.0).min(200.0),
                (self.valid[l] - 3.0).max(0.0),
            );
            let none = valid == 0.0;
            let reversals = pick(none, 0.0, self.reversals[l]);
            let (mean_i, mean_q) = (
                pick(none, 0.0, self.mean_i[l]),
                pick(none, 0.0, self.mean_q[l]),
            );
            // Rotation against the running mean: the mean takes up the frequency's offset, a reversal flips the sign.
            let (old_i, old_q) = (self.i2[l], self.q2[l]);
            let (re, im) = (i * old_i + q * old_q, q * old_i - i * old_q);
            let size = (re * re + im * im).sqrt() + 1.0;
            let mean = (mean_i * mean_i + mean_q * mean_q).sqrt();
            let cosine = (re * mean_i + im * mean_q) / (size * (mean + 1e-9));
            let resting = self.rest[l] > 0.0;
            let steady = (mean > 0.5) & (valid >= k::TONE_STEADY);
            let turns = !resting & good & steady & (cosine < k::TONE_REVERSAL);
            let follows = !resting & !turns & ((good & (cosine > k::TONE_DOUBT)) | (mean < 0.5));
            self.rest[l] = pick(turns, k::TONE_REST, (self.rest[l] - 1.0).max(0.0));
            self.reversals[l] = reversals + flag(turns);
            self.mean_i[l] = pick(follows, smooth(mean_i, 0.1, re / size), mean_i);
            self.mean_q[l] = pick(follows, smooth(mean_q, 0.1, im / size), mean_q);
            self.valid[l] = valid;
            self.i2[l] = self.i1[l];
            self.q2[l] = self.q1[l];
            self.i1[l] = i;
            self.q1[l] = q;
            self.i[l] = 0.0;
            self.q[l] = 0.0;
            self.power[l] = 0.0;
            let tone = valid >= k::TONE_FRAMES;
            self.tone[l] = flag(tone);
            self.reversed[l] = flag(tone & (self.reversals[l] >= k::TONE_REVERSALS));
        }
    }
}
