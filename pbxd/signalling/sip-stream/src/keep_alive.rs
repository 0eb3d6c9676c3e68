// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keep-alive of connections that we opened (RFC 5626).

use core::time::Duration;

/// The octets of our ping.
pub const PING: &[u8] = b"\r\n\r\n";

/// When to ping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepAliveConfig {
    /// The longest time between two pings. RFC 5626 recommends at most 120 s over TCP; the
    /// registrar's Flow-Timer may ask for less.
    pub interval: Duration,
    /// How long the answer may take; RFC 5626 says 10 s.
    pub answer: Duration,
}

impl Default for KeepAliveConfig {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(120),
            answer: Duration::from_secs(10),
        }
    }
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ping {
    /// Send a double CRLF.
    Send,
    /// The answer has not come: the flow is lost.
    Lost,
}

/// The keep-alive of one connection that we opened.
#[derive(Debug, Clone)]
pub struct KeepAlive {
    config: KeepAliveConfig,
    next: Duration,
    awaited: Option<Duration>,
    random: u64,
    lost: bool,
}

impl KeepAlive {
    /// Begins on a connection just opened. The seed spreads the pings of many connections.
    pub fn new(now: Duration, config: KeepAliveConfig, seed: u64) -> Self {
        let mut this = Self {
            config,
            next: now,
            awaited: None,
            random: seed,
            lost: false,
        };
        this.plan(now);
        this
    }

    /// Something else than a ping was sent or received: only silence needs pings, so the next
    /// one is put off. An answer that is awaited stays awaited.
    pub fn used(&mut self, now: Duration) {
        self.plan(now);
    }

    /// A CRLF came.
    pub fn answered(&mut self) {
        self.awaited = None;
    }

    /// When [`KeepAlive::handle_timeout`] wants to be called, if at all.
    pub fn poll_timeout(&self) -> Option<Duration> {
        if self.lost {
            return None;
        }
        Some(self.awaited.map_or(self.next, |due| due.min(self.next)))
    }

    /// What is due, if anything. Call it until it gives `None`.
    pub fn handle_timeout(&mut self, now: Duration) -> Option<Ping> {
        if self.lost {
            return None;
        }
        if self.awaited.is_some_and(|due| due <= now) {
            self.lost = true;
            return Some(Ping::Lost);
        }
        if self.next > now {
            return None;
        }
        self.awaited
            .get_or_insert(now.saturating_add(self.config.answer));
        self.plan(now);
        Some(Ping::Send)
    }

    /// Between 80 and 100 % of the interval, as RFC 5626 asks.
    fn plan(&mut self, now: Duration) {
        // A step of xorshift is random enough to spread pings.
        let mut x = self.random | 1;
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        self.random = x;
        let percent = 80 + u32::try_from(x % 21).unwrap_or(0);
        self.next = now.saturating_add(self.config.interval.saturating_mul(percent) / 100);
    }
}
