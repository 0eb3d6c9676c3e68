// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The receiving side: finds the pattern, then counts bit errors against its own copy.

use super::{Pattern, Taps};

/// Error-free bits in a row that lock a checker.
const LOCK_BITS: u32 = 64;
/// Bits over which errors are judged while locked.
const WINDOW: u32 = 256;
/// Errors in one window that lose the pattern: a quarter, where chance gives a half.
const LOSS: u32 = 64;

/// What a checker has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Bits compared while locked.
    pub bits: u64,
    /// Of these, wrong ones.
    pub errors: u64,
    /// Times the pattern was found.
    pub locks: u64,
    /// Times it was lost again.
    pub losses: u64,
}

/// What the last octet changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Still searching.
    Searching,
    /// The pattern has just been found.
    Locked,
    /// Locked, with this many wrong bits in the octet.
    Checked(u8),
    /// The pattern has just been lost; the errors of the octets before the loss are counted.
    Lost,
}

/// Checks a pattern octet by octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checker {
    taps: Option<Taps>,
    register: u32,
    /// Searching: error-free bits in a row after the register was filled.
    run: u32,
    /// Searching: bits still needed to fill the register.
    filling: u32,
    locked: bool,
    window_bits: u32,
    window_errors: u32,
    report: Report,
}

impl Checker {
    /// A checker that searches.
    #[must_use]
    pub const fn new(pattern: Pattern) -> Self {
        let taps = pattern.shift();
        Checker {
            taps,
            register: 0,
            run: 0,
            filling: fill_bits(taps),
            locked: false,
            window_bits: 0,
            window_errors: 0,
            report: Report {
                bits: 0,
                errors: 0,
                locks: 0,
                losses: 0,
            },
        }
    }

    /// The counts so far.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// Whether the pattern is there.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.locked
    }

    /// Takes one received slot octet.
    pub fn push(&mut self, octet: u8) -> Verdict {
        if self.locked {
            self.compare(octet)
        } else {
            self.search(octet)
        }
    }

    /// Takes many.
    pub fn push_all(&mut self, octets: &[u8]) {
        for &octet in octets {
            self.push(octet);
        }
    }

    fn search(&mut self, octet: u8) -> Verdict {
        match self.taps {
            Some(taps) => {
                let octet = if taps.inverted { !octet } else { octet };
                for shift in (0..8).rev() {
                    self.search_bit(taps, u32::from(octet >> shift) & 1);
                }
            }
            None => {
                let right = self.filling == 0 && u32::from(octet) == self.register;
                self.run = if right { self.run + 8 } else { 0 };
                self.filling = 0;
                self.register = u32::from(octet.wrapping_add(1));
            }
        }
        if self.run < LOCK_BITS {
            return Verdict::Searching;
        }
        self.locked = true;
        self.window_bits = 0;
        self.window_errors = 0;
        self.report.locks = self.report.locks.saturating_add(1);
        Verdict::Locked
    }

    fn search_bit(&mut self, taps: Taps, bit: u32) {
        if self.filling > 0 {
            self.filling -= 1;
        } else if self.register != 0 && taps.next(self.register) == bit {
            // A register of zeros predicts zeros for ever: that is an idle line, not the pattern.
            self.run += 1;
        } else {
            self.run = 0;
        }
        self.register = taps.push(self.register, bit);
    }

    /// The octet that the pattern has here.
    fn expect(&mut self) -> u8 {
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

    fn compare(&mut self, octet: u8) -> Verdict {
        let wrong = (self.expect() ^ octet).count_ones();
        self.report.bits = self.report.bits.saturating_add(8);
        self.report.errors = self.report.errors.saturating_add(u64::from(wrong));
        self.window_bits += 8;
        self.window_errors += wrong;
        if self.window_errors >= LOSS {
            self.locked = false;
            self.run = 0;
            self.filling = fill_bits(self.taps);
            self.report.losses = self.report.losses.saturating_add(1);
            return Verdict::Lost;
        }
        if self.window_bits >= WINDOW {
            self.window_bits = 0;
            self.window_errors = 0;
        }
        // At most eight.
        Verdict::Checked(wrong as u8)
    }
}

const fn fill_bits(taps: Option<Taps>) -> u32 {
    match taps {
        Some(t) => t.length as u32,
        None => 1,
    }
}
