// SPDX-License-Identifier: MIT OR Apache-2.0
//! An outgoing stream.

use crate::Header;

/// Numbers an outgoing stream and counts it for sender reports.
#[derive(Clone, Copy, Debug)]
pub struct Sender {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    packets: u32,
    octets: u32,
}

impl Sender {
    /// A stream whose first packet has this sequence number and timestamp. All three should be
    /// random.
    #[must_use]
    pub const fn new(ssrc: u32, sequence: u16, timestamp: u32) -> Self {
        Self {
            ssrc,
            sequence,
            timestamp,
            packets: 0,
            octets: 0,
        }
    }

    /// The header of the next packet, which carries `samples` of media in `octets` of payload.
    pub fn next(&mut self, payload_type: u8, marker: bool, samples: u32, octets: u32) -> Header {
        let header = Header {
            marker,
            payload_type,
            sequence: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(samples);
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(octets);
        header
    }

    /// Lets media time pass in which nothing is sent.
    pub fn skip(&mut self, samples: u32) {
        self.timestamp = self.timestamp.wrapping_add(samples);
    }

    /// Our synchronisation source.
    #[must_use]
    pub const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The timestamp of the next packet.
    #[must_use]
    pub const fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// Packets sent, modulo 2³².
    #[must_use]
    pub const fn packets(&self) -> u32 {
        self.packets
    }

    /// Octets of payload sent, modulo 2³².
    #[must_use]
    pub const fn octets(&self) -> u32 {
        self.octets
    }
}
