// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The 16-bit frame check sequence of HDLC (CRC-16/X.25).

/// What the register holds after a frame and its own frame check sequence went through it.
const GOOD: u16 = 0xF0B8;

/// The running 16-bit frame check sequence: generator x^16 + x^12 + x^5 + 1, register preset to
/// ones, bits taken least significant first, ones complement sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fcs(u16);

impl Fcs {
    /// The register at the start of a frame.
    #[must_use]
    pub const fn new() -> Self {
        Fcs(0xFFFF)
    }

    /// The register after one more octet.
    #[must_use]
    pub const fn push(self, octet: u8) -> Self {
        let mut t = octet ^ (self.0 & 0xFF) as u8;
        t ^= t << 4;
        let t = t as u16;
        Fcs((self.0 >> 8) ^ (t << 8) ^ (t << 3) ^ (t >> 4))
    }

    /// The value to send, the octet with the low eight bits first.
    #[must_use]
    pub const fn value(self) -> u16 {
        !self.0
    }

    /// Whether the octets so far end in their own frame check sequence.
    #[must_use]
    pub const fn is_good(self) -> bool {
        self.0 == GOOD
    }
}

impl Default for Fcs {
    fn default() -> Self {
        Self::new()
    }
}

/// The frame check sequence of a whole frame.
#[must_use]
pub fn fcs(frame: &[u8]) -> u16 {
    frame.iter().fold(Fcs::new(), |f, &o| f.push(o)).value()
}
