// SPDX-License-Identifier: MIT OR Apache-2.0
//! One request's way through its targets.

use core::time::Duration;
use std::collections::VecDeque;

use crate::dead::DeadTargets;
use crate::target::{Target, Transport};

/// Requests larger than this go over TCP rather than UDP (RFC 3261), as long as nobody knows
/// the path's MTU.
pub const LARGE: usize = 1_300;

/// Whether a response makes the next target worth trying: 503, and 408, which the transaction
/// makes up when no answer comes (RFC 3263).
pub const fn is_failover(code: u16) -> bool {
    matches!(code, 408 | 503)
}

/// One request's way through its targets.
#[derive(Debug, Clone)]
pub struct Failover {
    rest: VecDeque<Target>,
    attempts: usize,
}

impl Failover {
    /// The way of a request of so many octets. Targets that are dead now come last, those
    /// first that come back soonest: when all are dead one of them is tried all the same.
    /// For a large request each UDP target is tried over TCP first, if we have TCP.
    pub fn new(
        now: Duration,
        targets: &[Target],
        octets: usize,
        has_tcp: bool,
        dead: &DeadTargets,
    ) -> Self {
        let mut expanded: Vec<Target> = Vec::with_capacity(targets.len());
        for target in targets {
            if octets > LARGE && has_tcp && target.transport == Transport::Udp {
                let tcp = Target {
                    transport: Transport::Tcp,
                    ..target.clone()
                };
                if !expanded.contains(&tcp) {
                    expanded.push(tcp);
                }
            }
            if !expanded.contains(target) {
                expanded.push(target.clone());
            }
        }
        // The sort is stable: what is alive keeps its order.
        expanded.sort_by_key(|target| dead.dead_until(now, target));
        Self {
            rest: expanded.into(),
            attempts: 0,
        }
    }

    /// The next target, until there is none.
    pub fn next_target(&mut self) -> Option<Target> {
        let target = self.rest.pop_front()?;
        self.attempts += 1;
        Some(target)
    }

    /// How many targets have been tried.
    pub fn attempts(&self) -> usize {
        self.attempts
    }

    /// How many are left.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// How long a connection attempt may go on alone before the next target is tried beside
    /// it: 250 ms, RFC 8305's recommendation. UDP has no connection to wait for; there the
    /// transaction's timer decides.
    pub const fn stagger(transport: Transport) -> Option<Duration> {
        match transport {
            Transport::Udp => None,
            _ => Some(Duration::from_millis(250)),
        }
    }
}
