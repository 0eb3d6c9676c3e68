// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keeping the fill in its window while two clocks drift apart.

use crate::Config;

/// Packets over which the smallest fill is taken before it may be found too high.
const WINDOW: u16 = 64;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Steering {
    target: i64,
    low: i64,
    high: i64,
    smallest: i64,
    seen: u16,
    /// Frames to drop (positive) or to repeat (negative) until the fill is at its target.
    debt: i64,
}

/// What to do with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Drop(usize),
    Repeat(usize),
}

impl Steering {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            target: i64::from(config.target),
            low: i64::from(config.low),
            high: i64::from(config.high),
            smallest: i64::MAX,
            seen: 0,
            debt: 0,
        }
    }

    /// Forgets what was seen: the fill has changed by other means.
    pub(crate) fn restart(&mut self) {
        self.smallest = i64::MAX;
        self.seen = 0;
        self.debt = 0;
    }

    /// Takes the fill of a packet in order.
    pub(crate) fn observe(&mut self, fill: i64) {
        if self.debt != 0 {
            return;
        }
        self.smallest = self.smallest.min(fill);
        self.seen += 1;
        let too_low = self.smallest < self.low;
        if too_low || self.seen >= WINDOW {
            if too_low || self.smallest > self.high {
                self.debt = self.smallest - self.target;
            }
            self.smallest = i64::MAX;
            self.seen = 0;
        }
    }

    /// Whether [`Self::step`] has something to do.
    pub(crate) fn is_due(&self) -> bool {
        self.debt != 0
    }

    /// What to do with a packet of `len` frames: all at once in silence, else one frame.
    pub(crate) fn step(&mut self, len: usize, silent: bool) -> Option<Step> {
        let most = if silent { len as i64 } else { 1 };
        let step = self.debt.clamp(-most, most);
        self.debt -= step;
        match step {
            0 => None,
            1.. => Some(Step::Drop(step as usize)),
            _ => Some(Step::Repeat(step.unsigned_abs() as usize)),
        }
    }
}
