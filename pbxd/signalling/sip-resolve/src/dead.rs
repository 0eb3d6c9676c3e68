// SPDX-License-Identifier: MIT OR Apache-2.0
//! Targets that did not answer.

use core::net::SocketAddr;
use core::time::Duration;
use std::collections::BTreeMap;

use crate::target::{Target, Transport};

/// How long a target is taken for dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadConfig {
    /// After its first failure. Each further one doubles it.
    pub first: Duration,
    /// At most.
    pub longest: Duration,
    /// Targets remembered; beyond, those that come back soonest are forgotten.
    pub limit: usize,
}

impl Default for DeadConfig {
    /// 30 s at first, 10 minutes at most, 10,000 targets.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(30),
            longest: Duration::from_secs(600),
            limit: 10_000,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Dead {
    until: Duration,
    failures: u32,
}

/// Which targets did not answer lately. One for all requests.
#[derive(Debug, Default)]
pub struct DeadTargets {
    config: DeadConfig,
    dead: BTreeMap<(Transport, SocketAddr), Dead>,
    forgotten: u64,
}

impl DeadTargets {
    /// A memory of nothing.
    pub fn new(config: DeadConfig) -> Self {
        Self {
            config,
            ..Self::default()
        }
    }

    /// A target did not answer, or answered 503. `retry_after` is the Retry-After of a 503;
    /// it is believed up to the longest time.
    pub fn failed(&mut self, now: Duration, target: &Target, retry_after: Option<Duration>) {
        let key = (target.transport, target.address);
        let failures = match self.dead.get(&key) {
            // Several requests in flight fail together: that is one failure.
            Some(dead) if dead.until > now && retry_after.is_none() => return,
            Some(dead) => dead.failures.saturating_add(1),
            None => 1,
        };
        let doubled = 1_u32.checked_shl(failures - 1).unwrap_or(u32::MAX);
        let time = retry_after
            .unwrap_or_else(|| self.config.first.saturating_mul(doubled))
            .min(self.config.longest);
        let until = now.saturating_add(time);
        self.dead.insert(key, Dead { until, failures });
        if self.dead.len() > self.config.limit.max(1) {
            self.make_room(now);
        }
    }

    /// A target answered.
    pub fn answered(&mut self, target: &Target) {
        self.dead.remove(&(target.transport, target.address));
    }

    /// When a target may be tried again, if it is dead now.
    pub fn dead_until(&self, now: Duration, target: &Target) -> Option<Duration> {
        let dead = self.dead.get(&(target.transport, target.address))?;
        (dead.until > now).then_some(dead.until)
    }

    /// Targets remembered, and those forgotten for want of room.
    pub fn remembered(&self) -> (usize, u64) {
        (self.dead.len(), self.forgotten)
    }

    /// Forgets failures that are long past, and if there are none, the one that ends first.
    fn make_room(&mut self, now: Duration) {
        let longest = self.config.longest;
        let before = self.dead.len();
        self.dead
            .retain(|_, d| d.until.saturating_add(longest) > now);
        if self.dead.len() == before {
            let soonest = self
                .dead
                .iter()
                .min_by_key(|(_, d)| d.until)
                .map(|(k, _)| *k);
            if let Some(key) = soonest {
                self.dead.remove(&key);
                self.forgotten += 1;
            }
        }
    }
}
