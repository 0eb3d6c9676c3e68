// SPDX-License-Identifier: MIT OR Apache-2.0
//! Hosts and ports.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::UriError;

/// A host. IPv6 addresses are written in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name. Compare it without regard to case. Characters that no host name has are
    /// left out when it is written.
    Name(String),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address.
    V6(Ipv6Addr),
}

fn is_name(c: u8) -> bool {
    // `_` is not in the grammar but in the names of many a network.
    c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_')
}

impl Host {
    /// Reads a host without a port.
    ///
    /// # Errors
    /// [`UriError`] if it is neither a name nor an address.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        if let Some(inner) = text.strip_prefix('[') {
            let address = inner
                .strip_suffix(']')
                .and_then(|a| a.parse().ok())
                .ok_or(UriError("bad IPv6 address"))?;
            return Ok(Self::V6(address));
        }
        if let Ok(address) = text.parse() {
            return Ok(Self::V4(address));
        }
        if text.is_empty() || !text.bytes().all(is_name) {
            return Err(UriError("bad host"));
        }
        Ok(Self::Name(text.to_string()))
    }

    /// Reads `host[:port]`.
    ///
    /// # Errors
    /// [`UriError`] if either part is wrong.
    pub fn parse_with_port(text: &str) -> Result<(Self, Option<u16>), UriError> {
        let host_end = match text.find(']') {
            Some(at) => at + 1,
            None => text.find(':').unwrap_or(text.len()),
        };
        let (host, port) = text.split_at(host_end);
        let port = match port.strip_prefix(':') {
            None if port.is_empty() => None,
            None => return Err(UriError("text after the host")),
            Some(digits) => Some(parse_port(digits)?),
        };
        Ok((Self::parse(host)?, port))
    }

    /// The address, if it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(a) => Some(IpAddr::V4(*a)),
            Self::V6(a) => Some(IpAddr::V6(*a)),
        }
    }

    /// Same host: names without regard to case, addresses by value.
    pub fn same(&self, other: &Host) -> bool {
        match (self, other) {
            (Self::Name(a), Self::Name(b)) => a.eq_ignore_ascii_case(b),
            (a, b) => a == b,
        }
    }
}

fn parse_port(digits: &str) -> Result<u16, UriError> {
    if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return Err(UriError("bad port"));
    }
    digits.parse().map_err(|_| UriError("bad port"))
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(a) => Self::V4(a),
            IpAddr::V6(a) => Self::V6(a),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name
                .chars()
                .filter(|c| u8::try_from(*c).is_ok_and(is_name))
                .try_for_each(|c| fmt::Write::write_char(f, c)),
            Self::V4(a) => a.fmt(f),
            Self::V6(a) => write!(f, "[{a}]"),
        }
    }
}
