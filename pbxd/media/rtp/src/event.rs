// SPDX-License-Identifier: MIT OR Apache-2.0
//! The telephone-event payload of RFC 4733.

mod receiver;

pub use receiver::{Event, EventReceiver};

/// Octets of one event's payload.
pub const PAYLOAD_OCTETS: usize = 4;

/// One event as a packet carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload {
    /// The event: 0 to 9 the digits, 10 `*`, 11 `#`, 12 to 15 A to D.
    pub code: u8,
    /// The end bit: the event is over.
    pub end: bool,
    /// The tone's power, 0 to 63: the negative of dBm0.
    pub volume: u8,
    /// How long the event lasts so far, in samples.
    pub duration: u16,
}

/// The payload is shorter than its four octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a telephone-event payload of {0} octets, expected 4")]
pub struct TooShort(
    /// Octets found.
    pub usize,
);

impl Payload {
    /// Reads the first event of a payload; further ones in the same packet are not read.
    ///
    /// # Errors
    /// [`TooShort`] under four octets.
    pub fn parse(octets: &[u8]) -> Result<Self, TooShort> {
        let [code, flags, d0, d1] = *octets
            .first_chunk::<PAYLOAD_OCTETS>()
            .ok_or(TooShort(octets.len()))?;
        Ok(Self {
            code,
            end: flags & 0x80 != 0,
            volume: flags & 0x3F,
            duration: u16::from_be_bytes([d0, d1]),
        })
    }

    /// The payload as octets; the volume is cut to its six bits.
    #[must_use]
    pub const fn to_octets(&self) -> [u8; PAYLOAD_OCTETS] {
        let d = self.duration.to_be_bytes();
        let end = if self.end { 0x80 } else { 0 };
        [self.code, end | (self.volume & 0x3F), d[0], d[1]]
    }
}
