// SPDX-License-Identifier: MIT OR Apache-2.0
//! One endpoint: an RTP stream with its offer/answer state on one side, a slot on the other.
//!
//! It belongs to a call, outlives the choice of another slot or target, and says at any time what the engine's channel
//! should be like.

use media_engine::{ChannelId, Direction, Media, PortPair, SpanId, Tone};
use pbx_core::{LegId, Path};
use sdp::{Codec, LocalAudio, LocalError, Negotiated, Negotiator, PacketTime, Preference};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tdm::{Slot, Transmit};

/// What a SIP peer's streams are like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    /// Codecs in order of preference.
    pub(crate) codecs: Vec<Codec>,
    /// The packet time to ask for.
    pub(crate) packet_time: PacketTime,
    /// The payload type of telephone events, if they are offered.
    pub(crate) telephone_event: Option<u8>,
    /// Learn the address from what arrives.
    pub(crate) symmetric: bool,
}

impl Default for Stream {
    fn default() -> Self {
        Self {
            codecs: vec![Codec::Pcma, Codec::Pcmu],
            packet_time: PacketTime::DEFAULT,
            telephone_event: Some(101),
            symmetric: true,
        }
    }
}

/// The shortest packet time.
const SHORTEST_MS: u8 = 10;

/// Why an endpoint cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamError {
    /// No ports.
    #[error(transparent)]
    Ports(#[from] media_engine::PortError),
    /// The sockets.
    #[error("RTP sockets: {0}")]
    Socket(#[from] std::io::Error),
    /// The description.
    #[error(transparent)]
    Local(#[from] LocalError),
}

/// The slot under an endpoint, not yet in use by a channel.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) leg: LegId,
    pub(super) span: SpanId,
    pub(super) slot: Slot,
    pub(super) transmit: Option<Transmit>,
    pub(super) law: g711::Law,
}

/// One endpoint.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) ports: PortPair,
    pub(super) negotiator: Negotiator,
    pub(super) negotiated: Option<Negotiated>,
    symmetric: bool,
    /// The leg on the RTP side is the calling one.
    pub(super) rtp_calls: bool,
    pub(super) path: Option<Path>,
    pub(super) tone: Option<Tone>,
    pub(super) place: Option<Place>,
    pub(super) channel: Option<ChannelId>,
    /// Legs that use it.
    pub(super) legs: Vec<LegId>,
    /// The endpoint of the other trunk, in a call between two: each is the other's RTP far end.
    pub(super) partner: Option<u64>,
}

impl Endpoint {
    pub(super) fn new(
        ports: PortPair,
        advertised: IpAddr,
        stream: &Stream,
        session: u64,
    ) -> Result<Self, StreamError> {
        let local = local_audio(advertised, ports.local()?.port(), stream)?;
        Ok(Self {
            ports,
            negotiator: Negotiator::new(local, session, 1),
            negotiated: None,
            symmetric: stream.symmetric,
            rtp_calls: false,
            path: None,
            tone: None,
            place: None,
            channel: None,
            legs: Vec::new(),
            partner: None,
        })
    }

    /// Becomes the stream of another peer.
    pub(super) fn set_stream(
        &mut self,
        advertised: IpAddr,
        stream: &Stream,
    ) -> Result<(), StreamError> {
        let local = local_audio(advertised, self.ports.local()?.port(), stream)?;
        self.negotiator.set_local(local);
        self.symmetric = stream.symmetric;
        Ok(())
    }

    /// Goes to another endpoint of ours instead of a peer, in the packet time that delays least. `law` is one of the
    /// two lines', so that octets cross unchanged wherever both have the same.
    pub(super) fn join_endpoint(&mut self, key: u64, rtp: SocketAddr, law: g711::Law) {
        let codec = match law {
            g711::Law::A => Codec::Pcma,
            g711::Law::Mu => Codec::Pcmu,
        };
        self.partner = Some(key);
        self.symmetric = false;
        self.negotiated = Some(Negotiated {
            rtp: Some(rtp),
            rtcp: Some(SocketAddr::new(rtp.ip(), rtp.port().saturating_add(1))),
            codec,
            send_payload_type: codec.static_payload_type(),
            receive: vec![(codec.static_payload_type(), codec)],
            telephone_event: None,
            packet_time: PacketTime::from_millis(SHORTEST_MS).unwrap_or(PacketTime::DEFAULT),
            direction: sdp::Direction::SendRecv,
        });
    }

    /// The other endpoint is gone.
    pub(super) fn part(&mut self) {
        self.partner = None;
        self.negotiated = None;
    }

    /// Where another endpoint of this host reaches this one.
    pub(super) fn own_address(&self) -> std::io::Result<SocketAddr> {
        let local = self.ports.local()?;
        let ip = match local.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        Ok(SocketAddr::new(ip, local.port()))
    }

    /// Whether a channel is needed now.
    pub(super) fn wants_channel(&self) -> bool {
        self.tone.is_some() || (self.path.is_some() && self.negotiated.is_some())
    }

    /// What the channel should be like. `timeout` applies while media may come from the far end.
    pub(super) fn media(&self, timeout: Option<Duration>) -> Media {
        let Some(agreed) = &self.negotiated else {
            return Media {
                direction: Direction::Inactive,
                timeout: None,
                ..Media::default()
            };
        };
        let (caller_to_callee, callee_to_caller) = match self.path {
            None => (false, false),
            Some(Path::Backward) => (false, true),
            Some(Path::Both) => (true, true),
        };
        let (to_line, to_rtp) = if self.rtp_calls {
            (caller_to_callee, callee_to_caller)
        } else {
            (callee_to_caller, caller_to_callee)
        };
        let direction = match (
            to_rtp && agreed.direction.sends(),
            to_line && agreed.direction.receives(),
        ) {
            (true, true) => Direction::SendReceive,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::ReceiveOnly,
            (false, false) => Direction::Inactive,
        };
        Media {
            direction,
            remote: agreed.rtp,
            remote_rtcp: agreed.rtcp,
            law: match agreed.codec {
                Codec::Pcma => g711::Law::A,
                Codec::Pcmu => g711::Law::Mu,
            },
            packet_time: agreed.packet_time.millis(),
            event_payload_type: agreed.telephone_event.map(|event| event.receive),
            symmetric: self.symmetric,
            timeout: timeout.filter(|_| direction.receives() && self.path == Some(Path::Both)),
        }
    }
}

fn local_audio(advertised: IpAddr, port: u16, stream: &Stream) -> Result<LocalAudio, LocalError> {
    LocalAudio::new(advertised, port, &stream.codecs)?
        .with_preference(Preference::Local)
        .with_packet_time(stream.packet_time)
        .with_telephone_event(stream.telephone_event)
}
