// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sequence numbers modulo 128.

/// A send or receive sequence number: 0 to 127, all arithmetic modulo 128.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sequence(u8);

impl Sequence {
    /// The number zero, where every new multiple-frame establishment starts.
    pub const ZERO: Sequence = Sequence(0);

    /// The number `value` modulo 128.
    pub const fn new(value: u8) -> Self {
        Sequence(value & 0x7f)
    }

    /// The value, 0 to 127.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The next number.
    #[must_use]
    pub const fn next(self) -> Self {
        Sequence((self.0 + 1) & 0x7f)
    }

    /// How many steps forward from `earlier` lead to `self` (0 to 127).
    pub const fn distance_from(self, earlier: Sequence) -> u8 {
        self.0.wrapping_sub(earlier.0) & 0x7f
    }
}

impl core::fmt::Display for Sequence {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}
