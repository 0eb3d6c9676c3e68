// SPDX-License-Identifier: MIT OR Apache-2.0
//! A D channel's LAPD frames, both directions in one file.

use crate::follow::Chunk;
use crate::linetime::LineTime;
use crate::pcap::{Direction, Writer};
use std::io::{self, Write};
use tdm_line::hdlc::{Counters, Decoder, Event, Limits, Rate};

/// The longest LAPD frame and its check sequence.
const BUFFER_BYTES: usize = Limits::LAPD.max + 2;

/// Decodes both sides of a slot and writes what it finds.
#[derive(Debug)]
pub struct Capture<W> {
    writer: Writer<W>,
    received: Decoder<[u8; BUFFER_BYTES]>,
    sent: Decoder<[u8; BUFFER_BYTES]>,
    time: LineTime,
    most: u64,
}

/// A frame that was found: where its closing flag ended, and which way it went.
type Found = (u64, Direction, Vec<u8>);

impl<W: Write> Capture<W> {
    /// Begins; ends after `most` packets.
    pub fn new(writer: Writer<W>, time: LineTime, most: Option<u64>) -> Self {
        let decoder = || Decoder::new(Rate::Full, Limits::LAPD, [0; BUFFER_BYTES]);
        Self {
            writer,
            received: decoder(),
            sent: decoder(),
            time,
            most: most.unwrap_or(u64::MAX),
        }
    }

    /// LAPD frames written.
    pub fn packets(&self) -> u64 {
        self.writer.packets()
    }

    /// What was found on the two sides, received and sent.
    pub fn counters(&self) -> (Counters, Counters) {
        (*self.received.counters(), *self.sent.counters())
    }

    /// Takes the next frames of the slot; true when there are as many packets as were wanted.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn feed(&mut self, chunk: &Chunk<'_>) -> io::Result<bool> {
        if chunk.discontinuity {
            self.received.resync();
            self.sent.resync();
            self.time.restart(&chunk.positions);
        } else {
            self.time.advance(&chunk.positions);
        }
        let mut found = Vec::new();
        let sides = [
            (&mut self.received, chunk.receive, Direction::Received),
            (&mut self.sent, chunk.sent, Direction::Sent),
        ];
        for (decoder, octets, direction) in sides {
            decode(decoder, chunk.first, octets, direction, &mut found);
        }
        found.sort_by_key(|(frame, ..)| *frame);
        for (frame, direction, bytes) in found {
            if self.packets() >= self.most {
                break;
            }
            self.writer
                .write(self.time.end_of(frame), direction, &bytes)?;
        }
        Ok(self.packets() >= self.most)
    }
}

fn decode(
    decoder: &mut Decoder<[u8; BUFFER_BYTES]>,
    first: u64,
    octets: &[u8],
    direction: Direction,
    found: &mut Vec<Found>,
) {
    let mut rest = octets;
    let mut frame = first;
    while !rest.is_empty() {
        let step = decoder.decode(rest);
        let consumed = step.consumed.clamp(1, rest.len());
        if let Some(Event::Frame(bytes)) = step.event {
            found.push((frame + consumed as u64 - 1, direction, bytes.to_vec()));
        }
        frame += consumed as u64;
        rest = rest.get(consumed..).unwrap_or(&[]);
    }
}
