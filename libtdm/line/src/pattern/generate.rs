// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The sending side.

use super::{Pattern, Taps};

/// Generates a pattern octet by octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generator {
    taps: Option<Taps>,
    register: u32,
}

impl Generator {
    /// Starts the pattern: a register of ones, or a count of 0.
    #[must_use]
    pub const fn new(pattern: Pattern) -> Self {
        let taps = pattern.shift();
        let register = match taps {
            Some(t) => (1 << t.length) - 1,
            None => 0,
        };
        Generator { taps, register }
    }

    /// The next slot octet.
    pub fn next_octet(&mut self) -> u8 {
        let Some(taps) = self.taps else {
            let octet = (self.register & 0xFF) as u8;
            self.register = (self.register + 1) & 0xFF;
            return octet;
        };
        let mut octet = 0u8;
        for _ in 0..8 {
            let bit = taps.next(self.register);
            self.register = taps.push(self.register, bit);
            octet = (octet << 1) | bit as u8;
        }
        if taps.inverted { !octet } else { octet }
    }

    /// Fills `out`.
    pub fn fill(&mut self, out: &mut [u8]) {
        for octet in out {
            *octet = self.next_octet();
        }
    }
}
