// SPDX-License-Identifier: MIT OR Apache-2.0
//! WAV files at 8,000 samples a second: G.711 octets as they are, or 16-bit linear samples.

use std::io::{self, Seek, SeekFrom, Write};

/// Samples a second.
const RATE: u32 = 8000;

/// How samples are stored; the values of the format tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// 16-bit linear.
    Pcm = 1,
    /// G.711 A-law.
    Alaw = 6,
    /// G.711 mu-law.
    Mulaw = 7,
}

impl Format {
    /// Bytes of one sample of one channel.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        match self {
            Self::Pcm => 2,
            Self::Alaw | Self::Mulaw => 1,
        }
    }
}

/// Writes a file whose header is right whenever [`Writer::settle`] was called.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    format: Format,
    channels: u16,
    data_bytes: u64,
}

impl<W: Write + Seek> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn new(out: W, format: Format, channels: u16) -> io::Result<Self> {
        let mut writer = Self {
            out,
            format,
            channels,
            data_bytes: 0,
        };
        let header = writer.header();
        writer.out.write_all(&header)?;
        Ok(writer)
    }

    /// Sample times that are in the file.
    pub fn samples(&self) -> u64 {
        self.data_bytes / u64::from(self.block())
    }

    /// Sample times that the file still takes: its sizes have 32 bits.
    pub fn room(&self) -> u64 {
        let most = u64::from(u32::MAX) - 128;
        most.saturating_sub(self.data_bytes) / u64::from(self.block())
    }

    /// Bytes of one sample time.
    fn block(&self) -> u32 {
        self.format.bytes() * u32::from(self.channels)
    }

    /// Appends data: whole sample times, channels interleaved.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn write(&mut self, data: &[u8]) -> io::Result<()> {
        self.out.write_all(data)?;
        self.data_bytes += data.len() as u64;
        Ok(())
    }

    /// Brings the header up to date, so that what is there can be played whatever happens next.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn settle(&mut self) -> io::Result<()> {
        if self.data_bytes % 2 == 1 {
            self.out.write_all(&[0])?;
        }
        let header = self.header();
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&header)?;
        self.out
            .seek(SeekFrom::Start(header.len() as u64 + self.data_bytes))?;
        self.out.flush()
    }

    /// The header for the data so far, always of the same length.
    fn header(&self) -> Vec<u8> {
        let data = u32::try_from(self.data_bytes).unwrap_or(u32::MAX);
        let mut chunks = Vec::with_capacity(64);
        chunks.extend(b"WAVEfmt ");
        // What is not PCM has a length of its extension, zero, and a count of its samples.
        let linear = self.format == Format::Pcm;
        chunks.extend(if linear { 16u32 } else { 18 }.to_le_bytes());
        chunks.extend((self.format as u16).to_le_bytes());
        chunks.extend(self.channels.to_le_bytes());
        chunks.extend(RATE.to_le_bytes());
        chunks.extend((RATE * self.block()).to_le_bytes());
        chunks.extend((self.block() as u16).to_le_bytes());
        chunks.extend((self.format.bytes() as u16 * 8).to_le_bytes());
        if !linear {
            chunks.extend(0u16.to_le_bytes());
            chunks.extend(b"fact");
            chunks.extend(4u32.to_le_bytes());
            chunks.extend((data / self.block()).to_le_bytes());
        }
        chunks.extend(b"data");
        chunks.extend(data.to_le_bytes());
        let mut header = b"RIFF".to_vec();
        let size = (chunks.len() as u32)
            .saturating_add(data)
            .saturating_add(data % 2);
        header.extend(size.to_le_bytes());
        header.extend(chunks);
        header
    }
}
