// SPDX-License-Identifier: MIT OR Apache-2.0
//! SIP over connections (RFC 3261, RFC 5626, RFC 5923, RFC 7118), sans-IO.
//!
//! * [`Stream`] cuts messages out of the octets of one TCP or TLS connection. Its owner hands
//!   in octets with [`Stream::push`], **takes frames from [`Stream::next_frame`] until there is
//!   none before it pushes again**, and closes the connection when it fails or when
//!   [`Stream::handle_timeout`] says so. After a fault the place in the stream is lost;
//!   nothing is tried to find it again.
//! * [`websocket`] reads the payload of one WebSocket message. The WebSocket protocol itself
//!   is left to a library: `tungstenite`, through `tokio-tungstenite`.
//! * [`KeepAlive`] says when to ping a connection that we opened, and when it is lost.
//! * [`Connections`] keeps who is connected: reuse, bounds per source and in all, what to
//!   close when. After every call that may change it, take
//!   [`Connections::poll_output`] until there is none.
//!
//! Time is a `Duration` since an epoch of the owner's choice and never runs back.

#![forbid(unsafe_code)]

mod close;
mod connections;
mod keep_alive;
mod limits;
mod prefix;
mod stream;
pub mod websocket;

pub use close::{CloseReason, Fault};
pub use connections::{
    Config, ConfigError, ConnectionId, Connections, Direction, Link, Output, Refused, Stage,
    Transport,
};
pub use keep_alive::{KeepAlive, KeepAliveConfig, PING, Ping};
pub use limits::Limits;
pub use prefix::Prefix;
pub use stream::{Frame, Stream};
