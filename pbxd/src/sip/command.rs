// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands to a leg as requests to the endpoint.

use super::edge::{Edge, EdgeReport};
use super::translate;
use crate::media::MediaPlane;
use pbx_core::{Cause, Destination, Digits, LegCommand, LegEvent, LegId, Party};
use sdp::{Direction, State};
use sip_msg::Body;
use sip_session::{Error, Invite};
use std::time::Duration;
use tracing::{debug, info, warn};

impl Edge {
    /// Tells a leg on a session.
    pub(crate) fn command(
        &mut self,
        now: Duration,
        leg: LegId,
        command: &LegCommand,
        media: &mut MediaPlane,
        reports: &mut Vec<EdgeReport>,
    ) {
        let result = match command {
            LegCommand::PlaceCall {
                to,
                called,
                calling,
                ..
            } => {
                if let Err(cause) = self.place(now, leg, to, called, calling, media) {
                    reports.push(EdgeReport::Leg(leg, LegEvent::Failed { cause }));
                }
                Ok(())
            }
            LegCommand::Alerting { inband: true } | LegCommand::Progress { inband: true, .. } => {
                self.early_media(now, leg, media)
            }
            LegCommand::Alerting { inband: false } => self.ringing(now, leg),
            LegCommand::Answer => self.answer(now, leg, media),
            LegCommand::Clear { cause } | LegCommand::Disconnect { cause } => {
                self.clear(now, leg, *cause)
            }
            LegCommand::Abandon => {
                if let Some(record) = self.legs.remove(&leg) {
                    self.sessions.remove(&record.session);
                }
                Ok(())
            }
            // 100 went out with the session; a cause alone has no provisional response; digits come en bloc.
            LegCommand::Proceeding
            | LegCommand::Progress { inband: false, .. }
            | LegCommand::AssignChannel { .. }
            | LegCommand::RequestMoreDigits { .. } => Ok(()),
        };
        if let Err(error) = result {
            // The far end cleared while the command was on its way: its own event follows.
            self.refused_requests += 1;
            debug!(?leg, ?command, %error, "request refused");
        }
        self.drain(now, media, reports);
    }

    fn place(
        &mut self,
        now: Duration,
        leg: LegId,
        to: &Destination,
        called: &Digits,
        calling: &Party,
        media: &mut MediaPlane,
    ) -> Result<(), Cause> {
        let Destination::Peer(name) = to else {
            return Err(Cause::TEMPORARY_FAILURE);
        };
        let peer = self.peers.named(name).ok_or(Cause::TEMPORARY_FAILURE)?;
        let offer = media
            .negotiator(leg)
            .ok_or(Cause::RESOURCE_UNAVAILABLE)?
            .create_offer(Direction::SendRecv)
            .map_err(|error| {
                warn!(peer = %name, %error, "no offer can be made");
                Cause::TEMPORARY_FAILURE
            })?;
        let own = self.advertised;
        let mut invite = Invite::new(
            self.local,
            peer.address,
            translate::request_uri(called, peer),
            translate::from(calling, own),
        );
        invite.offer = Some(Body::sdp(offer.to_bytes()));
        invite.headers = translate::identity_headers(calling, own, peer.trusted);
        match self.endpoint.invite(now, invite) {
            Ok(session) => {
                self.insert(session, leg, false);
                Ok(())
            }
            Err(error) => {
                info!(peer = %name, %error, "call cannot be placed");
                Err(match error {
                    Error::Full(_) | Error::NotAccepting => Cause::CONGESTION,
                    _ => Cause::TEMPORARY_FAILURE,
                })
            }
        }
    }

    fn ringing(&mut self, now: Duration, leg: LegId) -> Result<(), Error> {
        let session = self.session(leg)?;
        self.endpoint.progress(now, session, 180, None, &[])
    }

    /// 183 with a description; to an INVITE without an offer, which has none to answer, 180.
    fn early_media(
        &mut self,
        now: Duration,
        leg: LegId,
        media: &mut MediaPlane,
    ) -> Result<(), Error> {
        let session = self.session(leg)?;
        match local_answer(leg, media) {
            Some(body) => self.endpoint.progress(now, session, 183, Some(body), &[]),
            None => self.endpoint.progress(now, session, 180, None, &[]),
        }
    }

    fn answer(&mut self, now: Duration, leg: LegId, media: &mut MediaPlane) -> Result<(), Error> {
        let session = self.session(leg)?;
        let (body, offers) = match local_answer(leg, media) {
            Some(body) => (Some(body), false),
            None => (local_offer(leg, media), true),
        };
        if let Some(record) = self.legs.get_mut(&leg) {
            record.answered = true;
            record.offer_in_answer = offers;
        }
        self.endpoint.answer(now, session, body, &[])
    }

    fn clear(&mut self, now: Duration, leg: LegId, cause: Cause) -> Result<(), Error> {
        let record = self.legs.get_mut(&leg).ok_or(Error::NoSession)?;
        record.clearing.get_or_insert(cause);
        let headers = [translate::reason(cause)];
        let session = record.session;
        if record.incoming && !record.answered {
            self.endpoint
                .reject(now, session, self.causes.status(cause), &headers)
        } else {
            self.endpoint.hangup(now, session, &headers)
        }
    }

    pub(super) fn session(&self, leg: LegId) -> Result<sip_session::SessionId, Error> {
        self.legs
            .get(&leg)
            .map(|record| record.session)
            .ok_or(Error::NoSession)
    }
}

/// The answer to the far end's offer; the same one again if it was given already.
fn local_answer(leg: LegId, media: &mut MediaPlane) -> Option<Body> {
    let negotiator = media.negotiator(leg)?;
    match negotiator.state() {
        State::HaveRemoteOffer => {
            let (description, agreed) = negotiator.create_answer(Direction::SendRecv).ok()?;
            media.agreed(leg, agreed);
            Some(Body::sdp(description.to_bytes()))
        }
        State::Stable => Some(Body::sdp(negotiator.sent()?.to_bytes())),
        State::Idle | State::HaveLocalOffer => None,
    }
}

/// An offer of ours, where the far end made none.
pub(super) fn local_offer(leg: LegId, media: &mut MediaPlane) -> Option<Body> {
    let description = media
        .negotiator(leg)?
        .create_offer(Direction::SendRecv)
        .ok()?;
    Some(Body::sdp(description.to_bytes()))
}
