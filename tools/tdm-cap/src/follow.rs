// SPDX-License-Identifier: MIT OR Apache-2.0
//! Both sides of one slot, frame by frame, as line time passes.

use std::time::Duration;
use tdm::abi::event::Kind;
use tdm::{Events, Notice, Positions, Result, Side, Slot, Span, Tap, Wake, Wakeups};

/// Frames between two wake-ups: 20 ms.
const PERIOD: u32 = 160;
/// The most frames of one chunk.
const CHUNK: u64 = 1024;

/// Follows a slot.
#[derive(Debug)]
pub struct Follower {
    span: Span,
    receive: Tap,
    sent: Tap,
    wakeups: Wakeups,
    events: Events,
    next: u64,
    epoch: u64,
    missed: Missed,
    buffers: [Vec<u8>; 2],
}

/// What a capture does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// Frames that were overwritten before they were read, because this process did not run in time.
    pub lost_frames: u64,
    /// Frames that the span itself lost.
    pub gap_frames: u64,
    /// How often the span began a new epoch.
    pub epochs: u64,
}

/// Consecutive frames of both sides.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    /// The first frame.
    pub first: u64,
    /// Frames lost directly before it.
    pub lost: u64,
    /// Whether this is the first chunk after a loss or of an epoch.
    pub discontinuity: bool,
    /// What the line brought.
    pub receive: &'a [u8],
    /// What left; as many frames.
    pub sent: &'a [u8],
    /// The positions at which they were read.
    pub positions: Positions,
}

impl Follower {
    /// Follows a slot from now on.
    ///
    /// # Errors
    /// If the span has no place for another subscriber, or no lock-step.
    pub fn new(span: Span, slot: Slot, lock_step: bool) -> Result<Self> {
        // Before the subscription: a clock in lock-step moves on once it has it.
        let now = span.positions();
        let events = span.events();
        let wakeups = span.subscribe(Wake {
            lock_step,
            ..Wake::every(PERIOD)
        })?;
        Ok(Self {
            receive: span.tap(slot, Side::Receive),
            sent: span.tap(slot, Side::Sent),
            wakeups,
            events,
            next: now.rx_frame,
            epoch: now.epoch,
            missed: Missed::default(),
            buffers: Default::default(),
            span,
        })
    }

    /// The span.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// What was missed so far.
    pub fn missed(&self) -> Missed {
        self.missed
    }

    /// The next frames; `None` if none came within the time.
    ///
    /// # Errors
    /// [`tdm::Error::Gone`] when the span is gone and everything was read.
    pub fn next(&mut self, timeout: Duration) -> Result<Option<Chunk<'_>>> {
        let from = self.next;
        loop {
            self.take_events();
            let now = self.span.positions();
            // All zero: its writer died at work, or is about to go on.
            let readable = now != Positions::default();
            if readable && now.rx_frame > self.next {
                let oldest = self.receive.oldest();
                if oldest > self.next {
                    // Half a ring on, so that the same does not happen at once again.
                    let half = self.span.facts().geometry.frames() / 2;
                    self.next = oldest.max(now.rx_frame.saturating_sub(half));
                }
                let count = now.rx_frame.saturating_sub(self.next).min(CHUNK);
                if count > 0 && self.read(count) {
                    return Ok(Some(self.chunk(from, count, now)));
                }
                continue;
            }
            self.wakeups.consumed(self.next);
            if !self.wakeups.wait(timeout)? {
                return Ok(None);
            }
        }
    }

    /// Copies `count` frames of both sides; false if they were overwritten meanwhile.
    fn read(&mut self, count: u64) -> bool {
        let [receive, sent] = &mut self.buffers;
        [(&self.receive, receive), (&self.sent, sent)]
            .into_iter()
            .all(|(tap, buffer)| {
                buffer.resize(count as usize, 0);
                tap.window(self.next, count)
                    .and_then(|window| window.copy_to(buffer))
                    .is_ok()
            })
    }

    fn chunk(&mut self, from: u64, count: u64, positions: Positions) -> Chunk<'_> {
        let first = self.next;
        let lost = first - from;
        let new_epoch = positions.epoch != self.epoch;
        self.epoch = positions.epoch;
        self.next += count;
        self.missed.lost_frames = self.missed.lost_frames.saturating_add(lost);
        self.missed.epochs += u64::from(new_epoch);
        Chunk {
            first,
            lost,
            discontinuity: new_epoch || lost > 0,
            receive: &self.buffers[0],
            sent: &self.buffers[1],
            positions,
        }
    }

    fn take_events(&mut self) {
        for notice in self.events.by_ref() {
            if let Notice::Event(event) = notice {
                if Kind::from_number(event.kind) == Some(Kind::Gap) {
                    self.missed.gap_frames = self.missed.gap_frames.saturating_add(event.value);
                }
            }
        }
    }
}
