// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sources.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Who counts as one source: an IPv4 address, or an IPv6 network of 64 bits, which is what one
/// customer has at least. An IPv4 address mapped into IPv6 is the IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// An address.
    V4(Ipv4Addr),
    /// The network's first address.
    V6(Ipv6Addr),
}

impl Source {
    /// The source of an address.
    pub fn of(address: IpAddr) -> Self {
        match plain(address) {
            IpAddr::V4(a) => Self::V4(a),
            IpAddr::V6(a) => Self::V6(Ipv6Addr::from_bits(a.to_bits() & (u128::MAX << 64))),
        }
    }
}

/// The IPv4 address that an IPv6 address maps, or the address itself.
pub(crate) fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(a) => a.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(a) => a.fmt(f),
            Self::V6(a) => write!(f, "{a}/64"),
        }
    }
}
