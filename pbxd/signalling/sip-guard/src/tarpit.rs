// SPDX-License-Identifier: MIT OR Apache-2.0
//! Places in which answers wait.

use core::time::Duration;
use std::collections::VecDeque;

#[derive(Debug)]
pub(crate) struct Tarpit {
    /// When each place is free again, the soonest first.
    places: VecDeque<Duration>,
    limit: usize,
}

impl Tarpit {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            places: VecDeque::new(),
            limit,
        }
    }

    /// Takes a place for so long. `false` if all are taken.
    pub(crate) fn enter(&mut self, now: Duration, delay: Duration) -> bool {
        while self.places.front().is_some_and(|free| *free <= now) {
            self.places.pop_front();
        }
        if self.places.len() >= self.limit {
            return false;
        }
        self.places.push_back(now.saturating_add(delay));
        true
    }
}
