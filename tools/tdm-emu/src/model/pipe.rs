// SPDX-License-Identifier: MIT OR Apache-2.0
//! One direction of a line, up to and with the receiver's elastic store.

use super::burst::{Burst, Frame, Inserted, TICK};
use super::impair::{BitErrors, Errors, Impairment, Kind, impaired_signal};
use super::random::Random;
use std::collections::VecDeque;

/// The longest delay in frames: one second.
pub(super) const MAX_DELAY: u32 = 8000;
/// Impairments that one direction may have at a time.
pub(super) const MAX_IMPAIRMENTS: usize = 64;

/// A controlled slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// The store ran empty: a frame was repeated.
    Repeated,
    /// The store ran full: a frame was dropped.
    Dropped,
}

/// What arrives at a receiver in one tick.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The line.
    pub burst: Burst,
    /// Errors that the line added.
    pub errors: Errors,
    /// A slip in this tick.
    pub slip: Option<Slip>,
}

/// One direction of a line.
#[derive(Debug)]
pub(super) struct Pipe {
    frames: VecDeque<Frame>,
    /// Frames that stand in the store after a tick, apart from delay.
    cushion: usize,
    delay: usize,
    last: Frame,
    /// The state of the sender's signal, as far as it is not frames.
    head: Burst,
    errors: BitErrors,
    impairments: Vec<Impairment>,
    slip: Option<Slip>,
    /// How much faster the receiver's clock is than the sender's, in parts per billion.
    skew_ppb: i64,
    /// Frames times 10^9 that the receiver is ahead since the last slip.
    drift: i64,
}

/// Parts per billion that are one.
const ONE: i64 = 1_000_000_000;

impl Pipe {
    /// A direction whose receiver's clock is `skew_ppb` faster than the sender's. The store holds a tick more than it needs, so
    /// that single frames can be repeated and dropped; two ticks if the clocks differ, because both tick in whole rows.
    pub(super) fn new(random: Random, delay: u32, skew_ppb: i64) -> Self {
        let cushion = if skew_ppb == 0 { 1 } else { 2 } * TICK as usize;
        let delay = delay.min(MAX_DELAY) as usize;
        let last = [0xFF; 32];
        Pipe {
            frames: std::iter::repeat_n(last, cushion + delay).collect(),
            cushion,
            delay,
            last,
            head: Burst::SILENT,
            errors: BitErrors::new(random),
            impairments: Vec::new(),
            slip: None,
            skew_ppb,
            drift: 0,
        }
    }

    /// Adds an impairment; `false` if there are too many.
    pub(super) fn impair(&mut self, impairment: Impairment) -> bool {
        if self.impairments.len() >= MAX_IMPAIRMENTS {
            return false;
        }
        self.impairments.push(impairment);
        true
    }

    /// Ends all impairments.
    pub(super) fn clear(&mut self) {
        self.impairments.clear();
    }

    /// The sender's tick.
    pub(super) fn push(&mut self, burst: &Burst) {
        let mut inserted = self.head.inserted;
        inserted.merge(burst.inserted);
        self.head = *burst;
        self.head.inserted = inserted;
        self.frames.extend(burst.frames.iter().copied());
        // The store never grows without bound, whatever the receiver's clock does.
        let most = self.delay + self.cushion + 4 * TICK as usize;
        if self.frames.len() > most {
            self.frames.pop_front();
            self.slip = Some(Slip::Dropped);
        }
        while self.frames.len() > most + TICK as usize {
            self.frames.pop_front();
        }
    }

    /// The receiver's tick at `now_ms`.
    pub(super) fn pull(&mut self, now_ms: u64) -> Arrival {
        self.begin(now_ms);
        let mut burst = self.head;
        // Each defect arrives once, whatever the two clocks do.
        self.head.inserted = Inserted::default();
        for place in &mut burst.frames {
            // Delay is what has to stay behind.
            if self.frames.len() > self.delay {
                if let Some(frame) = self.frames.pop_front() {
                    self.last = frame;
                }
            } else if self.slip.is_none() {
                self.slip = Some(Slip::Repeated);
            }
            *place = self.last;
        }
        let active = self
            .impairments
            .iter()
            .filter(|i| i.active(now_ms))
            .map(|i| i.kind);
        burst.signal = impaired_signal(burst.signal, active);
        let errors = self.errors.apply(&mut burst);
        Arrival {
            burst,
            errors,
            slip: self.slip.take(),
        }
    }

    /// Applies what begins and ends at this time.
    fn begin(&mut self, now_ms: u64) {
        let mut rate = 0.0;
        let mut slip = 0;
        let mut delay = None;
        for impairment in self.impairments.iter().filter(|i| i.active(now_ms)) {
            match impairment.kind {
                Kind::BitErrors(more) => rate += more,
                Kind::Delay(frames) => delay = Some(frames),
                Kind::Slip(frames) => slip += i32::from(frames.signum()),
                Kind::Los | Kind::Ais | Kind::Lof | Kind::Rai => {}
            }
        }
        self.errors.set_rate(rate);
        if let Some(frames) = delay {
            self.set_delay(frames);
        }
        self.drift = self
            .drift
            .saturating_add(self.skew_ppb.saturating_mul(TICK as i64));
        if self.drift.abs() >= ONE {
            slip += self.drift.signum() as i32;
            self.drift -= self.drift.signum() * ONE;
        }
        match slip {
            0 => {}
            1.. => {
                self.frames.push_front(self.last);
                self.slip = Some(Slip::Repeated);
            }
            _ => {
                self.frames.pop_front();
                self.slip = Some(Slip::Dropped);
            }
        }
        // A slip happens once, and a changed delay stays.
        self.impairments.retain(|i| {
            let once = matches!(i.kind, Kind::Slip(_) | Kind::Delay(_));
            !(i.over(now_ms) || (once && i.active(now_ms)))
        });
    }

    fn set_delay(&mut self, frames: u32) {
        let wanted = frames.min(MAX_DELAY) as usize;
        while self.delay < wanted {
            self.frames.push_front(self.last);
            self.delay += 1;
        }
        while self.delay > wanted {
            self.frames.pop_front();
            self.delay -= 1;
        }
    }
}
