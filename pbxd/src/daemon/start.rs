// SPDX-License-Identifier: MIT OR Apache-2.0
//! Building the machines from a configuration.

use super::Daemon;
use super::records::Records;
use crate::config::{self, Config};
use crate::media::{MediaPlane, MediaSettings, Stream};
use crate::pri::{Trunk, TrunkConfig};
use crate::sip::{Edge, Peer, Peers};
use media_engine::{Engine, EngineSettings, PortAllocator};
use pbx_core::{Exchange, Side};
use pbx_store::OwedRestart;
use q931::{Timer, Timers};
use sdp::PacketTime;
use sip_session::{Advertised, Endpoint};
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tdm::{Slot, SlotSet};
use tracing::info;

/// The daemon could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The call records.
    #[error("call records: {0}")]
    Records(#[from] pbx_store::StoreError),
    /// The media workers.
    #[error("media workers: {0}")]
    Engine(#[from] media_engine::EngineError),
    /// The RTP ports.
    #[error("RTP ports: {0}")]
    Ports(#[from] media_engine::PortError),
    /// A socket.
    #[error("{what}: {source}")]
    Socket {
        /// Which.
        what: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// We listen on all addresses and none could be found to give to peers.
    #[error("sip listens on {0}, and no address towards a peer was found; set sip.advertised")]
    Advertised(SocketAddr),
}

impl Daemon {
    /// Builds all machines. `sip` is the bound SIP socket's address.
    pub(super) fn new(
        config: Arc<Config>,
        sip: Option<SocketAddr>,
        seed: [u8; 32],
    ) -> Result<Self, StartError> {
        let records = Records::open(&config.cdr.path)?;
        let owed = records.owed_restarts();
        let recovery = records.recovery();
        info!(?recovery, owed_restarts = owed.len(), "call records open");
        let first_call = records.next_call_id();
        let core = Exchange::new(
            config.plan.clone(),
            config.calls.timing,
            config.calls.limits,
            first_call,
        );
        let trunks = config
            .spans
            .iter()
            .map(|span| Trunk::new(trunk_config(span), owed_slots(span, owed)))
            .collect();
        let advertised = match (&config.sip, sip) {
            (Some(settings), Some(bound)) => Some(advertised(&config, settings, bound)?),
            _ => None,
        };
        let edge = match (advertised, sip) {
            (Some(advertised), Some(bound)) => Some(edge(&config, bound, advertised, seed)),
            _ => None,
        };
        let mut session_seed = [0; 8];
        session_seed.copy_from_slice(&seed[..8]);
        let settings = MediaSettings {
            advertised: advertised.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip()),
            timeout: config.sip.as_ref().and_then(|sip| sip.media_timeout),
            tones: tones(config.node.country),
            seed: u64::from_ne_bytes(session_seed),
        };
        let (address, range) = match &config.sip {
            Some(sip) => (sip.listen.ip(), sip.rtp_ports.clone()),
            None => (IpAddr::V4(Ipv4Addr::LOCALHOST), 16384..=32767),
        };
        let engine = Engine::start(EngineSettings::default())?;
        let media = MediaPlane::new(engine, PortAllocator::new(address, range)?, settings);
        Ok(Self {
            config,
            started: Instant::now(),
            core,
            trunks,
            edge,
            media,
            records,
            trunk_of: BTreeMap::new(),
            from_trunks: VecDeque::new(),
            from_edge: VecDeque::new(),
            transmits: VecDeque::new(),
            transmits_dropped: 0,
            opened: Vec::new(),
            shutting_down: false,
            drained: false,
        })
    }
}

pub(super) fn tones(country: config::Country) -> &'static dsp::ProgressTones {
    let name = match country {
        config::Country::Etsi => "etsi",
        config::Country::Us => "us",
    };
    dsp::progress(name).unwrap_or(&dsp::PROGRESS[0])
}

fn slot_set(slots: &[u8]) -> SlotSet {
    slots
        .iter()
        .filter_map(|slot| Slot::new(*slot))
        .fold(SlotSet::EMPTY, SlotSet::with)
}

fn owed_slots(span: &config::Span, owed: &[OwedRestart]) -> SlotSet {
    let slots: Vec<u8> = owed
        .iter()
        .filter(|owed| *owed.span == *span.name)
        .map(|owed| owed.slot)
        .collect();
    slot_set(&slots)
}

pub(super) fn trunk_config(span: &config::Span) -> TrunkConfig {
    let side = match span.side {
        Side::User => q931::Side::User,
        Side::Network => q931::Side::Network,
    };
    let channels = slot_set(&span.channels);
    let mut q921 = q921::Config::pri(side);
    let mut q931 = q931::Config::e1(side);
    q931.slots = q931::Slots::from_bits(channels.bits());
    q931.report_harmless_faults = span.report_harmless_faults;
    for (name, value) in &span.timers {
        match name.as_str() {
            "t200" => q921.t200 = *value,
            "t203" => q921.t203 = *value,
            other => set_timer(&mut q931.timers, other, *value),
        }
    }
    if let Some(n200) = span.n200 {
        q921.n200 = u32::from(n200);
    }
    if let Some(k) = span.k {
        q921.k = k;
    }
    TrunkConfig {
        name: span.name.clone(),
        address: match &span.address {
            config::SpanAddress::Served { socket, span } => tdm::SpanAddress::Emulated {
                socket: socket.clone(),
                span: span.clone(),
            },
            config::SpanAddress::Device(path) => tdm::SpanAddress::Node(path.clone()),
        },
        d_channel: Slot::new(span.d_channel).unwrap_or(DEFAULT_D),
        channels,
        law: match span.law {
            config::Law::Alaw => g711::Law::A,
            config::Law::Ulaw => g711::Law::Mu,
        },
        idle: span.idle_code,
        overlap: span.overlap,
        tones: span.tones,
        q921,
        q931,
    }
}

/// An E1's D channel; the configuration has checked that the slot exists.
const DEFAULT_D: Slot = match Slot::new(16) {
    Some(slot) => slot,
    None => unreachable!(),
};

fn set_timer(timers: &mut Timers, name: &str, value: Duration) {
    let timer = match name {
        "t301" => Timer::T301,
        "t302" => Timer::T302,
        "t303" => Timer::T303,
        "t304" => Timer::T304,
        "t305" => Timer::T305,
        "t306" => Timer::T306,
        "t308" => Timer::T308,
        "t309" => Timer::T309,
        "t310" => Timer::T310,
        "t313" => Timer::T313,
        "t316" => Timer::T316,
        "t317" => Timer::T317,
        "t322" => Timer::T322,
        // The configuration takes no other names.
        _ => return,
    };
    timers.set(timer, Some(value));
}

/// Our address as peers see it: as configured, as bound, or as the system would send from towards the first peer.
fn advertised(
    config: &Config,
    sip: &config::Sip,
    bound: SocketAddr,
) -> Result<SocketAddr, StartError> {
    let address = match sip.advertised {
        Some(address) => address,
        None if !bound.ip().is_unspecified() => bound.ip(),
        None => config
            .peers
            .iter()
            .find_map(|peer| source_towards(peer.address))
            .ok_or(StartError::Advertised(sip.listen))?,
    };
    Ok(SocketAddr::new(address, bound.port()))
}

/// The address that packets to `peer` leave from. Nothing is sent.
fn source_towards(peer: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr = if peer.is_ipv4() {
        Ipv4Addr::UNSPECIFIED.into()
    } else {
        std::net::Ipv6Addr::UNSPECIFIED.into()
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(peer).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

fn edge(config: &Config, bound: SocketAddr, advertised: SocketAddr, seed: [u8; 32]) -> Edge {
    let mut session = sip_session::Config {
        product: config.node.name.clone(),
        advertised: Some(Advertised {
            host: advertised.ip().into(),
            port: Some(advertised.port()),
        }),
        ..sip_session::Config::default()
    };
    session.bounds.sessions = config.calls.limits.legs;
    if let Some(sip) = &config.sip {
        session.bounds.transactions = usize::try_from(sip.max_transactions).unwrap_or(usize::MAX);
    }
    Edge::new(
        Endpoint::new(session, seed),
        bound,
        advertised,
        sip_peers(config),
        config.plan.causes().clone(),
    )
}

pub(super) fn sip_peers(config: &Config) -> Peers {
    Peers(config.peers.iter().map(peer).collect())
}

fn peer(peer: &config::Peer) -> Peer {
    let codec = |codec: &config::Codec| match codec {
        config::Codec::Pcma => sdp::Codec::Pcma,
        config::Codec::Pcmu => sdp::Codec::Pcmu,
    };
    let millis = u8::try_from(peer.ptime.as_millis()).unwrap_or(20);
    Peer {
        name: peer.name.clone(),
        address: peer.address,
        sources: peer.sources.clone(),
        stream: Stream {
            codecs: peer.codecs.iter().map(codec).collect(),
            packet_time: PacketTime::from_millis(millis).unwrap_or(PacketTime::DEFAULT),
            telephone_event: peer.telephone_event.then_some(101),
            symmetric: true,
        },
        trusted: peer.trusted,
        options_interval: peer.options_interval,
    }
}
