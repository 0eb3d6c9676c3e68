// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The configuration of a line.

use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Line types.
pub mod line {
    /// Not configured.
    pub const NONE: u8 = 0;
    /// E1, 2,048 kbit/s.
    pub const E1: u8 = 1;
    /// T1, 1,544 kbit/s.
    pub const T1: u8 = 2;
    /// J1.
    pub const J1: u8 = 3;
}
/// Framing and signalling.
pub mod framing {
    /// E1 with common channel signalling: timeslot 16 is a payload slot.
    pub const CCS: u8 = 1;
    /// E1 with channel associated signalling in timeslot 16.
    pub const CAS: u8 = 2;
    /// T1 extended superframe.
    pub const ESF: u8 = 3;
    /// T1 superframe (D4).
    pub const D4: u8 = 4;
}
/// Line codes.
pub mod code {
    /// Alternate mark inversion.
    pub const AMI: u8 = 1;
    /// HDB3 (E1).
    pub const HDB3: u8 = 2;
    /// B8ZS (T1).
    pub const B8ZS: u8 = 3;
}
/// The law whose idle code unclaimed slots send.
pub mod law {
    /// A-law.
    pub const A: u8 = 1;
    /// Mu-law.
    pub const MU: u8 = 2;
}
/// Where the transmit clock comes from.
pub mod clock {
    /// The card's own oscillator.
    pub const INTERNAL: u8 = 1;
    /// Recovered from this line.
    pub const RECOVERED: u8 = 2;
}
/// Switches.
pub mod flag {
    /// CRC-4 multiframe (E1) or CRC-6 (ESF).
    pub const CRC: u8 = 1 << 0;
    /// The line is up: it sends framing. Without it, it sends AIS.
    pub const ENABLED: u8 = 1 << 1;
}

/// How a line is run. Zero means "not configured" in every field.
#[repr(C)]
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout,
)]
pub struct LineConfig {
    /// One of [`line`].
    pub line: u8,
    /// One of [`framing`].
    pub framing: u8,
    /// One of [`code`].
    pub code: u8,
    /// One of [`law`].
    pub law: u8,
    /// One of [`clock`].
    pub clock: u8,
    /// Bits of [`flag`].
    pub flags: u8,
    /// Line build-out (T1), 0 to 7; 0 for E1.
    pub build_out: u8,
    /// Zero.
    pub reserved: u8,
}

const _: () = assert!(core::mem::size_of::<LineConfig>() == 8);

/// A field of a [`LineConfig`] that has no meaning or does not go with the line type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The field's name.
    pub field: &'static str,
    /// Its value.
    pub value: u8,
}

impl LineConfig {
    /// An enabled E1 with common channel signalling, HDB3 and CRC-4, on its own clock: EuroISDN's usual line.
    pub const E1_CCS_CRC4: Self = Self {
        line: line::E1,
        framing: framing::CCS,
        code: code::HDB3,
        law: law::A,
        clock: clock::INTERNAL,
        flags: flag::CRC | flag::ENABLED,
        build_out: 0,
        reserved: 0,
    };

    /// The configuration as one word.
    pub const fn pack(&self) -> u64 {
        u64::from_le_bytes([
            self.line,
            self.framing,
            self.code,
            self.law,
            self.clock,
            self.flags,
            self.build_out,
            self.reserved,
        ])
    }

    /// The configuration of a packed word, unchecked.
    pub const fn unpack(word: u64) -> Self {
        let [line, framing, code, law, clock, flags, build_out, reserved] = word.to_le_bytes();
        Self {
            line,
            framing,
            code,
            law,
            clock,
            flags,
            build_out,
            reserved,
        }
    }

    /// Checks that the fields mean something and go together.
    ///
    /// # Errors
    /// The first field that does not.
    pub const fn check(&self) -> Result<(), Unfit> {
        const fn unfit(field: &'static str, value: u8) -> Result<(), Unfit> {
            Err(Unfit { field, value })
        }
        let e1 = self.line == line::E1;
        if !e1 && self.line != line::T1 && self.line != line::J1 {
            return unfit("line", self.line);
        }
        let framing_fits = if e1 {
            self.framing == framing::CCS || self.framing == framing::CAS
        } else {
            self.framing == framing::ESF || self.framing == framing::D4
        };
        if !framing_fits {
            return unfit("framing", self.framing);
        }
        let own_code = if e1 { code::HDB3 } else { code::B8ZS };
        if self.code != code::AMI && self.code != own_code {
            return unfit("code", self.code);
        }
        if self.law != law::A && self.law != law::MU {
            return unfit("law", self.law);
        }
        if self.clock != clock::INTERNAL && self.clock != clock::RECOVERED {
            return unfit("clock", self.clock);
        }
        if self.flags & !(flag::CRC | flag::ENABLED) != 0
            || (self.framing == framing::D4 && self.flags & flag::CRC != 0)
        {
            return unfit("flags", self.flags);
        }
        if self.build_out > 7 || (e1 && self.build_out != 0) {
            return unfit("build_out", self.build_out);
        }
        if self.reserved != 0 {
            return unfit("reserved", self.reserved);
        }
        Ok(())
    }

    /// Slots that carry payload: E1 CCS 1–31, E1 CAS 1–15 and 17–31, T1 and J1 1–24.
    pub const fn usable_slots(&self) -> u32 {
        match (self.line, self.framing) {
            (line::E1, framing::CAS) => 0xfffe_fffe,
            (line::E1, _) => 0xffff_fffe,
            (line::T1 | line::J1, _) => 0x01ff_fffe,
            _ => 0,
        }
    }

    /// The idle code of speech slots: A-law 0xD5, mu-law 0xFF.
    pub const fn idle_code(&self) -> u8 {
        if self.law == law::MU { 0xff } else { 0xd5 }
    }
}
