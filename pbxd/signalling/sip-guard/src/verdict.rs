// SPDX-License-Identifier: MIT OR Apache-2.0
//! What to do with a request.

use core::time::Duration;

use crate::offence::Offence;

/// What to do with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Serve it.
    Serve,
    /// Drop it without an answer: the access list denies its source.
    Denied,
    /// Drop it without an answer: its source is banned until then.
    Banned {
        /// When the ban ends.
        until: Duration,
    },
    /// Drop it without an answer: its source sends too much.
    Limited,
    /// It is a scanner's. Answer it like anybody's (401, mostly), but not before so much time
    /// has passed, and do nothing else for it.
    Tarpit {
        /// How long to wait.
        delay: Duration,
    },
    /// Drop it without an answer: an offence, and no place to wait in.
    Dropped(Offence),
}

impl Verdict {
    /// Whether the request is to be served.
    pub const fn is_serve(self) -> bool {
        matches!(self, Self::Serve)
    }
}
