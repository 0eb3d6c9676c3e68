// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Test patterns for slots: pseudo-random bit sequences and a counting pattern, with checkers.
//!
//! Bits go into a slot octet most significant first, as they go on the line.

mod check;
mod generate;

pub use check::{Checker, Report, Verdict};
pub use generate::Generator;

/// A test pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// 2^9 - 1 bits, x^9 + x^5 + 1.
    Prbs9,
    /// 2^11 - 1 bits, x^11 + x^9 + 1.
    Prbs11,
    /// 2^15 - 1 bits, x^15 + x^14 + 1, sent inverted.
    Prbs15,
    /// 2^20 - 1 bits, x^20 + x^3 + 1.
    Prbs20,
    /// 2^23 - 1 bits, x^23 + x^18 + 1, sent inverted.
    Prbs23,
    /// Octets that count 0 to 255 and round. A lost or repeated octet shows as a jump.
    Count,
}

impl Pattern {
    /// Every pattern.
    pub const ALL: [Pattern; 6] = [
        Pattern::Prbs9,
        Pattern::Prbs11,
        Pattern::Prbs15,
        Pattern::Prbs20,
        Pattern::Prbs23,
        Pattern::Count,
    ];

    /// Its name in configuration files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Pattern::Prbs9 => "prbs9",
            Pattern::Prbs11 => "prbs11",
            Pattern::Prbs15 => "prbs15",
            Pattern::Prbs20 => "prbs20",
            Pattern::Prbs23 => "prbs23",
            Pattern::Count => "count",
        }
    }

    /// The pattern of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Pattern::ALL.into_iter().find(|p| p.name() == name)
    }

    const fn shift(self) -> Option<Taps> {
        match self {
            Pattern::Prbs9 => Some(Taps {
                length: 9,
                tap: 5,
                inverted: false,
            }),
            Pattern::Prbs11 => Some(Taps {
                length: 11,
                tap: 9,
                inverted: false,
            }),
            Pattern::Prbs15 => Some(Taps {
                length: 15,
                tap: 14,
                inverted: true,
            }),
            Pattern::Prbs20 => Some(Taps {
                length: 20,
                tap: 3,
                inverted: false,
            }),
            Pattern::Prbs23 => Some(Taps {
                length: 23,
                tap: 18,
                inverted: true,
            }),
            Pattern::Count => None,
        }
    }
}

/// A shift register: the new bit is the sum of the bits `length` and `tap` back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Taps {
    length: u8,
    tap: u8,
    inverted: bool,
}

impl Taps {
    /// The next bit after the bits in `register` (the newest in place 0).
    const fn next(self, register: u32) -> u32 {
        ((register >> (self.length - 1)) ^ (register >> (self.tap - 1))) & 1
    }

    const fn push(self, register: u32, bit: u32) -> u32 {
        ((register << 1) | bit) & ((1 << self.length) - 1)
    }
}
