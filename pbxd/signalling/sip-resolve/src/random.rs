// SPDX-License-Identifier: MIT OR Apache-2.0
//! Numbers from a seed (SplitMix64): for spreading load, not for secrets.

#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to `end`, `end` included.
    pub(crate) fn up_to(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        // The high half of a product: even over any range that fits SRV weights.
        let range = u128::from(end) + 1;
        u64::try_from((u128::from(z) * range) >> 64).unwrap_or(end)
    }
}
