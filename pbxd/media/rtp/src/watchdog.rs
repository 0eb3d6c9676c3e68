// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether media still flows.

use core::time::Duration;

/// The state of the far end's media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// Nothing is expected: the call is held, or not connected yet.
    Suspended,
    /// Media is expected or flows.
    Expected,
    /// Nothing came for the time allowed.
    TimedOut,
}

/// Watches for media that stops.
///
/// After [`Self::input`] and [`Self::expect`], wait until [`Self::poll_timeout`] and call
/// [`Self::handle_timeout`].
#[derive(Clone, Copy, Debug)]
pub struct Watchdog {
    limit: Duration,
    since: Duration,
    media: Media,
}

impl Watchdog {
    /// A watchdog that allows `limit` without media; it is suspended until [`Self::expect`].
    #[must_use]
    pub const fn new(limit: Duration) -> Self {
        Self {
            limit,
            since: Duration::ZERO,
            media: Media::Suspended,
        }
    }

    /// Media is expected from now on, or no longer.
    pub fn expect(&mut self, now: Duration, expected: bool) {
        self.since = now;
        self.media = if expected {
            Media::Expected
        } else {
            Media::Suspended
        };
    }

    /// A valid RTP or RTCP packet came. Returns whether this ended a time-out.
    pub fn input(&mut self, now: Duration) -> bool {
        self.since = now;
        let ended = self.media == Media::TimedOut;
        if ended {
            self.media = Media::Expected;
        }
        ended
    }

    /// When to call [`Self::handle_timeout`].
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        (self.media == Media::Expected).then(|| self.since.saturating_add(self.limit))
    }

    /// Returns whether the media timed out just now: once per silence.
    pub fn handle_timeout(&mut self, now: Duration) -> bool {
        let due = self.poll_timeout().is_some_and(|at| now >= at);
        if due {
            self.media = Media::TimedOut;
        }
        due
    }

    /// The state.
    #[must_use]
    pub const fn media(&self) -> Media {
        self.media
    }
}
