// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who wants to be woken when: one entry per transaction or session.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use crate::session::SessionId;
use crate::transaction::TransactionId;

/// Who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Waiter {
    Transaction(TransactionId),
    Session(SessionId),
}

#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    queue: BTreeSet<(Duration, Waiter)>,
    of: BTreeMap<Waiter, Duration>,
}

impl Deadlines {
    /// Sets, moves or takes away a waiter's deadline.
    pub(crate) fn set(&mut self, waiter: Waiter, at: Option<Duration>) {
        let old = match at {
            Some(at) => self.of.insert(waiter, at),
            None => self.of.remove(&waiter),
        };
        if old == at {
            return;
        }
        if let Some(old) = old {
            self.queue.remove(&(old, waiter));
        }
        if let Some(at) = at {
            self.queue.insert((at, waiter));
        }
    }

    pub(crate) fn next(&self) -> Option<Duration> {
        self.queue.first().map(|(at, _)| *at)
    }

    /// Takes a waiter whose deadline has come.
    pub(crate) fn pop_due(&mut self, now: Duration) -> Option<Waiter> {
        let (at, waiter) = *self.queue.first()?;
        if at > now {
            return None;
        }
        self.queue.pop_first();
        self.of.remove(&waiter);
        Some(waiter)
    }
}
