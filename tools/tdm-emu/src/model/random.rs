// SPDX-License-Identifier: MIT OR Apache-2.0
//! The model's randomness: a seeded generator, the same on every machine.

/// SplitMix64.
#[derive(Clone, Copy, Debug)]
pub struct Random(u64);

impl Random {
    /// From a seed and the number of the stream, so that the parts of a plant do not share one sequence.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut random = Random(seed ^ stream.wrapping_mul(0xD134_2543_DE82_EF95));
        random.next_bits();
        random
    }

    /// 64 random bits.
    pub fn next_bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Bits that pass before the next errored one at a bit error rate: geometric. `u64::MAX` for a rate of 0.
    pub fn error_free_run(&mut self, rate: f64) -> u64 {
        if rate <= 0.0 {
            return u64::MAX;
        }
        if rate >= 1.0 {
            return 0;
        }
        // In (0, 1].
        let uniform = ((self.next_bits() >> 11) as f64 + 1.0) / (1u64 << 53) as f64;
        (uniform.ln() / (1.0 - rate).ln()) as u64
    }
}
