// SPDX-License-Identifier: MIT OR Apache-2.0
//! All endpoints, and their channels in the engine.

use super::endpoint::{Endpoint, Place, Stream, StreamError};
use media_engine::{
    ChannelConfig, ChannelId, ChannelStats, Engine, EngineError, EventKind, PortAllocator, SpanId,
    Tone,
};
use pbx_core::{LegId, MediaRef, Name, Path};
use sdp::{Negotiated, Negotiator};
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::BorrowedFd;
use std::time::Duration;
use tdm::{Span, Transmit};
use tracing::{debug, info, warn};

/// What all endpoints share.
#[derive(Clone, Debug)]
pub(crate) struct MediaSettings {
    /// The address that descriptions give.
    pub(crate) advertised: IpAddr,
    /// Report a stream from which nothing came for this long.
    pub(crate) timeout: Option<Duration>,
    /// The country's tones.
    pub(crate) tones: &'static dsp::ProgressTones,
    /// Seed of session ids in descriptions.
    pub(crate) seed: u64,
}

/// What the media plane tells call control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaReport {
    /// Nothing came from the far end for the time allowed; the leg is one of the endpoint's.
    Timeout(LegId),
}

/// All endpoints.
#[derive(Debug)]
pub(crate) struct MediaPlane {
    engine: Engine,
    ports: PortAllocator,
    settings: MediaSettings,
    spans: BTreeMap<Name, SpanId>,
    endpoints: BTreeMap<u64, Endpoint>,
    legs: BTreeMap<LegId, MediaRef>,
    channels: HashMap<ChannelId, MediaRef>,
    next: u64,
    /// Channels that were wanted and could not be opened.
    pub(crate) failures: u64,
    /// The sum of the figures of all channels that were closed.
    pub(crate) totals: Totals,
}

/// Figures of closed channels, added up.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) channels: u64,
    pub(crate) sent_packets: u64,
    pub(crate) sent_octets: u64,
    pub(crate) sent_copied: u64,
    pub(crate) sent_late: u64,
    pub(crate) sent_missed: u64,
    pub(crate) sent_lost: u64,
    pub(crate) received_packets: u64,
    pub(crate) received_octets: u64,
    pub(crate) received_copied: u64,
    pub(crate) lost_packets: u64,
    pub(crate) late_frames: u64,
}

impl Totals {
    fn add(&mut self, stats: &ChannelStats) {
        self.channels += 1;
        self.sent_packets += stats.to_rtp.packets;
        self.sent_octets += stats.to_rtp.octets;
        self.sent_copied += stats.to_rtp.copied;
        self.sent_late += stats.to_rtp.late;
        self.sent_missed += stats.to_rtp.missed;
        self.sent_lost += stats.to_rtp.lost;
        self.received_packets += stats.from_rtp.packets;
        self.received_octets += stats.from_rtp.octets;
        self.received_copied += stats.from_rtp.copied;
        self.lost_packets += u64::try_from(stats.from_rtp.lost).unwrap_or(0);
        self.late_frames += stats.from_rtp.late_frames;
    }
}

impl MediaPlane {
    pub(crate) fn new(engine: Engine, ports: PortAllocator, settings: MediaSettings) -> Self {
        Self {
            engine,
            ports,
            settings,
            spans: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            legs: BTreeMap::new(),
            channels: HashMap::new(),
            next: 1,
            failures: 0,
            totals: Totals::default(),
        }
    }

    /// The engine, for its figures.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Changes what may change while calls are up; it concerns channels to come.
    pub(crate) fn set_options(
        &mut self,
        timeout: Option<Duration>,
        tones: &'static dsp::ProgressTones,
    ) {
        self.settings.timeout = timeout;
        self.settings.tones = tones;
    }

    /// A span can carry media from now on.
    pub(crate) fn attach(&mut self, name: &Name, span: &Span) {
        match self.engine.attach_span(span.clone()) {
            Ok(id) => {
                self.spans.insert(name.clone(), id);
            }
            Err(error) => warn!(span = %name, %error, "span cannot carry media"),
        }
    }

    /// The span is gone, and what was on it.
    pub(crate) fn detach(&mut self, name: &Name) {
        let Some(span) = self.spans.remove(name) else {
            return;
        };
        let lost: Vec<u64> = self
            .endpoints
            .iter()
            .filter(|(_, endpoint)| {
                endpoint
                    .place
                    .as_ref()
                    .is_some_and(|place| place.span == span)
            })
            .map(|(key, _)| *key)
            .collect();
        for key in lost {
            self.close_channel(MediaRef(key));
        }
        if let Err(error) = self.engine.detach_span(span) {
            warn!(span = %name, %error, "span cannot be taken from its media worker");
        }
    }

    /// An endpoint for a new call whose first leg this is. `rtp_calls`: it is on the RTP side.
    pub(crate) fn create(
        &mut self,
        leg: LegId,
        stream: &Stream,
        rtp_calls: bool,
    ) -> Result<MediaRef, StreamError> {
        let media = MediaRef(self.next);
        let session = self.settings.seed.wrapping_add(self.next) >> 2;
        let mut endpoint = Endpoint::new(
            self.ports.pair()?,
            self.settings.advertised,
            stream,
            session,
        )?;
        self.next += 1;
        endpoint.rtp_calls = rtp_calls;
        endpoint.legs.push(leg);
        self.endpoints.insert(media.0, endpoint);
        self.legs.insert(leg, media);
        Ok(media)
    }

    /// Another leg of the call uses the endpoint; on the RTP side with the stream of its peer.
    pub(crate) fn join(
        &mut self,
        leg: LegId,
        media: MediaRef,
        stream: Option<&Stream>,
    ) -> Result<(), StreamError> {
        if let Some(endpoint) = self.endpoints.get_mut(&media.0) {
            if let Some(stream) = stream {
                endpoint.set_stream(self.settings.advertised, stream)?;
            }
            endpoint.legs.push(leg);
            self.legs.insert(leg, media);
        }
        Ok(())
    }

    /// An endpoint for the called leg of a call between two trunks. The two endpoints send to each other over this host's own
    /// address: what one takes from its line reaches the other as from a peer.
    pub(crate) fn join_trunk(
        &mut self,
        leg: LegId,
        media: MediaRef,
        law: g711::Law,
    ) -> Result<(), StreamError> {
        let other = self.create(leg, &Stream::default(), true)?;
        let address = |key: u64| -> Result<Option<SocketAddr>, StreamError> {
            let endpoint = self.endpoints.get(&key);
            Ok(endpoint.map(Endpoint::own_address).transpose()?)
        };
        let ends = (address(media.0)?, address(other.0)?);
        if let (Some(calling), Some(called)) = ends {
            if let Some(endpoint) = self.endpoints.get_mut(&media.0) {
                endpoint.join_endpoint(other.0, called, law);
            }
            if let Some(endpoint) = self.endpoints.get_mut(&other.0) {
                endpoint.join_endpoint(media.0, calling, law);
            }
        }
        Ok(())
    }

    /// Whether the RTP side of an endpoint is the calling one.
    pub(crate) fn rtp_calls(&self, media: MediaRef) -> Option<bool> {
        self.endpoints
            .get(&media.0)
            .map(|endpoint| endpoint.rtp_calls)
    }

    /// The endpoint of a leg.
    pub(crate) fn of(&self, leg: LegId) -> Option<MediaRef> {
        self.legs.get(&leg).copied()
    }

    /// Puts the leg's endpoint on a slot, in place of an earlier one.
    pub(crate) fn place(&mut self, leg: LegId, span: &Name, transmit: Transmit, law: g711::Law) {
        let Some(media) = self.of(leg) else { return };
        let Some(span) = self.spans.get(span).copied() else {
            return;
        };
        let slot = transmit.slot();
        let stays = |place: &Place| place.span == span && place.slot == slot && place.leg == leg;
        if self
            .endpoints
            .get(&media.0)
            .and_then(|endpoint| endpoint.place.as_ref())
            .is_some_and(stays)
        {
            return;
        }
        self.close_channel(media);
        if let Some(endpoint) = self.endpoints.get_mut(&media.0) {
            endpoint.place = Some(Place {
                leg,
                span,
                slot,
                transmit: Some(transmit),
                law,
            });
        }
        self.update(media);
    }

    /// Connects the two sides of the legs' endpoint.
    pub(crate) fn connect(&mut self, caller: LegId, path: Option<Path>) {
        self.change(caller, |endpoint| endpoint.path = path);
        let partner = self.of(caller).and_then(|media| self.partner(media));
        if let Some(endpoint) = partner.and_then(|other| self.endpoints.get_mut(&other.0)) {
            endpoint.path = path;
        }
        if let Some(other) = partner {
            self.update(other);
        }
    }

    /// Plays a tone towards the line, or none.
    pub(crate) fn tone(&mut self, leg: LegId, tone: Option<Tone>) {
        self.change(leg, |endpoint| endpoint.tone = tone);
    }

    /// The offer/answer machine of the leg's endpoint.
    pub(crate) fn negotiator(&mut self, leg: LegId) -> Option<&mut Negotiator> {
        let media = self.of(leg)?;
        self.endpoints
            .get_mut(&media.0)
            .map(|endpoint| &mut endpoint.negotiator)
    }

    /// Whether offer and answer are complete.
    pub(crate) fn is_agreed(&self, leg: LegId) -> bool {
        self.of(leg)
            .and_then(|media| self.endpoints.get(&media.0))
            .is_some_and(|endpoint| endpoint.negotiated.is_some())
    }

    /// Offer and answer are complete.
    pub(crate) fn agreed(&mut self, leg: LegId, negotiated: Negotiated) {
        self.change(leg, |endpoint| {
            // A target that was given up may answer late, when the call has gone on to another trunk.
            if endpoint.partner.is_none() {
                endpoint.negotiated = Some(negotiated);
            }
        });
    }

    /// What was agreed ends with the leg that agreed it: another target begins anew.
    pub(crate) fn leg_over(&mut self, leg: LegId) {
        let Some(media) = self.legs.remove(&leg) else {
            return;
        };
        let Some(endpoint) = self.endpoints.get_mut(&media.0) else {
            return;
        };
        endpoint.legs.retain(|other| *other != leg);
        let placed = endpoint
            .place
            .as_ref()
            .is_some_and(|place| place.leg == leg);
        let over = endpoint.legs.is_empty();
        if placed || over {
            self.close_channel(media);
        }
        if over {
            let partner = self.partner(media);
            self.endpoints.remove(&media.0);
            if let Some(other) = partner {
                if let Some(endpoint) = self.endpoints.get_mut(&other.0) {
                    endpoint.part();
                }
                self.update(other);
            }
        }
    }

    /// The endpoint that this one goes to, if that goes to this one as well.
    fn partner(&self, media: MediaRef) -> Option<MediaRef> {
        let other = self.endpoints.get(&media.0)?.partner?;
        let back = self.endpoints.get(&other)?.partner?;
        (back == media.0).then_some(MediaRef(other))
    }

    /// Frees the offer/answer state for the next target of a call whose RTP side is the called one.
    pub(crate) fn renew(&mut self, media: MediaRef) {
        if let Some(endpoint) = self.endpoints.get_mut(&media.0) {
            self.next += 1;
            let session = self.settings.seed.wrapping_add(self.next) >> 2;
            endpoint.negotiator = Negotiator::new(endpoint.negotiator.local().clone(), session, 1);
            endpoint.part();
        }
        self.update(media);
    }

    /// A descriptor that can be read while there are events.
    pub(crate) fn event_fd(&self) -> BorrowedFd<'_> {
        self.engine.event_fd()
    }

    /// What happened in the engine.
    pub(crate) fn events(&mut self, reports: &mut Vec<MediaReport>) {
        while let Some(event) = self.engine.next_event() {
            let media = self.channels.get(&event.channel).copied();
            let leg = media
                .and_then(|media| self.endpoints.get(&media.0))
                .and_then(|endpoint| endpoint.legs.first())
                .copied();
            match event.kind {
                EventKind::MediaTimeout => {
                    if let Some(leg) = leg {
                        reports.push(MediaReport::Timeout(leg));
                    }
                }
                EventKind::Closed { stats } => {
                    self.channels.remove(&event.channel);
                    self.totals.add(&stats);
                    info!(
                        age = ?stats.age, sent = stats.to_rtp.packets, received = stats.from_rtp.packets,
                        lost = stats.from_rtp.lost, late_frames = stats.from_rtp.late_frames,
                        round_trip = ?stats.round_trip, "media channel closed"
                    );
                }
                EventKind::MediaResumed
                | EventKind::Goodbye
                | EventKind::Latched { .. }
                | EventKind::Dtmf { .. } => {
                    debug!(?leg, event = ?event.kind, "media event");
                }
            }
        }
    }

    fn change(&mut self, leg: LegId, change: impl FnOnce(&mut Endpoint)) {
        let Some(media) = self.of(leg) else { return };
        if let Some(endpoint) = self.endpoints.get_mut(&media.0) {
            change(endpoint);
        }
        self.update(media);
    }

    /// Makes the engine's channel what the endpoint says.
    fn update(&mut self, media: MediaRef) {
        let Some(endpoint) = self.endpoints.get_mut(&media.0) else {
            return;
        };
        let wanted = endpoint.media(self.settings.timeout);
        let result = match endpoint.channel {
            Some(channel) => {
                let tone = endpoint.tone;
                self.engine
                    .modify(channel, wanted)
                    .and_then(|()| self.engine.tone(channel, tone))
            }
            None if endpoint.wants_channel() => self.open_channel(media, wanted),
            None => Ok(()),
        };
        if let Err(error) = result {
            self.failures += 1;
            warn!(%error, "media channel");
        }
    }

    fn open_channel(
        &mut self,
        media: MediaRef,
        wanted: media_engine::Media,
    ) -> Result<(), EngineError> {
        let Some(endpoint) = self.endpoints.get_mut(&media.0) else {
            return Ok(());
        };
        let Some(place) = &mut endpoint.place else {
            return Ok(());
        };
        let Some(transmit) = place.transmit.take() else {
            return Ok(());
        };
        let sockets = endpoint.ports.try_clone().map_err(EngineError::Open)?;
        let channel = self.engine.open_channel(ChannelConfig {
            span: place.span,
            transmit,
            line_law: place.law,
            sockets,
            media: wanted,
            tones: self.settings.tones,
        })?;
        endpoint.channel = Some(channel);
        self.channels.insert(channel, media);
        match endpoint.tone {
            Some(tone) => self.engine.tone(channel, Some(tone)),
            None => Ok(()),
        }
    }

    fn close_channel(&mut self, media: MediaRef) {
        let Some(endpoint) = self.endpoints.get_mut(&media.0) else {
            return;
        };
        endpoint.place = None;
        if let Some(channel) = endpoint.channel.take() {
            if let Err(error) = self.engine.close(channel) {
                warn!(%error, "media channel cannot be closed");
            }
        }
    }
}
