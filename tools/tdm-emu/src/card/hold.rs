// SPDX-License-Identifier: MIT OR Apache-2.0
//! When the next tick may come in lock-step.
//!
//! An acknowledgement clears everything that is pending, whatever the handler was started by. So a tick that falls into a handler
//! is swallowed, be the handler there for a tick or for the framer alone. On hardware that window is some 10 µs; in an emulated
//! machine it is a millisecond. In lock-step a tick is therefore held while one is not acknowledged or a handler is at work, and for
//! [`SETTLE`] after it, so that the handler has left.

use std::time::Duration;

/// From an acknowledgement to the next tick, at least.
const SETTLE: Duration = Duration::from_micros(100);

/// Whether a tick may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It may.
    Free,
    /// At this time, if nothing happens until then.
    Until(Duration),
    /// Not before the guest acknowledges.
    Waits,
}

/// The state of the handler, as far as the card can see it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Service {
    /// The interrupt register showed something to somebody who has not acknowledged it yet.
    at_work: bool,
    settled: Duration,
}

impl Service {
    /// The interrupt register was read.
    pub(super) fn status_read(&mut self, pending: bool) {
        self.at_work |= pending;
    }

    /// Everything was acknowledged.
    pub(super) fn acknowledged(&mut self, now: Duration) {
        self.at_work = false;
        self.settled = now + SETTLE;
    }

    /// The card stopped.
    pub(super) fn stopped(&mut self) {
        self.at_work = false;
    }

    /// Whether a tick may come, if one is (not) pending.
    pub(super) fn hold(&self, now: Duration, pending: bool) -> Hold {
        if pending || self.at_work {
            Hold::Waits
        } else if now < self.settled {
            Hold::Until(self.settled)
        } else {
            Hold::Free
        }
    }
}
