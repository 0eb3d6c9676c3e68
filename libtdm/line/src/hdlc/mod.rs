// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Bit-level HDLC over the octets of one slot.
//!
//! A slot octet's most significant bit is first on the line; HDLC sends each of its octets least
//! significant bit first. So the HDLC stream is a stream of bits that falls across slot octets at
//! any *phase*: a flag need not start where a slot octet starts, and after zero-bit insertion it
//! normally does not.
//!
//! [`Encoder`] turns a stream of frames into a continuous stream of slot octets, with flags
//! between frames. [`Decoder`] finds frames in slot octets and says what was wrong with those that
//! it drops. Neither owns a queue or a clock.

mod decoder;
mod encoder;
mod fcs;

pub use decoder::{Counters, Decoder, Event, Limits, Step};
pub use encoder::{Encoded, Encoder};
pub use fcs::{Fcs, fcs};

/// The flag octet; it reads the same in both bit orders.
pub const FLAG: u8 = 0x7E;

/// How many bits of each slot octet carry the HDLC stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rate {
    /// All eight bits: 64 kbit/s.
    #[default]
    Full,
    /// The seven bits that are first on the line: 56 kbit/s, for lines that rob the last bit. The
    /// last bit is sent as one and ignored when received.
    Restricted,
}

impl Rate {
    /// Bits of the HDLC stream in one slot octet.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Rate::Full => 8,
            Rate::Restricted => 7,
        }
    }
}
