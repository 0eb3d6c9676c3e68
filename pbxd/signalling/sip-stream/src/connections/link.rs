// SPDX-License-Identifier: MIT OR Apache-2.0
//! One connection.

use core::net::SocketAddr;
use core::time::Duration;

use super::Key;

/// A connection's number; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// A transport with connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
    /// WebSocket.
    Ws,
    /// WebSocket over TLS.
    Wss,
}

impl Transport {
    /// Whether the far end can prove a name.
    pub const fn is_secure(self) -> bool {
        matches!(self, Self::Tls | Self::Wss)
    }
}

/// Who opened a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The far end.
    Incoming,
    /// We.
    Outgoing,
}

/// How far a connection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Connecting, or shaking hands.
    Handshake,
    /// Established, and no message yet.
    Silent,
    /// In use.
    Open,
}

/// One connection.
#[derive(Debug, Clone)]
pub struct Link {
    /// The transport.
    pub transport: Transport,
    /// Who opened it.
    pub direction: Direction,
    /// Our address.
    pub local: SocketAddr,
    /// The far address.
    pub remote: SocketAddr,
    /// What the far end's certificate has proved, in lower case.
    pub peer_name: Option<Box<str>>,
    /// How far it has come.
    pub stage: Stage,
    /// When it was opened.
    pub opened: Duration,
    /// When it was last used.
    pub used: Duration,
    /// Who needs it.
    pub holds: u32,
    pub(super) keys: Vec<Key>,
    pub(super) due: Option<Duration>,
    pub(super) worth: Option<(Stage, Duration)>,
}
