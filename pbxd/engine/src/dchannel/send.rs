// SPDX-License-Identifier: MIT OR Apache-2.0
//! From frames to the transmit ring.
//!
//! The ring ahead of the line holds, in order: what is beyond recall, frames, and flags up to the horizon. A *mark* remembers
//! where the flags begin and the encoder as it was there; a new frame starts over the flags that are not yet beyond recall.

use super::Settings;
use std::collections::VecDeque;
use tdm::Transmit;
use tdm_line::hdlc::{Encoder, Limits};

/// A frame was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The queue is full.
    #[error("the queue of {bound} frames is full")]
    Full {
        /// Its bound.
        bound: usize,
    },
    /// The length is outside the limits.
    #[error("a frame of {octets} octets, expected {} to {}", limits.min, limits.max)]
    Length {
        /// The frame's octets.
        octets: usize,
        /// The limits.
        limits: Limits,
    },
}

/// What happened while sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SendCounters {
    /// Frames written to the ring whole.
    pub frames: u64,
    /// Frames that began over flags that stood in the ring already.
    pub rewound: u64,
    /// Times that the line ran out of flags or took octets before they were written, and the bit phase started anew.
    pub realigned: u64,
    /// Frames that were cut by that and sent again.
    pub resent: u64,
    /// Frames refused because the queue was full.
    pub refused: u64,
    /// Frames dropped by [`discard`](super::DChannel::discard).
    pub discarded: u64,
}

/// Octets encoded at a time.
const CHUNK: usize = 256;
/// Frames kept clear of the writable future's begin, so that a rewound frame is not overtaken: one row.
const MARGIN: u64 = 8;
/// Slot octets of flags behind a frame, at least: the frame's last bits and its closing flag.
const TAIL: u64 = 3;

#[derive(Clone, Copy, Debug)]
struct Mark {
    at: u64,
    encoder: Encoder,
}

#[derive(Debug)]
pub(super) struct Sender {
    transmit: Transmit,
    encoder: Encoder,
    /// The first frame not yet written; `None` before the first visit.
    next: Option<u64>,
    epoch: u64,
    /// Where flags begin, while there is nothing but flags behind.
    flags: Option<Mark>,
    /// Flags must reach here whatever the horizon is.
    tail: u64,
    /// The frame in progress and those that wait.
    queue: VecDeque<Vec<u8>>,
    limits: Limits,
    bound: usize,
    horizon: u64,
    counters: SendCounters,
}

impl Sender {
    pub(super) fn new(transmit: Transmit, settings: &Settings) -> Self {
        Self {
            epoch: transmit.positions().epoch,
            transmit,
            encoder: Encoder::new(settings.rate),
            next: None,
            flags: None,
            tail: 0,
            queue: VecDeque::with_capacity(settings.queue),
            limits: settings.limits,
            bound: settings.queue,
            horizon: settings.horizon,
            counters: SendCounters::default(),
        }
    }

    pub(super) fn send(&mut self, frame: &[u8]) -> Result<(), Refused> {
        if !(self.limits.min..=self.limits.max).contains(&frame.len()) {
            return Err(Refused::Length {
                octets: frame.len(),
                limits: self.limits,
            });
        }
        if self.queue.len() >= self.bound {
            self.counters.refused += 1;
            return Err(Refused::Full { bound: self.bound });
        }
        self.queue.push_back(frame.to_vec());
        self.fill();
        Ok(())
    }

    pub(super) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Whether everything that was to be sent is beyond recall.
    pub(super) fn is_flushed(&self) -> bool {
        let now = self.transmit.positions();
        self.queue.is_empty() && (now.epoch != self.epoch || now.tx_taken >= self.tail)
    }

    pub(super) fn counters(&self) -> SendCounters {
        self.counters
    }

    pub(super) fn discard(&mut self) {
        self.counters.discarded += self.queue.len() as u64;
        self.queue.clear();
        self.encoder.abort();
    }

    /// Writes what waits, then flags up to the horizon.
    pub(super) fn fill(&mut self) {
        loop {
            let now = self.transmit.positions();
            if now.epoch == 0 {
                return; // A span whose writer died at work.
            }
            let writable = self.transmit.writable();
            let start = writable.start + MARGIN;
            let mut next = match self.next {
                Some(next) if next >= writable.start && now.epoch == self.epoch => next,
                before => {
                    self.epoch = now.epoch;
                    self.start_anew(start, before.is_some());
                    start
                }
            };
            if !self.queue.is_empty() && self.flags.is_some() {
                next = self.rewind(start, next);
            }
            let target = if self.queue.is_empty() {
                (start + self.horizon).max(self.tail).min(writable.end)
            } else {
                writable.end
            };
            let room = target.saturating_sub(next).min(CHUNK as u64);
            if room == 0 {
                if let Some(mark) = &mut self.flags {
                    advance(mark, start.min(next));
                }
                return;
            }
            self.write(next, room as usize);
        }
    }

    /// Encodes and writes up to `room` octets at `next`.
    fn write(&mut self, next: u64, room: usize) {
        let mut octets = [0; CHUNK];
        let out = octets.get_mut(..room).unwrap_or(&mut []);
        if self.queue.is_empty() && self.flags.is_none() {
            self.flags = Some(Mark {
                at: next,
                encoder: self.encoder,
            });
        }
        let encoded = self
            .encoder
            .encode(self.queue.front().map(Vec::as_slice), out);
        let out = out.get(..encoded.octets).unwrap_or(&[]);
        let written = self.transmit.write(next, out);
        if written.late > 0 {
            // The line was faster. What left is spoilt; begin again behind it.
            let start = self.transmit.writable().start + MARGIN;
            self.start_anew(start, true);
            self.counters.resent += u64::from(encoded.frame_done);
            self.tail = next + out.len() as u64;
            return;
        }
        let next = next + out.len() as u64;
        self.next = Some(next);
        if encoded.frame_done {
            self.queue.pop_front();
            self.counters.frames += 1;
            self.tail = next + TAIL;
        }
    }

    /// The line has run into its idle code: goes on at `start` at phase 0, with the frame in progress from its start.
    fn start_anew(&mut self, start: u64, late: bool) {
        let cut = self.encoder.realign();
        if late {
            self.counters.realigned += 1;
            self.counters.resent += u64::from(cut);
        }
        self.next = Some(start);
        self.flags = None;
        self.tail = 0;
    }

    /// Goes back over flags that are not yet beyond recall; returns where the next octet goes.
    fn rewind(&mut self, start: u64, next: u64) -> u64 {
        let Some(mut mark) = self.flags.take() else {
            return next;
        };
        let to = start.max(mark.at).min(next);
        advance(&mut mark, to);
        if to < next {
            self.counters.rewound += 1;
        }
        self.encoder = mark.encoder;
        self.next = Some(to);
        to
    }
}

/// Moves a mark on over flags.
fn advance(mark: &mut Mark, to: u64) {
    let mut octets = [0; CHUNK];
    while mark.at < to {
        let count = (to - mark.at).min(CHUNK as u64);
        let out = octets.get_mut(..count as usize).unwrap_or(&mut []);
        mark.encoder.encode(None, out);
        mark.at += count;
    }
}
