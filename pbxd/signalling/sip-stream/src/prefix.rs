// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sources.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Who counts as one source: an IPv4 address, or an IPv6 network of 64 bits, which is what one
/// customer has at least. An IPv4 address mapped into IPv6 is the IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Prefix {
    /// An address.
    V4(Ipv4Addr),
    /// The network's first address.
    V6(Ipv6Addr),
}

impl Prefix {
    /// The source of an address.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(a) => Self::V4(a),
            IpAddr::V6(a) => match a.to_ipv4_mapped() {
                Some(a) => Self::V4(a),
                None => Self::V6(Ipv6Addr::from_bits(a.to_bits() & (u128::MAX << 64))),
            },
        }
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(a) => a.fmt(f),
            Self::V6(a) => write!(f, "{a}/64"),
        }
    }
}
