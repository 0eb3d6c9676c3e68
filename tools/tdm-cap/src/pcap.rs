// SPDX-License-Identifier: MIT OR Apache-2.0
//! The pcap file format, for LAPD frames with the pseudo-header of link type 177.

use std::io::{self, Write};

/// LINKTYPE_LINUX_LAPD: each packet begins with [`PSEUDO_HEADER_BYTES`] that tell the direction.
pub const LINKTYPE: u32 = 177;
/// Bytes before the LAPD frame, which stands without its check sequence.
pub const PSEUDO_HEADER_BYTES: usize = 16;

/// The magic of files with microseconds.
const MAGIC: u32 = 0xa1b2_c3d4;
/// The longest packet that a reader must expect.
const SNAP_BYTES: u32 = 65_535;
/// ARPHRD_LAPD; readers do not use it.
const HARDWARE: u16 = 8445;
/// ETH_P_LAPD.
const PROTOCOL: u16 = 0x0030;

/// The way of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The line brought it.
    Received,
    /// It left.
    Sent,
}

/// Writes packets, each with one call of the output, so that a reader of the growing file sees whole ones.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    network: bool,
    packets: u64,
}

impl<W: Write> Writer<W> {
    /// Begins a file. `network`: our side is the network side.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn new(mut out: W, network: bool) -> io::Result<Self> {
        let mut header = Vec::with_capacity(24);
        header.extend(MAGIC.to_le_bytes());
        header.extend(2u16.to_le_bytes());
        header.extend(4u16.to_le_bytes());
        header.extend([0; 8]);
        header.extend(SNAP_BYTES.to_le_bytes());
        header.extend(LINKTYPE.to_le_bytes());
        out.write_all(&header)?;
        out.flush()?;
        Ok(Self {
            out,
            network,
            packets: 0,
        })
    }

    /// Packets written.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Writes a LAPD frame without its check sequence; `ns` since 1970.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn write(&mut self, ns: u64, direction: Direction, frame: &[u8]) -> io::Result<()> {
        let frame = frame
            .get(..frame.len().min(SNAP_BYTES as usize - PSEUDO_HEADER_BYTES))
            .unwrap_or(frame);
        let bytes = (PSEUDO_HEADER_BYTES + frame.len()) as u32;
        // The format's seconds end in 2106.
        let seconds = u32::try_from(ns / 1_000_000_000).unwrap_or(u32::MAX);
        let micros = (ns % 1_000_000_000 / 1000) as u32;
        let mut record = Vec::with_capacity(16 + bytes as usize);
        for word in [seconds, micros, bytes, bytes] {
            record.extend(word.to_le_bytes());
        }
        let kind: u16 = match direction {
            Direction::Received => 0,
            Direction::Sent => 4,
        };
        // From here on in network byte order.
        for half in [kind, HARDWARE, 1] {
            record.extend(half.to_be_bytes());
        }
        record.extend([u8::from(self.network), 0, 0, 0, 0, 0, 0, 0]);
        record.extend(PROTOCOL.to_be_bytes());
        record.extend(frame);
        self.out.write_all(&record)?;
        self.out.flush()?;
        self.packets += 1;
        Ok(())
    }
}
