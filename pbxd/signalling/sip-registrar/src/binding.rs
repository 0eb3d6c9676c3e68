// SPDX-License-Identifier: MIT OR Apache-2.0
//! One contact of one address of record.

use core::fmt;
use core::net::SocketAddr;
use core::time::Duration;

use crate::aor::Aor;

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
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Udp, Self::Tcp, Self::Tls, Self::Ws, Self::Wss];

    /// The name in a Via, and in storage.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Ws => "WS",
            Self::Wss => "WSS",
        }
    }

    /// Reads a name in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|t| t.name().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The way a REGISTER came, which is the way back to an instance behind an address
/// translator (RFC 5626).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// The transport.
    pub transport: Transport,
    /// Our address.
    pub local: SocketAddr,
    /// The far address, as we see it.
    pub remote: SocketAddr,
    /// The connection, numbered by the owner; `None` on UDP, and after a restart.
    pub connection: Option<u64>,
}

/// One contact of one address of record. All texts are as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Unlike any other's, in this table and in storage; later ones are larger.
    pub id: u64,
    /// Whose contact.
    pub aor: Aor,
    /// The contact's URI.
    pub uri: Box<str>,
    /// `+sip.instance` without its quotes, angle brackets included.
    pub instance: Option<Box<str>>,
    /// `reg-id`; there is one if and only if this is an outbound registration.
    pub reg_id: Option<u32>,
    /// Preference in thousandths, from 0 to 1,000.
    pub q: u16,
    /// The contact's other parameters, as `;name=value`.
    pub params: Box<str>,
    /// The values of Path, the one to be visited first at the front.
    pub path: Box<[Box<str>]>,
    /// The request's Call-ID.
    pub call_id: Box<str>,
    /// The request's CSeq.
    pub cseq: u32,
    /// The request's User-Agent; empty if it had none.
    pub user_agent: Box<str>,
    /// When this contact was added.
    pub created: Duration,
    /// When it was last refreshed.
    pub refreshed: Duration,
    /// When it runs out.
    pub expires: Duration,
    /// The way it came.
    pub flow: Flow,
}

impl Binding {
    /// The public GRUU (RFC 5627) of the contact's instance.
    pub fn pub_gruu(&self) -> Option<String> {
        let urn = self.instance.as_deref()?;
        let urn = urn.strip_prefix('<').unwrap_or(urn);
        let urn = urn.strip_suffix('>').unwrap_or(urn);
        let (user, host) = self.aor.as_str().rsplit_once('@')?;
        let host = sip_msg::Host::parse(host).ok()?;
        let mut uri = sip_msg::SipUri::new(Some(user), host, None);
        uri.params.set("gr", None);
        // The parameter is written by hand: a URN's colons need no quotes in a URI.
        Some(format!("{uri}={}", escape(urn)))
    }
}

/// Escapes what may not stand in a URI parameter's value.
fn escape(text: &str) -> String {
    text.bytes()
        .map(|c| {
            let plain = c.is_ascii_alphanumeric() || b"-_.!~*'()[]/:&+$".contains(&c);
            if plain {
                char::from(c).to_string()
            } else {
                format!("%{c:02X}")
            }
        })
        .collect()
}
