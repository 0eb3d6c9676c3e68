// SPDX-License-Identifier: MIT OR Apache-2.0
//! SIP peers: who they are, and which of them a request comes from.

use crate::config::Network;
use crate::media::Stream;
use pbx_core::Name;
use std::net::SocketAddr;
use std::time::Duration;

/// A SIP peer.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// Its name.
    pub(crate) name: Name,
    /// Where calls to it go.
    pub(crate) address: SocketAddr,
    /// Where calls from it come from.
    pub(crate) sources: Vec<Network>,
    /// Its streams.
    pub(crate) stream: Stream,
    /// Its P-Asserted-Identity is believed, and it gets ours.
    pub(crate) trusted: bool,
    /// How often it is asked whether it is there; never without.
    pub(crate) options_interval: Option<Duration>,
}

/// All peers, in the order of the configuration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peers(pub(crate) Vec<Peer>);

impl Peers {
    /// The peer of that name.
    pub(crate) fn named(&self, name: &str) -> Option<&Peer> {
        self.0.iter().find(|peer| &*peer.name == name)
    }

    /// The peer that a request from this address belongs to: the one with exactly this address and port, else the one with
    /// the narrowest network around it.
    pub(crate) fn of(&self, source: SocketAddr) -> Option<&Peer> {
        let ip = source.ip().to_canonical();
        let exact = |peer: &&Peer| {
            peer.address == source && peer.sources.iter().any(|net| net.contains(ip))
        };
        self.0.iter().find(exact).or_else(|| {
            let width = |peer: &Peer| {
                peer.sources
                    .iter()
                    .filter(|net| net.contains(ip))
                    .map(|net| net.prefix)
                    .max()
            };
            // The first of equally narrow ones.
            self.0
                .iter()
                .rev()
                .filter_map(|peer| Some((width(peer)?, peer)))
                .max_by_key(|(width, _)| *width)
                .map(|(_, peer)| peer)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(name: &str, address: &str, net: &str, prefix: u8) -> Peer {
        Peer {
            name: name.into(),
            address: address.parse().unwrap(),
            sources: vec![Network {
                address: net.parse().unwrap(),
                prefix,
            }],
            stream: Stream::default(),
            trusted: false,
            options_interval: None,
        }
    }

    #[test]
    fn the_narrowest_network_wins_and_the_exact_port_before_it() {
        let peers = Peers(vec![
            peer("wide", "10.0.0.1:5060", "10.0.0.0", 8),
            peer("narrow", "10.1.0.1:5060", "10.1.0.0", 16),
            peer("a", "127.0.0.1:5071", "127.0.0.1", 32),
            peer("b", "127.0.0.1:5072", "127.0.0.1", 32),
            peer("six", "[2001:db8::1]:5060", "2001:db8::", 32),
        ]);
        let name = |source: &str| {
            peers
                .of(source.parse().unwrap())
                .map(|peer| peer.name.to_string())
        };
        assert_eq!(name("10.2.3.4:9").as_deref(), Some("wide"));
        assert_eq!(name("10.1.3.4:9").as_deref(), Some("narrow"));
        assert_eq!(name("127.0.0.1:5072").as_deref(), Some("b"));
        assert_eq!(name("127.0.0.1:9").as_deref(), Some("a"));
        assert_eq!(name("[2001:db8:1::5]:9").as_deref(), Some("six"));
        assert_eq!(name("[::ffff:10.1.0.9]:9").as_deref(), Some("narrow"));
        assert_eq!(name("192.0.2.1:5060"), None);
    }
}
