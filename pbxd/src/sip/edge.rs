// SPDX-License-Identifier: MIT OR Apache-2.0
//! The endpoint, its socket's address, and the legs on its sessions.

use super::peer::Peers;
use super::watch::Watch;
use crate::media::MediaPlane;
use pbx_core::{Cause, CauseMap, LegEvent, LegId, Setup};
use sip_session::{Endpoint, Output, SessionId, Transmit};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// What the SIP edge tells call control.
#[derive(Debug)]
pub(crate) enum EdgeReport {
    /// A peer calls; the leg's id is still to be given, and the endpoint of its media: [`Edge::attach`].
    Incoming {
        /// The session.
        session: SessionId,
        /// What it says, but for leg and media.
        setup: Box<Setup>,
        /// The name of the peer, and its offer.
        peer: pbx_core::Name,
        /// The body of the INVITE that describes media.
        offer: Option<Box<sdp::Description>>,
    },
    /// A leg's event.
    Leg(LegId, LegEvent),
    /// A peer stopped answering, or answers again.
    Peer(pbx_core::Name, bool),
    /// Something to send.
    Transmit(Transmit),
}

/// A leg on a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SipLeg {
    pub(super) session: SessionId,
    /// The peer called us.
    pub(super) incoming: bool,
    /// A 2xx went out or came in.
    pub(super) answered: bool,
    /// We have put our own offer into the 2xx, and the ACK brings the answer.
    pub(super) offer_in_answer: bool,
    /// The cause that our own clearing carries.
    pub(super) clearing: Option<Cause>,
    /// The far branch whose early media is taken.
    pub(super) branch: Option<String>,
}

/// The SIP edge.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(super) endpoint: Endpoint,
    /// Our socket's address.
    pub(super) local: SocketAddr,
    /// Our address as peers see it.
    pub(super) advertised: SocketAddr,
    pub(super) peers: Peers,
    pub(super) causes: CauseMap,
    pub(super) legs: BTreeMap<LegId, SipLeg>,
    pub(super) sessions: BTreeMap<SessionId, LegId>,
    pub(super) watch: Watch,
    /// INVITEs from addresses that belong to no peer.
    pub(crate) strangers: u64,
    /// Requests to the endpoint that it refused, because the far end was faster.
    pub(crate) refused_requests: u64,
}

impl Edge {
    pub(crate) fn new(
        endpoint: Endpoint,
        local: SocketAddr,
        advertised: SocketAddr,
        peers: Peers,
        causes: CauseMap,
    ) -> Self {
        let watch = Watch::new(&peers);
        Self {
            endpoint,
            local,
            advertised,
            peers,
            causes,
            legs: BTreeMap::new(),
            sessions: BTreeMap::new(),
            watch,
            strangers: 0,
            refused_requests: 0,
        }
    }

    /// The endpoint, for its figures.
    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The peers.
    pub(crate) fn peers(&self) -> &Peers {
        &self.peers
    }

    /// Takes other peers and causes. Sessions go on; a peer that stays as it was keeps what is known of it.
    pub(crate) fn set_peers(
        &mut self,
        peers: Peers,
        causes: CauseMap,
        reports: &mut Vec<EdgeReport>,
    ) {
        let unwatched = self.watch.follow(&self.peers, &peers);
        reports.extend(
            unwatched
                .into_iter()
                .map(|name| EdgeReport::Peer(name, true)),
        );
        self.peers = peers;
        self.causes = causes;
    }

    /// No more calls from peers, or calls again.
    pub(crate) fn set_accepting(&mut self, accepting: bool) {
        self.endpoint.set_accepting(accepting);
    }

    /// A datagram came.
    pub(crate) fn input(&mut self, now: Duration, source: SocketAddr, octets: &[u8]) {
        self.endpoint
            .input_datagram(now, source, self.local, octets);
    }

    /// When [`Edge::handle_timeout`] wants to be called, at the latest.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        [self.endpoint.poll_timeout(), self.watch.next()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Runs what is due.
    pub(crate) fn handle_timeout(&mut self, now: Duration) {
        if self.endpoint.poll_timeout().is_some_and(|due| due <= now) {
            self.endpoint.handle_timeout(now);
        }
        self.ask_peers(now);
    }

    /// Gives an incoming session its leg.
    pub(crate) fn attach(&mut self, session: SessionId, leg: LegId) {
        self.insert(session, leg, true);
    }

    pub(super) fn insert(&mut self, session: SessionId, leg: LegId, incoming: bool) {
        let record = SipLeg {
            session,
            incoming,
            answered: false,
            offer_in_answer: false,
            clearing: None,
            branch: None,
        };
        self.legs.insert(leg, record);
        self.sessions.insert(session, leg);
    }

    /// Takes what the endpoint wants done.
    pub(crate) fn drain(
        &mut self,
        now: Duration,
        media: &mut MediaPlane,
        reports: &mut Vec<EdgeReport>,
    ) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Transmit(transmit) => reports.push(EdgeReport::Transmit(transmit)),
                Output::Event(event) => self.event(now, event, media, reports),
            }
        }
    }
}
