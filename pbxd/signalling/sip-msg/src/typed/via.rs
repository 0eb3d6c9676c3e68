// SPDX-License-Identifier: MIT OR Apache-2.0
//! Via: the path a request took and its response takes back.

use core::fmt;
use core::net::{IpAddr, SocketAddr};

use super::Typed;
use crate::chars::{is_blank, is_token, is_token_str};
use crate::header::Header;
use crate::params::Params;
use crate::uri::Host;

/// What every branch of an RFC 3261 element starts with.
const COOKIE: &str = "z9hG4bK";

/// One Via value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// The protocol version, normally `2.0`.
    pub version: String,
    /// The transport as written: `UDP`, `TCP`, `TLS`, …
    pub transport: String,
    /// The sender's host, as it sees itself.
    pub host: Host,
    /// The sender's port.
    pub port: Option<u16>,
    /// `branch`, `rport`, `received`, `maddr`, `ttl` and others.
    pub params: Params,
}

impl Via {
    /// A Via of our own, with a branch and an empty `rport` (RFC 3581).
    pub fn new(transport: &str, host: Host, port: Option<u16>, branch: &str) -> Self {
        let mut params = Params::new();
        params.set("branch", Some(branch));
        params.set("rport", None);
        Self {
            version: "2.0".to_string(),
            transport: transport.to_string(),
            host,
            port,
            params,
        }
    }

    /// The branch as written; empty is `None`.
    pub fn branch(&self) -> Option<&str> {
        self.params.value("branch").filter(|b| !b.is_empty())
    }

    /// The branch if it identifies the transaction, which it does when it starts with
    /// RFC 3261's cookie (in any case) and something follows.
    pub fn transaction_branch(&self) -> Option<&str> {
        self.branch().filter(|b| {
            b.len() > COOKIE.len()
                && b.get(..COOKIE.len())
                    .is_some_and(|c| c.eq_ignore_ascii_case(COOKIE))
        })
    }

    /// Notes where the request really came from (RFC 3261, RFC 3581): `received` if it
    /// is not what the Via says or if `rport` was asked for, and then `rport`.
    pub fn mark_received(&mut self, source: SocketAddr) {
        let asked = self.params.has("rport");
        if asked {
            let port = source.port().to_string();
            self.params.set("rport", Some(&port));
        }
        if asked || self.host.ip() != Some(source.ip()) {
            let ip = source.ip().to_string();
            self.params.set("received", Some(&ip));
        }
    }

    /// Where a response over UDP goes, for a Via that [`Via::mark_received`] has seen or
    /// not: the source's address, and its port if `rport` was asked for, else the port
    /// of the Via or 5060. `maddr` is not followed: it would let anyone have our
    /// responses sent anywhere.
    pub fn response_address(&self, source: SocketAddr) -> SocketAddr {
        let port = if self.params.has("rport") {
            source.port()
        } else {
            self.port.unwrap_or(5060)
        };
        SocketAddr::new(source.ip(), port)
    }

    /// The `received` address; IPv6 with or without brackets.
    pub fn received(&self) -> Option<IpAddr> {
        let text = self.params.value("received")?;
        let text = text.strip_prefix('[').unwrap_or(text);
        text.strip_suffix(']').unwrap_or(text).parse().ok()
    }

    /// The `rport` value, once the other side has filled it in.
    pub fn rport(&self) -> Option<u16> {
        self.params.value("rport")?.parse().ok()
    }
}

fn is_value(c: u8) -> bool {
    c > b' ' && !matches!(c, 0x7f | b';' | b',' | b'"')
}

impl Typed for Via {
    const HEADER: Header = Header::Via;

    fn parse(text: &str) -> Result<Self, &'static str> {
        let end = text.find(';').unwrap_or(text.len());
        let (head, params) = text.split_at(end);
        let mut parts = head.splitn(3, '/').map(|p| p.trim_matches(is_blank));
        let (Some(name), Some(version), Some(rest)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err("expected SIP/2.0/transport");
        };
        if !name.eq_ignore_ascii_case("SIP") || !is_token_str(version) {
            return Err("expected SIP/2.0/transport");
        }
        let (transport, sent_by) = rest.split_once(is_blank).ok_or("expected a host")?;
        if !is_token_str(transport) {
            return Err("transport is not a token");
        }
        let sent_by: String = sent_by.chars().filter(|c| !is_blank(*c)).collect();
        let (host, port) = Host::parse_with_port(&sent_by).map_err(|e| e.0)?;
        Ok(Self {
            version: version.to_string(),
            transport: transport.to_string(),
            host,
            port,
            params: Params::parse(params, is_token, is_value)?,
        })
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/{}/{} {}", self.version, self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        self.params.fmt(f)
    }
}
