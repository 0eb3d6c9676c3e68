// SPDX-License-Identifier: MIT OR Apache-2.0
//! D-channel captures: pcap with link type 177 (Linux LAPD).

use std::io::{self, Write};
use std::time::Duration;

const MAGIC_MICROSECONDS: u32 = 0xa1b2_c3d4;
const SNAPLEN: u32 = 4096;
const LINKTYPE_LINUX_LAPD: u32 = 177;
/// ARPHRD_LAPD.
const HARDWARE_LAPD: u16 = 8445;
/// ETH_P_LAPD.
const PROTOCOL_LAPD: u16 = 0x0030;
const INCOMING: u16 = 0;
const OUTGOING: u16 = 4;

/// Which way a frame went, seen from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// We received it.
    In,
    /// We sent it.
    Out,
}

/// Writes one capture.
#[derive(Debug)]
pub struct Writer<W: Write> {
    to: W,
    frames: u64,
}

impl<W: Write> Writer<W> {
    /// Writes the file header.
    ///
    /// # Errors
    /// What `to` says.
    pub fn new(mut to: W) -> io::Result<Self> {
        to.write_all(&MAGIC_MICROSECONDS.to_ne_bytes())?;
        to.write_all(&2u16.to_ne_bytes())?;
        to.write_all(&4u16.to_ne_bytes())?;
        to.write_all(&[0; 8])?;
        to.write_all(&SNAPLEN.to_ne_bytes())?;
        to.write_all(&LINKTYPE_LINUX_LAPD.to_ne_bytes())?;
        Ok(Writer { to, frames: 0 })
    }

    /// Frames written.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Writes one LAPD frame (without FCS). `network`: we are the network side.
    ///
    /// # Errors
    /// What the file says.
    pub fn frame(&mut self, at: Duration, way: Way, network: bool, frame: &[u8]) -> io::Result<()> {
        let seconds = u32::try_from(at.as_secs()).unwrap_or(u32::MAX);
        let length = u32::try_from(16 + frame.len()).unwrap_or(u32::MAX);
        self.to.write_all(&seconds.to_ne_bytes())?;
        self.to.write_all(&at.subsec_micros().to_ne_bytes())?;
        self.to.write_all(&length.to_ne_bytes())?;
        self.to.write_all(&length.to_ne_bytes())?;
        let kind = match way {
            Way::In => INCOMING,
            Way::Out => OUTGOING,
        };
        self.to.write_all(&kind.to_be_bytes())?;
        self.to.write_all(&HARDWARE_LAPD.to_be_bytes())?;
        self.to.write_all(&0u16.to_be_bytes())?;
        self.to
            .write_all(&[u8::from(network), 0, 0, 0, 0, 0, 0, 0])?;
        self.to.write_all(&PROTOCOL_LAPD.to_be_bytes())?;
        self.to.write_all(frame)?;
        self.frames += 1;
        Ok(())
    }

    /// Flushes and gives the file back.
    ///
    /// # Errors
    /// What the file says.
    pub fn finish(mut self) -> io::Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }
}
