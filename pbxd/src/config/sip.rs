// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[sip]` and `[[sip_peer]]`.

use super::document::{Document, Entry, spanned};
use super::span::check_name;
use core::ops::{Range, RangeInclusive};
use core::time::Duration;
use pbx_core::{Name, PeerSpec};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use toml::Spanned;

/// Our SIP side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sip {
    /// The UDP address that we listen on and send from.
    pub listen: SocketAddr,
    /// The address in our Via, Contact and SDP; `None`: the one the packets leave from.
    pub advertised: Option<IpAddr>,
    /// UDP ports for RTP and RTCP, the first one even.
    pub rtp_ports: RangeInclusive<u16>,
    /// Most transactions at a time.
    pub max_transactions: u32,
    /// A call to which no media came for this long is ended; `None`: never.
    pub media_timeout: Option<Duration>,
}

/// A codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    /// G.711 A-law.
    Pcma,
    /// G.711 µ-law.
    Pcmu,
}

/// An IP network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    /// Its address, host bits zero.
    pub address: IpAddr,
    /// The length of its prefix.
    pub prefix: u8,
}

impl Network {
    /// Reads `192.0.2.0/24`, or a single address.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address.parse().ok()?, Some(prefix.parse().ok()?)),
            None => (text.parse().ok()?, None),
        };
        let bits = if matches!(address, IpAddr::V4(_)) {
            32
        } else {
            128
        };
        let network = Self {
            address,
            prefix: prefix.unwrap_or(bits),
        };
        (network.prefix <= bits && network.masked(address) == address).then_some(network)
    }

    /// Whether the address is in the network.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4() && self.masked(address) == self.address
    }

    fn masked(&self, address: IpAddr) -> IpAddr {
        let prefix = u32::from(self.prefix);
        match address {
            IpAddr::V4(v4) => {
                let mask = u32::MAX
                    .checked_shl(32_u32.saturating_sub(prefix))
                    .unwrap_or(0);
                IpAddr::V4((u32::from(v4) & mask).into())
            }
            IpAddr::V6(v6) => {
                let mask = u128::MAX
                    .checked_shl(128_u32.saturating_sub(prefix))
                    .unwrap_or(0);
                IpAddr::V6((u128::from(v6) & mask).into())
            }
        }
    }
}

impl core::fmt::Display for Network {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// A SIP peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its name.
    pub name: Name,
    /// Where requests to it are sent.
    pub address: SocketAddr,
    /// Where requests of it come from.
    pub sources: Vec<Network>,
    /// Codecs, the best first.
    pub codecs: Vec<Codec>,
    /// Packet time offered.
    pub ptime: Duration,
    /// Offer and accept RFC 4733 telephone-event.
    pub telephone_event: bool,
    /// Its early media reaches the caller.
    pub early_media: bool,
    /// Most calls at a time.
    pub max_calls: Option<u32>,
    /// Its P-Asserted-Identity is believed, and it gets ours.
    pub trusted: bool,
    /// How often it is asked with OPTIONS; `None`: never, it counts as reachable.
    pub options_interval: Option<Duration>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSip {
    #[serde(default = "any_5060")]
    listen: Spanned<String>,
    advertised: Option<Spanned<String>>,
    #[serde(default = "rtp_ports")]
    rtp_ports: Spanned<String>,
    #[serde(default = "transactions")]
    max_transactions: Spanned<u32>,
    #[serde(default = "sixty")]
    media_timeout_s: Spanned<u64>,
}

fn any_5060() -> Spanned<String> {
    spanned("0.0.0.0:5060".to_owned())
}

fn rtp_ports() -> Spanned<String> {
    spanned("16384-32767".to_owned())
}

fn sixty() -> Spanned<u64> {
    spanned(60)
}

fn transactions() -> Spanned<u32> {
    spanned(16_384)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPeer {
    name: Spanned<String>,
    address: Spanned<String>,
    #[serde(rename = "match", default)]
    sources: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(default = "all_codecs")]
    codecs: Spanned<Vec<Codec>>,
    #[serde(default = "twenty")]
    ptime: Spanned<u64>,
    #[serde(default = "yes")]
    telephone_event: bool,
    #[serde(default = "yes")]
    early_media: bool,
    max_calls: Option<Spanned<u32>>,
    #[serde(default)]
    trusted: bool,
    #[serde(default = "thirty")]
    options_interval_s: Spanned<u64>,
}

fn all_codecs() -> Spanned<Vec<Codec>> {
    spanned(vec![Codec::Pcma, Codec::Pcmu])
}

fn twenty() -> Spanned<u64> {
    spanned(20)
}

fn thirty() -> Spanned<u64> {
    spanned(30)
}

fn yes() -> bool {
    true
}

/// The section `[sip]`, when there is one; its value, when that is good.
pub(super) struct SipSection {
    pub(super) config: Option<Sip>,
}

pub(super) fn read_sip(document: &mut Document<'_>) -> Option<SipSection> {
    if !document.has("sip") {
        return None;
    }
    let config = document
        .section::<RawSip>("sip")
        .value
        .and_then(|raw| sip(document, &raw));
    Some(SipSection { config })
}

fn sip(document: &mut Document<'_>, raw: &RawSip) -> Option<Sip> {
    let listen: Option<SocketAddr> = raw.listen.get_ref().parse().ok();
    if listen.is_none() {
        let message = format!(
            "listen {:?}: expected an address and port such as \"0.0.0.0:5060\"",
            raw.listen.get_ref()
        );
        document.error_at(&raw.listen, message);
    }
    let advertised: Option<IpAddr> = match &raw.advertised {
        None => None,
        Some(text) => {
            let parsed: Option<IpAddr> = text.get_ref().parse().ok();
            if parsed.is_none_or(|address| address.is_unspecified()) {
                let message = format!(
                    "advertised {:?}: expected an IP address that peers can reach",
                    text.get_ref()
                );
                document.error_at(text, message);
            }
            parsed
        }
    };
    let ports = raw
        .rtp_ports
        .get_ref()
        .split_once('-')
        .and_then(|(first, last)| {
            Some((
                first.trim().parse::<u16>().ok()?,
                last.trim().parse::<u16>().ok()?,
            ))
        });
    let ports = ports.filter(|(first, last)| {
        *first >= 1024 && first % 2 == 0 && last.saturating_sub(*first) >= 1
    });
    if ports.is_none() {
        let found = raw.rtp_ports.get_ref();
        let message = format!(
            "rtp_ports {found:?}: expected \"first-last\", the first even and at least 1024"
        );
        document.error_at(&raw.rtp_ports, message);
    }
    let max_transactions = *raw.max_transactions.get_ref();
    if !(16..=1_000_000).contains(&max_transactions) {
        let message = format!("max_transactions: found {max_transactions}, expected 16 to 1000000");
        document.error_at(&raw.max_transactions, message);
    }
    let media_timeout_s = *raw.media_timeout_s.get_ref();
    if media_timeout_s > 86_400 {
        let message = format!(
            "media_timeout_s: found {media_timeout_s}, expected 1 to 86400, or 0 for never"
        );
        document.error_at(&raw.media_timeout_s, message);
    }
    let (first, last) = ports?;
    Some(Sip {
        listen: listen?,
        advertised,
        rtp_ports: first..=last,
        max_transactions,
        media_timeout: (media_timeout_s > 0).then(|| Duration::from_secs(media_timeout_s)),
    })
}

/// The peers that could be read, and what the plan is built from.
pub(super) struct Peers {
    pub(super) good: Vec<Peer>,
    /// With a stand-in for each peer that could not be read.
    pub(super) specs: Vec<PeerSpec>,
    /// Where each of `specs` stands.
    pub(super) places: Vec<Range<usize>>,
}

pub(super) fn read_peers(document: &mut Document<'_>, sip: Option<&SipSection>) -> Peers {
    let mut peers = Peers {
        good: Vec::new(),
        specs: Vec::new(),
        places: Vec::new(),
    };
    let mut networks: Vec<(Network, Name)> = Vec::new();
    for Entry { name, at, value } in document.list::<RawPeer>("sip_peer") {
        if sip.is_none() {
            document.error(at.clone(), "a SIP peer needs the section [sip]");
        }
        let place = value.as_ref().map_or(at, |raw| raw.name.span());
        let peer = value.and_then(|raw| one(document, raw, &mut networks));
        let name = match (&peer, name) {
            (Some(peer), _) => peer.name.clone(),
            (None, Some(name)) => name.as_str().into(),
            (None, None) => continue,
        };
        peers.specs.push(PeerSpec {
            name,
            max_calls: peer.as_ref().and_then(|peer| peer.max_calls),
            early_media: peer.as_ref().is_none_or(|peer| peer.early_media),
            // G.711 only: unrestricted digital information cannot be carried yet.
            clear_mode: false,
        });
        peers.places.push(place);
        peers.good.extend(peer);
    }
    peers
}

fn one(
    document: &mut Document<'_>,
    raw: RawPeer,
    networks: &mut Vec<(Network, Name)>,
) -> Option<Peer> {
    check_name(document, &raw.name);
    let name: Name = raw.name.get_ref().as_str().into();
    let text = raw.address.get_ref();
    let address = text
        .parse()
        .ok()
        .or_else(|| Some(SocketAddr::new(text.parse().ok()?, 5060)));
    let usable = address
        .filter(|address: &SocketAddr| !address.ip().is_unspecified() && address.port() != 0);
    if usable.is_none() {
        let message = format!(
            "address {text:?}: expected an IP address, with a port if it is not 5060 (host names are not resolved yet)"
        );
        document.error_at(&raw.address, message);
    }
    let given = match raw.sources {
        Some(list) => list.into_inner(),
        None => usable
            .iter()
            .map(|address| Spanned::new(raw.address.span(), address.ip().to_string()))
            .collect(),
    };
    let mut sources = Vec::new();
    for source in given {
        let Some(network) = Network::parse(source.get_ref()) else {
            let message = format!(
                "match {:?}: expected an address or a network such as \"192.0.2.0/24\"",
                source.get_ref()
            );
            document.error_at(&source, message);
            continue;
        };
        if let Some((_, other)) = networks
            .iter()
            .find(|(known, other)| *known == network && *other != name)
        {
            document.error_at(
                &source,
                format!("match {network}: requests from there belong to peer {other:?} already"),
            );
        }
        networks.push((network, name.clone()));
        sources.push(network);
    }
    let codecs = raw.codecs.get_ref().clone();
    if codecs.is_empty()
        || codecs
            .iter()
            .enumerate()
            .any(|(place, codec)| codecs.iter().take(place).any(|c| c == codec))
    {
        document.error_at(
            &raw.codecs,
            "codecs: expected \"pcma\", \"pcmu\" or both, each once",
        );
    }
    let ptime = *raw.ptime.get_ref();
    if !(10..=60).contains(&ptime) || ptime % 10 != 0 {
        document.error_at(
            &raw.ptime,
            format!("ptime: found {ptime}, expected 10, 20, 30, 40, 50 or 60 milliseconds"),
        );
    }
    if let Some(limit) = raw.max_calls.as_ref().filter(|limit| *limit.get_ref() == 0) {
        document.error_at(
            limit,
            "max_calls: found 0, expected at least 1, or no max_calls for no limit",
        );
    }
    let interval = *raw.options_interval_s.get_ref();
    if interval > 3600 || (1..5).contains(&interval) {
        let message = format!(
            "options_interval_s: found {interval}, expected 0 (never) or 5 to 3600 seconds"
        );
        document.error_at(&raw.options_interval_s, message);
    }
    Some(Peer {
        name,
        address: usable?,
        sources,
        codecs,
        ptime: Duration::from_millis(ptime),
        telephone_event: raw.telephone_event,
        early_media: raw.early_media,
        max_calls: raw.max_calls.map(Spanned::into_inner),
        trusted: raw.trusted,
        options_interval: (interval > 0).then(|| Duration::from_secs(interval)),
    })
}
