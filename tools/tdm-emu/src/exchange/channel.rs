// SPDX-License-Identifier: MIT OR Apache-2.0
//! HDLC on one slot of a far end.

use crate::model::TICK;
use std::collections::VecDeque;
use tdm_line::hdlc::{Counters, Decoder, Encoder, Event, Limits, Rate};

/// Frames that may wait to be sent.
const QUEUE: usize = 256;
/// The decoder's buffer: the longest LAPD frame and its check sequence.
const BUFFER: usize = 266;

/// A D channel: frames in, frames out, a row at a time.
#[derive(Debug)]
pub(super) struct DataChannel {
    decoder: Decoder<[u8; BUFFER]>,
    encoder: Encoder,
    queue: VecDeque<Vec<u8>>,
    dropped: u64,
}

impl DataChannel {
    /// Sending flags, hunting for flags.
    pub(super) fn new() -> Self {
        DataChannel {
            decoder: Decoder::new(Rate::Full, Limits::LAPD, [0; BUFFER]),
            encoder: Encoder::new(Rate::Full),
            queue: VecDeque::new(),
            dropped: 0,
        }
    }

    /// Takes a received row and gives the frames that end in it.
    pub(super) fn receive(&mut self, row: [u8; TICK as usize], mut frame: impl FnMut(&[u8])) {
        let mut rest: &[u8] = &row;
        while !rest.is_empty() {
            let step = self.decoder.decode(rest);
            rest = rest.get(step.consumed..).unwrap_or_default();
            if let Some(Event::Frame(octets)) = step.event {
                frame(octets);
            }
        }
    }

    /// Forgets a frame that has begun to arrive: the line was lost.
    pub(super) fn resync(&mut self) {
        self.decoder.resync();
    }

    /// Queues a frame; `false` if there is no room, which is counted.
    pub(super) fn send(&mut self, frame: Vec<u8>) -> bool {
        if self.queue.len() >= QUEUE {
            self.dropped += 1;
            return false;
        }
        self.queue.push_back(frame);
        true
    }

    /// The next row to send.
    pub(super) fn transmit(&mut self) -> [u8; TICK as usize] {
        let mut row = [0; TICK as usize];
        let mut rest: &mut [u8] = &mut row;
        while !rest.is_empty() {
            let done = self
                .encoder
                .encode(self.queue.front().map(Vec::as_slice), rest);
            if done.frame_done {
                self.queue.pop_front();
            }
            let (_, later) = rest.split_at_mut(done.octets);
            rest = later;
        }
        row
    }

    /// What was received.
    pub(super) fn counters(&self) -> &Counters {
        self.decoder.counters()
    }

    /// Frames that found no room.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }
}
