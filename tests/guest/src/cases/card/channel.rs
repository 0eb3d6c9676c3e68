// SPDX-License-Identifier: MIT OR Apache-2.0
//! Channels of the original driver, as far as its tools do not reach: signalling bits and frames.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::driver::node;
use crate::raw;

/// Numbers of the requests: group 0xDA, an `int` or a structure of six.
const BITS: u32 = 43;
const BUFFERS: u32 = 27;

const fn request(write: bool, number: u32, bytes: u32) -> u32 {
    let direction = if write { 1 } else { 2 };
    direction << 30 | bytes << 16 | 0xDA << 8 | number
}

/// An open channel.
pub(super) struct Channel(File);

impl Channel {
    /// Opens a span's channel with buffers of so many octets.
    pub(super) fn open(span: usize, channel: usize, buffer: i32) -> Result<Self> {
        let path = node(span, channel);
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(true)
            .custom_flags(libc::O_NONBLOCK);
        let file = options.open(&path);
        let file = file.with_context(|| format!("cannot open {path}"))?;
        // Policies "at once", 8 buffers.
        let mut buffers = [0, 0, 8, buffer, 0, 0];
        raw::ioctl(&file, request(true, BUFFERS, 24), &mut buffers).context("buffers")?;
        Ok(Self(file))
    }

    /// Sends signalling bits.
    pub(super) fn send_bits(&self, bits: i32) -> Result<()> {
        let mut bits = bits;
        raw::ioctl(&self.0, request(true, BITS, 4), &mut bits).context("sending bits")
    }

    /// Signalling bits as received.
    pub(super) fn received_bits(&self) -> Result<i32> {
        let mut bits = 0;
        raw::ioctl(&self.0, request(false, BITS, 4), &mut bits).context("received bits")?;
        Ok(bits)
    }

    /// Sends a frame; two octets behind it are where the check sequence goes.
    pub(super) fn send(&mut self, frame: &[u8]) -> Result<()> {
        let mut octets = frame.to_vec();
        octets.extend_from_slice(&[0, 0]);
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            match self.0.write(&octets) {
                Ok(count) => {
                    ensure!(count == octets.len(), "{count} octets of a frame went out");
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    ensure!(Instant::now() < deadline, "the channel takes no frame");
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err(error) => return Err(error).context("sending a frame"),
            }
        }
    }

    /// The next frame, with its check sequence.
    pub(super) fn receive(&mut self, limit: Duration) -> Result<Vec<u8>> {
        let deadline = Instant::now() + limit;
        let mut octets = [0; 600];
        loop {
            match self.0.read(&mut octets) {
                Ok(count) => return Ok(octets.get(..count).unwrap_or_default().to_vec()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    ensure!(Instant::now() < deadline, "no frame came");
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err(error) => return Err(error).context("receiving a frame"),
            }
        }
    }
}
