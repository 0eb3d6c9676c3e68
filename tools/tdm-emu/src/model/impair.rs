// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be wrong with a line in one direction.

use super::burst::Burst;
use super::random::Random;
use tdm_line::framing::Signal;

/// One kind of impairment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// No signal arrives.
    Los,
    /// All ones arrive.
    Ais,
    /// A signal without framing arrives.
    Lof,
    /// The signal arrives with the remote alarm set.
    Rai,
    /// Bits arrive inverted at this rate, over all 256 bits of a frame.
    BitErrors(f64),
    /// The line is this many frames longer. Changing it while it runs repeats or drops frames.
    Delay(u32),
    /// One frame is repeated (+1) or dropped (-1), once, when the impairment begins.
    Slip(i8),
}

/// An impairment of what a span receives, from `start` for `length` (in milliseconds of line time; `None`: for good).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Impairment {
    /// What is wrong.
    pub kind: Kind,
    /// When it begins.
    pub start_ms: u64,
    /// How long it lasts.
    pub length_ms: Option<u64>,
}

impl Impairment {
    /// Whether it is in force at this time.
    pub fn active(&self, now_ms: u64) -> bool {
        now_ms >= self.start_ms
            && self
                .length_ms
                .is_none_or(|length| now_ms < self.start_ms.saturating_add(length))
    }

    /// Whether it will never be in force again.
    pub fn over(&self, now_ms: u64) -> bool {
        self.length_ms
            .is_some_and(|length| now_ms >= self.start_ms.saturating_add(length))
    }
}

/// Errors that hit framing, as the receiver counts them in one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Errors {
    /// Errored bits of any kind.
    pub bits: u32,
    /// Errored frame alignment signals, of the four in a tick.
    pub alignment: u8,
}

/// Inverts bits of a burst at a rate.
#[derive(Clone, Debug)]
pub(super) struct BitErrors {
    random: Random,
    rate: f64,
    /// Bits to go to the next error.
    run: u64,
}

/// Bits of one tick: eight frames of 256.
const TICK_BITS: u64 = 2048;

impl BitErrors {
    /// No errors for now.
    pub(super) fn new(random: Random) -> Self {
        BitErrors {
            random,
            rate: 0.0,
            run: u64::MAX,
        }
    }

    /// Changes the rate.
    pub(super) fn set_rate(&mut self, rate: f64) {
        if rate.to_bits() != self.rate.to_bits() {
            self.rate = rate;
            self.run = self.random.error_free_run(rate);
        }
    }

    /// Applies the errors of one tick.
    pub(super) fn apply(&mut self, burst: &mut Burst) -> Errors {
        let mut errors = Errors::default();
        if self.rate <= 0.0 {
            return errors;
        }
        let mut hit = [false; 8];
        while self.run < TICK_BITS {
            let (frame, bit) = ((self.run / 256) as usize, (self.run % 256) as usize);
            let (slot, place) = (bit / 8, bit % 8);
            if let Some(octet) = burst.frames.get_mut(frame).and_then(|f| f.get_mut(slot)) {
                *octet ^= 0x80 >> place;
            }
            // The alignment signal is bits 2 to 8 of slot 0 in every second frame.
            if slot == 0 && place > 0 && frame % 2 == 0 {
                if let Some(flag) = hit.get_mut(frame) {
                    *flag = true;
                }
            }
            errors.bits += 1;
            self.run = self
                .run
                .saturating_add(1)
                .saturating_add(self.random.error_free_run(self.rate));
        }
        self.run -= TICK_BITS;
        errors.alignment = hit.iter().filter(|hit| **hit).count() as u8;
        errors
    }
}

/// What a signal becomes under the impairments in force.
pub(super) fn impaired_signal(signal: Signal, active: impl Iterator<Item = Kind>) -> Signal {
    active.fold(signal, |signal, kind| match (kind, signal) {
        (Kind::Los, _) => Signal::None,
        (_, Signal::None) => Signal::None,
        (Kind::Ais, _) => Signal::AllOnes,
        (_, Signal::AllOnes) => Signal::AllOnes,
        (Kind::Lof, _) => Signal::Unframed,
        (Kind::Rai, Signal::Framed { crc4, .. }) => Signal::Framed {
            crc4,
            remote_alarm: true,
        },
        _ => signal,
    })
}
