// SPDX-License-Identifier: MIT OR Apache-2.0
//! A slot's audio, every frame one sample.

use crate::cli::Sides;
use crate::follow::Chunk;
use crate::wav::{Format, Writer};
use g711::Law;
use std::io::{self, Seek, Write};

/// Sample times between two updates of the header: one second.
const SETTLE: u64 = 8000;

/// Records a slot.
#[derive(Debug)]
pub struct Recording<W> {
    writer: Writer<W>,
    sides: Sides,
    law: Law,
    linear: bool,
    left: u64,
    silence: u64,
    settled: u64,
}

impl<W: Write + Seek> Recording<W> {
    /// Begins; ends after `frames`.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn new(
        out: W,
        sides: Sides,
        law: Law,
        linear: bool,
        frames: Option<u64>,
    ) -> io::Result<Self> {
        let format = match (linear, law) {
            (true, _) => Format::Pcm,
            (false, Law::A) => Format::Alaw,
            (false, Law::Mu) => Format::Mulaw,
        };
        let channels = if sides == Sides::Both { 2 } else { 1 };
        Ok(Self {
            writer: Writer::new(out, format, channels)?,
            sides,
            law,
            linear,
            left: frames.unwrap_or(u64::MAX),
            silence: 0,
            settled: 0,
        })
    }

    /// Sample times in the file.
    pub fn samples(&self) -> u64 {
        self.writer.samples()
    }

    /// Sample times of silence in place of frames that were lost.
    pub fn silence(&self) -> u64 {
        self.silence
    }

    /// Takes the next frames; true when the recording has its length, or the file is full.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn feed(&mut self, chunk: &Chunk<'_>) -> io::Result<bool> {
        let idle = [self.law.idle(); 1024];
        let mut lost = chunk.lost;
        while lost > 0 && self.wanted() > 0 {
            let part = lost.min(idle.len() as u64).min(self.wanted());
            let silence = idle.get(..part as usize).unwrap_or(&[]);
            self.put(silence, silence)?;
            self.silence += part;
            lost -= part;
        }
        let count = (chunk.receive.len() as u64).min(self.wanted()) as usize;
        self.put(
            chunk.receive.get(..count).unwrap_or(&[]),
            chunk.sent.get(..count).unwrap_or(&[]),
        )?;
        if self.samples() - self.settled >= SETTLE {
            self.finish()?;
        }
        Ok(self.wanted() == 0)
    }

    /// Makes the file right as it is.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn finish(&mut self) -> io::Result<()> {
        self.settled = self.samples();
        self.writer.settle()
    }

    fn wanted(&self) -> u64 {
        self.left.min(self.writer.room())
    }

    fn put(&mut self, receive: &[u8], sent: &[u8]) -> io::Result<()> {
        let octets: Vec<u8> = match self.sides {
            Sides::Receive => receive.to_vec(),
            Sides::Sent => sent.to_vec(),
            Sides::Both => receive
                .iter()
                .zip(sent)
                .flat_map(|(one, other)| [*one, *other])
                .collect(),
        };
        self.left -= receive.len() as u64;
        if self.linear {
            let linear: Vec<u8> = octets
                .iter()
                .flat_map(|octet| self.law.decode(*octet).to_le_bytes())
                .collect();
            self.writer.write(&linear)
        } else {
            self.writer.write(&octets)
        }
    }
}
