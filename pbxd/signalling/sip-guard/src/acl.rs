// SPDX-License-Identifier: MIT OR Apache-2.0
//! The access list.

use core::fmt;
use core::net::{IpAddr, Ipv6Addr};
use core::str::FromStr;
use std::collections::BTreeMap;

use crate::source::plain;

/// What the access list says of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Always served, whatever its rate and score: our trunks and our own network.
    Trust,
    /// Served within rates and scores.
    Judge,
    /// Never served.
    Deny,
}

/// A network: an address and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// Why text is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?}: expected an address or address/bits without bits behind the prefix")]
pub struct AclError(pub String);

impl FromStr for Network {
    type Err = AclError;

    /// Reads `192.0.2.0/24`, `2001:db8::/32` or an address alone.
    fn from_str(text: &str) -> Result<Self, AclError> {
        let fault = || AclError(text.to_string());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| fault())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits
                .parse()
                .ok()
                .filter(|b| *b <= width)
                .ok_or_else(fault)?,
            None => width,
        };
        let network = Self { address, bits };
        if network.key(address) != network.key_bits() {
            return Err(fault());
        }
        Ok(network)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// An address as 128 bits; IPv4 in the place of its mapped form.
fn wide(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(a) => a.to_ipv6_mapped().to_bits(),
        IpAddr::V6(a) => Ipv6Addr::to_bits(a),
    }
}

impl Network {
    /// Leading bits among 128.
    fn wide_bits(&self) -> u8 {
        self.bits + if self.address.is_ipv4() { 96 } else { 0 }
    }

    fn key_bits(&self) -> u128 {
        wide(self.address)
    }

    /// An address cut to this network's length.
    fn key(&self, address: IpAddr) -> u128 {
        cut(wide(address), self.wide_bits())
    }
}

fn cut(address: u128, bits: u8) -> u128 {
    match bits {
        0 => 0,
        bits => address & (u128::MAX << (128 - u32::from(bits))),
    }
}

/// Which networks are trusted, judged or denied. The longest prefix that holds an address
/// decides.
#[derive(Debug, Clone)]
pub struct Acl {
    otherwise: Access,
    /// By prefix length, the longest looked at first.
    rules: BTreeMap<u8, BTreeMap<u128, Access>>,
}

impl Acl {
    /// A list that says the same of everybody.
    pub const fn new(otherwise: Access) -> Self {
        Self {
            otherwise,
            rules: BTreeMap::new(),
        }
    }

    /// Says something of a network, in the place of what was said of the same network before.
    #[must_use]
    pub fn with(mut self, network: Network, access: Access) -> Self {
        self.rules
            .entry(network.wide_bits())
            .or_default()
            .insert(network.key_bits(), access);
        self
    }

    /// What the list says of an address.
    pub fn access(&self, address: IpAddr) -> Access {
        let address = wide(plain(address));
        self.rules
            .iter()
            .rev()
            .find_map(|(bits, networks)| networks.get(&cut(address, *bits)))
            .copied()
            .unwrap_or(self.otherwise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_decides() {
        let acl = Acl::new(Access::Judge)
            .with("192.0.2.0/24".parse().unwrap(), Access::Deny)
            .with("192.0.2.7".parse().unwrap(), Access::Trust)
            .with("2001:db8::/32".parse().unwrap(), Access::Trust)
            .with("2001:db8:1::/48".parse().unwrap(), Access::Deny);
        for (address, access) in [
            ("192.0.2.1", Access::Deny),
            ("192.0.2.7", Access::Trust),
            ("::ffff:192.0.2.7", Access::Trust),
            ("192.0.3.1", Access::Judge),
            ("2001:db8::1", Access::Trust),
            ("2001:db8:1::1", Access::Deny),
            ("2001:db9::1", Access::Judge),
        ] {
            assert_eq!(acl.access(address.parse().unwrap()), access, "{address}");
        }
        let closed = Acl::new(Access::Deny).with("0.0.0.0/0".parse().unwrap(), Access::Judge);
        assert_eq!(
            closed.access("198.51.100.1".parse().unwrap()),
            Access::Judge
        );
        assert_eq!(closed.access("2001:db8::1".parse().unwrap()), Access::Deny);
        let all = Acl::new(Access::Judge).with("::/0".parse().unwrap(), Access::Deny);
        assert_eq!(all.access("2001:db8::1".parse().unwrap()), Access::Deny);
    }

    #[test]
    fn networks_are_written_exactly() {
        for bad in [
            "",
            "192.0.2.1/24",
            "192.0.2.0/33",
            "x",
            "192.0.2.0/",
            "2001:db8::1/64",
            "1.2.3",
        ] {
            assert_eq!(bad.parse::<Network>(), Err(AclError(bad.into())), "{bad}");
        }
        let network: Network = "192.0.2.0/24".parse().unwrap();
        assert_eq!(network.to_string(), "192.0.2.0/24");
    }
}
