// SPDX-License-Identifier: MIT OR Apache-2.0
//! A level-triggered interrupt over a channel that carries edges.
//!
//! The client (QEMU) raises the guest's line when it is signalled. *Any* access of the guest to the BAR lowers it again, and says
//! so with an unmask; then the card has to judge whether the line must be raised once more. Raising it whenever the level is high
//! strikes inside the guest's handler and ends in spurious interrupts; never raising it loses those that came while the handler
//! was on its way out. The rule that does neither: raise again if the level is high **and the interrupt register has not been read
//! since the line was last raised**, for then no handler knows of it.

use std::time::Duration;

/// How long the line may be high without any access of the guest before it is raised anew.
const FALLBACK: Duration = Duration::from_millis(20);

/// What has happened to the line. Counters go only up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IntxCounters {
    /// Raised because the level went high, or was high after an acknowledgement.
    pub fired: u64,
    /// Raised again because an access of the guest had lowered it before a handler saw why.
    pub refired: u64,
    /// The interrupt register was read with the card running, and nothing was pending.
    pub spurious: u64,
    /// Raised again after 20 ms without an access, although the guest's line was up or a handler had read the interrupt register:
    /// host or guest stood still, or the guest's driver does not acknowledge.
    pub stalled: u64,
    /// Raised again after 20 ms without an access, with the guest's line down and no handler that knew: an interrupt was lost.
    /// Always a defect of this machine; tests assert that it stays at zero.
    pub fallback: u64,
    /// Acknowledgements while the card ran.
    pub acknowledged: u64,
    /// Unmasks by the client.
    pub unmasked: u64,
}

/// The line.
#[derive(Clone, Debug, Default)]
pub struct Intx {
    level: bool,
    /// The client has been signalled since the level went high or was acknowledged.
    raised: bool,
    /// The interrupt register has been read since.
    seen: bool,
    /// An unmask says that the guest's line was lowered since.
    lowered: bool,
    /// A signal waits to be sent.
    signal: bool,
    /// The last time at which the guest did something, or the line was raised.
    last: Duration,
    counters: IntxCounters,
}

impl Intx {
    /// A low line.
    #[must_use]
    pub fn new() -> Self {
        Intx::default()
    }

    /// The counters.
    #[must_use]
    pub fn counters(&self) -> IntxCounters {
        self.counters
    }

    /// The level as the card drives it.
    #[must_use]
    pub fn level(&self) -> bool {
        self.level
    }

    fn raise(&mut self, now: Duration) {
        self.raised = true;
        self.seen = false;
        self.lowered = false;
        self.signal = true;
        self.last = now;
    }

    /// The card drives this level from now on.
    pub fn drive(&mut self, now: Duration, level: bool) {
        self.level = level;
        if !level {
            self.raised = false;
        } else if !self.raised {
            self.counters.fired += 1;
            self.raise(now);
        }
    }

    /// The guest read or wrote something in the BAR.
    pub fn accessed(&mut self, now: Duration) {
        self.last = now;
    }

    /// The guest read the interrupt register of a running card.
    pub fn status_read(&mut self, pending: bool) {
        self.seen = true;
        self.counters.spurious += u64::from(!pending);
    }

    /// The guest acknowledged everything. Call [`Intx::drive`] with the level that is left: if it is high still, the line is raised
    /// anew.
    pub fn acknowledged(&mut self, running: bool) {
        self.raised = false;
        self.counters.acknowledged += u64::from(running);
    }

    /// The client has lowered the guest's line and may be signalled again.
    pub fn unmasked(&mut self, now: Duration) {
        self.counters.unmasked += 1;
        self.lowered = true;
        if self.level && self.raised && !self.seen {
            self.counters.refired += 1;
            self.raise(now);
        }
    }

    /// When to call [`Intx::handle_timeout`].
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.level.then(|| self.last + FALLBACK)
    }

    /// Raises a line that the guest seems to have missed.
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.poll_timeout().is_some_and(|due| due <= now) {
            let lost = self.lowered && !self.seen;
            self.counters.fallback += u64::from(lost);
            self.counters.stalled += u64::from(!lost);
            self.raise(now);
        }
    }

    /// Whether the client is to be signalled now; once.
    pub fn poll_signal(&mut self) -> bool {
        std::mem::take(&mut self.signal)
    }

    /// A device reset: the line goes low, the counters stay.
    pub fn reset(&mut self) {
        *self = Intx {
            counters: self.counters,
            ..Intx::default()
        };
    }
}

#[cfg(test)]
mod tests;
