// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where a request within a dialog goes.

use core::net::{IpAddr, SocketAddr};

use sip_msg::Uri;
use sip_msg::typed::Via;

/// The two ends of what a message takes: our address and the peer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
}

/// Whether a request's topmost Via shows that its sender is behind an address
/// translator: it gives an address that is not where the request came from.
pub(crate) fn is_translated(via: &Via, source: SocketAddr) -> bool {
    match via.host.ip() {
        Some(ip) => ip != source.ip() || via.port.unwrap_or(5060) != source.port(),
        None => false,
    }
}

/// Addresses that mean something only in their own network.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(a) => {
            let [first, second, ..] = a.octets();
            let shared = first == 100 && (64..128).contains(&second);
            a.is_private() || a.is_loopback() || a.is_link_local() || a.is_unspecified() || shared
        }
        IpAddr::V6(a) => {
            let [first, ..] = a.segments();
            let local = first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80;
            a.is_loopback() || a.is_unspecified() || local
        }
    }
}

/// The address for a request whose first hop is `uri`.
///
/// RFC 3261 sends it to that URI. That is right if it names an address we can reach: an
/// address, of the family of the peer's, and not one behind a translator. Otherwise the
/// request goes where the peer's messages come from (symmetric signalling). Names are
/// not resolved here; they, too, are reached where the peer is.
pub(crate) fn next_hop(uri: &Uri, peer: SocketAddr, translated: bool) -> SocketAddr {
    if translated {
        return peer;
    }
    let Some(uri) = uri.as_sip() else {
        return peer;
    };
    match uri.host.ip() {
        Some(ip)
            if ip.is_ipv4() == peer.is_ipv4() && (!is_private(ip) || is_private(peer.ip())) =>
        {
            SocketAddr::new(ip, uri.port.unwrap_or(5060))
        }
        _ => peer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sip_msg::typed::Typed;

    fn hop(uri: &str, peer: &str, translated: bool) -> String {
        next_hop(&Uri::parse(uri).unwrap(), peer.parse().unwrap(), translated).to_string()
    }

    #[test]
    fn an_address_that_can_be_reached_is_used() {
        let peer = "198.51.100.1:5060";
        assert_eq!(
            hop("sip:a@203.0.113.7:5080", peer, false),
            "203.0.113.7:5080"
        );
        assert_eq!(hop("sip:203.0.113.7;lr", peer, false), "203.0.113.7:5060");
        assert_eq!(
            hop("sip:a@10.0.0.2", "10.9.9.9:5062", false),
            "10.0.0.2:5060"
        );
    }

    #[test]
    fn everything_else_goes_where_the_peer_is() {
        let peer = "198.51.100.1:40000";
        for uri in [
            "sip:a@10.0.0.2:5080",
            "sip:a@127.0.0.1",
            "sip:a@100.64.0.1",
            "sip:a@phone.example.com",
            "sip:a@[2001:db8::1]",
            "tel:+1555",
        ] {
            assert_eq!(hop(uri, peer, false), peer, "{uri}");
        }
        assert_eq!(hop("sip:a@203.0.113.7:5080", peer, true), peer);
    }

    #[test]
    fn a_translator_shows_in_the_via() {
        let of = |via: &str, source: &str| {
            is_translated(&Via::parse(via).unwrap(), source.parse().unwrap())
        };
        assert!(!of("SIP/2.0/UDP 192.0.2.1;rport", "192.0.2.1:5060"));
        assert!(of("SIP/2.0/UDP 192.0.2.1;rport", "192.0.2.1:1024"));
        assert!(of("SIP/2.0/UDP 10.0.0.1:5060", "192.0.2.1:5060"));
        assert!(!of("SIP/2.0/UDP phone.example.com", "192.0.2.1:5060"));
    }
}
