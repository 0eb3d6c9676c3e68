// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an engine tells its owner.

use crate::handle::ChannelId;
use crate::stats::ChannelStats;
use std::net::SocketAddr;

/// Something happened on a channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Where.
    pub channel: ChannelId,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "events are not boxed, since a worker does not allocate"
)]
pub enum EventKind {
    /// No media came for the time allowed.
    MediaTimeout,
    /// Media came again after a time-out.
    MediaResumed,
    /// The far end's address was learnt or has changed.
    Latched {
        /// Its address.
        from: SocketAddr,
    },
    /// A key was pressed in a telephone event; its tone is played on the line.
    Dtmf {
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        digit: char,
    },
    /// The far end said goodbye in RTCP.
    Goodbye,
    /// The channel is closed: slot and sockets are free.
    Closed {
        /// Its last figures.
        stats: ChannelStats,
    },
}
