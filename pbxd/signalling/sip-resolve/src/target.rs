// SPDX-License-Identifier: MIT OR Apache-2.0
//! Transports and targets.

use core::fmt;
use core::net::SocketAddr;

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// UDP.
    Udp,
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
    /// The name in a Via.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Ws => "WS",
            Self::Wss => "WSS",
        }
    }

    /// Whether the far end proves its name.
    pub const fn is_secure(self) -> bool {
        matches!(self, Self::Tls | Self::Wss)
    }

    /// The port where none is given.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 5060,
            Self::Tls => 5061,
            Self::Ws => 80,
            Self::Wss => 443,
        }
    }

    /// The first two labels of its SRV records. WebSocket has none registered; the names are
    /// RFC 7118's.
    pub const fn srv_prefix(self) -> &'static str {
        match self {
            Self::Udp => "_sip._udp.",
            Self::Tcp => "_sip._tcp.",
            Self::Tls => "_sips._tcp.",
            Self::Ws => "_sip._ws.",
            Self::Wss => "_sips._ws.",
        }
    }

    /// The transport of a NAPTR service, in any case.
    pub fn of_service(service: &str) -> Option<Self> {
        [
            ("SIP+D2U", Self::Udp),
            ("SIP+D2T", Self::Tcp),
            ("SIPS+D2T", Self::Tls),
            ("SIP+D2W", Self::Ws),
            ("SIPS+D2W", Self::Wss),
        ]
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(service))
        .map(|(_, transport)| transport)
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One place to send a request to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Over what.
    pub transport: Transport,
    /// Where to.
    pub address: SocketAddr,
    /// The name that the far end has to prove on TLS: the one that was looked up first, not
    /// what DNS made of it (RFC 5922).
    pub name: String,
}
