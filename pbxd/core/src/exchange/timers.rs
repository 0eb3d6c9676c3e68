// SPDX-License-Identifier: MIT OR Apache-2.0
//! Running timers, by the time they are due.

use crate::{CallId, LegId};
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

/// A timer; each runs at most once at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// The next digit of an overlap caller.
    Digits(CallId),
    /// The answer of the target being tried.
    NoAnswer(CallId),
    /// A tone or announcement to a caller whose call failed.
    Tone(CallId),
    /// The longest call.
    Talk(CallId),
    /// The end of a leg that was told to clear.
    Clearing(LegId),
    /// The end of the shutdown's grace.
    Shutdown,
}

#[derive(Debug, Default)]
pub(super) struct Timers {
    by_time: BTreeSet<(Duration, Timer)>,
    at: BTreeMap<Timer, Duration>,
}

impl Timers {
    /// Starts it, or restarts it.
    pub(super) fn set(&mut self, timer: Timer, at: Duration) {
        self.cancel(timer);
        self.by_time.insert((at, timer));
        self.at.insert(timer, at);
    }

    pub(super) fn cancel(&mut self, timer: Timer) {
        if let Some(at) = self.at.remove(&timer) {
            self.by_time.remove(&(at, timer));
        }
    }

    pub(super) fn next(&self) -> Option<Duration> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes out one timer that is due.
    pub(super) fn due(&mut self, now: Duration) -> Option<Timer> {
        let (_, timer) = *self.by_time.first().filter(|(at, _)| *at <= now)?;
        self.cancel(timer);
        Some(timer)
    }
}
