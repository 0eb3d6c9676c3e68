// SPDX-License-Identifier: MIT OR Apache-2.0
//! The RTP header.

use core::ops::Range;

/// Octets of a header without CSRC list and extension, as we send it.
pub const HEADER_OCTETS: usize = 12;

/// The fields of the fixed header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The marker bit: in audio, the first packet of a talk spurt.
    pub marker: bool,
    /// The payload type, 0 to 127.
    pub payload_type: u8,
    /// The sequence number.
    pub sequence: u16,
    /// The timestamp of the first sample, in samples.
    pub timestamp: u32,
    /// The synchronisation source.
    pub ssrc: u32,
}

impl Header {
    /// The header as octets: version 2, no padding, no extension, no CSRC.
    #[must_use]
    pub const fn to_octets(&self) -> [u8; HEADER_OCTETS] {
        let s = self.sequence.to_be_bytes();
        let t = self.timestamp.to_be_bytes();
        let r = self.ssrc.to_be_bytes();
        let marker = if self.marker { 0x80 } else { 0 };
        [
            0x80,
            marker | (self.payload_type & 0x7F),
            s[0],
            s[1],
            t[0],
            t[1],
            t[2],
            t[3],
            r[0],
            r[1],
            r[2],
            r[3],
        ]
    }
}

/// A received packet, taken apart without copying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The fixed header.
    pub header: Header,
    /// The contributing sources, four octets each.
    csrc: &'a [u8],
    /// The header extension: its profile-defined number and its words.
    pub extension: Option<(u16, &'a [u8])>,
    /// The payload, without padding.
    pub payload: &'a [u8],
    /// Where the payload begins in the packet.
    payload_at: usize,
}

/// Why octets are no RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The packet ends inside the named part.
    #[error("the packet of {octets} octets ends inside its {part}")]
    Short {
        /// The part that is cut.
        part: &'static str,
        /// Octets in the packet.
        octets: usize,
    },
    /// The version is not 2.
    #[error("RTP version {0}, expected 2")]
    Version(u8),
    /// The padding count is 0 or more than the payload.
    #[error("padding of {padding} octets in a payload of {payload}")]
    Padding {
        /// The count in the last octet.
        padding: usize,
        /// Octets after the header.
        payload: usize,
    },
}

impl<'a> Packet<'a> {
    /// Takes a packet apart.
    ///
    /// # Errors
    /// [`ParseError`] if the octets are no RTP packet of version 2.
    pub fn parse(octets: &'a [u8]) -> Result<Self, ParseError> {
        let short = |part| ParseError::Short {
            part,
            octets: octets.len(),
        };
        let (fixed, rest) = octets
            .split_first_chunk::<HEADER_OCTETS>()
            .ok_or(short("header"))?;
        let [first, second, s0, s1, t0, t1, t2, t3, r0, r1, r2, r3] = *fixed;
        if first >> 6 != 2 {
            return Err(ParseError::Version(first >> 6));
        }
        let sources = usize::from(first & 0x0F) * 4;
        let (csrc, rest) = rest.split_at_checked(sources).ok_or(short("CSRC list"))?;
        let (extension, rest) = if first & 0x10 == 0 {
            (None, rest)
        } else {
            let (head, rest) = rest.split_first_chunk::<4>().ok_or(short("extension"))?;
            let words = usize::from(u16::from_be_bytes([head[2], head[3]]));
            let (data, rest) = rest.split_at_checked(words * 4).ok_or(short("extension"))?;
            (Some((u16::from_be_bytes([head[0], head[1]]), data)), rest)
        };
        let padding = match rest.last() {
            Some(last) if first & 0x20 != 0 => usize::from(*last),
            None if first & 0x20 != 0 => return Err(short("padding")),
            _ => 0,
        };
        let kept = rest.len().checked_sub(padding);
        let bad = ParseError::Padding {
            padding,
            payload: rest.len(),
        };
        if first & 0x20 != 0 && padding == 0 {
            return Err(bad);
        }
        let payload = kept.and_then(|kept| rest.get(..kept)).ok_or(bad)?;
        Ok(Self {
            header: Header {
                marker: second & 0x80 != 0,
                payload_type: second & 0x7F,
                sequence: u16::from_be_bytes([s0, s1]),
                timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
                ssrc: u32::from_be_bytes([r0, r1, r2, r3]),
            },
            csrc,
            extension,
            payload,
            payload_at: octets.len() - rest.len(),
        })
    }

    /// The contributing sources.
    pub fn contributing(&self) -> impl Iterator<Item = u32> + 'a {
        self.csrc
            .chunks_exact(4)
            .filter_map(|c| c.first_chunk::<4>())
            .map(|c| u32::from_be_bytes(*c))
    }

    /// Where the payload stands in the octets that were parsed.
    #[must_use]
    pub fn payload_range(&self) -> Range<usize> {
        self.payload_at..self.payload_at + self.payload.len()
    }
}
