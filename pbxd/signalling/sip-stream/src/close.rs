// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why a connection is closed.

use core::fmt;

use sip_msg::ParseError;

/// Why a stream cannot be read any further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The header section is longer than allowed, or one of its lines.
    #[error("header section of more than {limit} octets")]
    HeadTooLarge {
        /// The limit.
        limit: usize,
    },
    /// The announced body is longer than allowed.
    #[error("body of {size} octets, limit {limit}")]
    BodyTooLarge {
        /// Octets announced.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// Without Content-Length nobody knows where the message ends.
    #[error("Content-Length is missing")]
    NoLength,
    /// Not a SIP message.
    #[error(transparent)]
    Malformed(ParseError),
    /// The message was not complete in time.
    #[error("message not complete in time")]
    TooSlow,
    /// Line ends and no message.
    #[error("more than {limit} line ends without a message")]
    LineEnds {
        /// The limit.
        limit: u32,
    },
    /// More octets were pushed than [`Stream::room`](crate::Stream::room) said.
    #[error("octets pushed before frames were taken")]
    Overrun,
}

/// Why a connection is closed, for counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CloseReason {
    /// The far end closed it.
    Peer,
    /// We have no more use for it.
    Done,
    /// An error of the network, or of TLS once it was established.
    Network,
    /// TLS or WebSocket was not established in time.
    HandshakeTime,
    /// TLS or WebSocket could not be established.
    HandshakeFailed,
    /// Nothing that can be read came in time.
    Silent,
    /// Unused for long.
    Idle,
    /// Our keep-alive was not answered.
    KeepAlive,
    /// A header section or a body too large.
    TooLarge,
    /// A message that was not complete in time.
    TooSlow,
    /// Something that is not SIP.
    Malformed,
    /// It made room for another.
    Evicted,
    /// Its source was banned.
    Banned,
    /// We stop.
    Shutdown,
}

impl CloseReason {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 14] = [
        Self::Peer,
        Self::Done,
        Self::Network,
        Self::HandshakeTime,
        Self::HandshakeFailed,
        Self::Silent,
        Self::Idle,
        Self::KeepAlive,
        Self::TooLarge,
        Self::TooSlow,
        Self::Malformed,
        Self::Evicted,
        Self::Banned,
        Self::Shutdown,
    ];

    /// A name for counters and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::Done => "done",
            Self::Network => "network",
            Self::HandshakeTime => "handshake-time",
            Self::HandshakeFailed => "handshake-failed",
            Self::Silent => "silent",
            Self::Idle => "idle",
            Self::KeepAlive => "keep-alive",
            Self::TooLarge => "too-large",
            Self::TooSlow => "too-slow",
            Self::Malformed => "malformed",
            Self::Evicted => "evicted",
            Self::Banned => "banned",
            Self::Shutdown => "shutdown",
        }
    }

    pub(crate) fn index(self) -> usize {
        Self::ALL.iter().position(|r| *r == self).unwrap_or(0)
    }
}

impl From<&Fault> for CloseReason {
    fn from(fault: &Fault) -> Self {
        match fault {
            Fault::HeadTooLarge { .. } | Fault::BodyTooLarge { .. } | Fault::Overrun => {
                Self::TooLarge
            }
            Fault::TooSlow => Self::TooSlow,
            Fault::NoLength | Fault::Malformed(_) | Fault::LineEnds { .. } => Self::Malformed,
        }
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
