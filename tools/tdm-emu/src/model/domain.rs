// SPDX-License-Identifier: MIT OR Apache-2.0
//! Clock domains: spans that share one oscillator, which is off the model's time by a stated amount.

use super::burst::TICK;

/// Parts per billion that are one.
const ONE: i64 = 1_000_000_000;

/// One oscillator.
#[derive(Clone, Copy, Debug)]
pub(super) struct Domain {
    ppb: i64,
    /// Frames due and not yet ticked, times [`ONE`].
    due: i64,
}

impl Domain {
    /// An oscillator `ppb` parts per billion fast (or slow, if negative).
    pub(super) fn new(ppb: i64) -> Self {
        Domain { ppb, due: 0 }
    }

    /// Its deviation in parts per billion.
    pub(super) fn ppb(&self) -> i64 {
        self.ppb
    }

    /// One tick of the model's time: how many ticks the domain makes, normally one.
    pub(super) fn advance(&mut self) -> u32 {
        let tick = TICK as i64 * ONE;
        self.due = self
            .due
            .saturating_add(TICK as i64 * (ONE.saturating_add(self.ppb)));
        let mut ticks = 0;
        while self.due >= tick {
            self.due -= tick;
            ticks += 1;
        }
        ticks
    }
}
