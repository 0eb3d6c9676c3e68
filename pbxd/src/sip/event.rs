// SPDX-License-Identifier: MIT OR Apache-2.0
//! Events of the endpoint as reports.

use super::command::local_offer;
use super::edge::{Edge, EdgeReport};
use super::translate;
use crate::media::MediaPlane;
use pbx_core::{Bearer, Cause, LegEvent, LegId, LegTraits, Origin, Setup};
use sdp::{Description, Direction};
use sip_msg::Body;
use sip_session::{EndCause, Event, IncomingCall, Progress, SessionId};
use std::time::Duration;
use tracing::{info, warn};

/// The media type of session descriptions.
const SDP: &str = "application/sdp";

impl Edge {
    pub(super) fn event(
        &mut self,
        now: Duration,
        event: Event,
        media: &mut MediaPlane,
        reports: &mut Vec<EdgeReport>,
    ) {
        match event {
            Event::Incoming { session, call } => self.incoming(now, session, &call, reports),
            Event::Progress { session, progress } => {
                self.progress(session, *progress, media, reports)
            }
            Event::Answered { session, body, .. } => {
                self.answered(now, session, body.as_ref(), media, reports)
            }
            Event::Confirmed { session, body } => {
                self.confirmed(now, session, body.as_ref(), media)
            }
            Event::Reoffer { session, body } => self.reoffer(now, session, body.as_ref(), media),
            Event::ReofferWithdrawn { session } => {
                if let Some(negotiator) = self
                    .sessions
                    .get(&session)
                    .and_then(|leg| media.negotiator(*leg))
                {
                    negotiator.refuse_offer();
                }
            }
            Event::Response {
                request, response, ..
            } => self.peer_answered(request, response.is_some(), reports),
            Event::Ended { session, cause } => self.ended(session, &cause, reports),
            _ => {}
        }
    }

    fn incoming(
        &mut self,
        now: Duration,
        session: SessionId,
        call: &IncomingCall,
        reports: &mut Vec<EdgeReport>,
    ) {
        let Some(peer) = self.peers.of(call.remote) else {
            self.strangers += 1;
            info!(remote = %call.remote, "INVITE from an address that belongs to no peer");
            self.refuse(now, session, 403);
            return;
        };
        let offer = match call.offer.as_ref().map(read) {
            None => None,
            Some(Ok(description)) => Some(Box::new(description)),
            Some(Err(error)) => {
                info!(peer = %peer.name, %error, "INVITE with an unreadable description");
                self.refuse(now, session, 400);
                return;
            }
        };
        let Some(called) = translate::called(&call.request_uri) else {
            info!(peer = %peer.name, uri = %call.request_uri, "INVITE whose Request-URI holds no number");
            self.refuse(now, session, 404);
            return;
        };
        let setup = Setup {
            leg: LegId(0),
            origin: Origin::Peer(peer.name.clone()),
            called,
            sending_complete: true,
            calling: translate::calling(call, peer),
            bearer: Bearer::Audio3k1,
            media: None,
            traits: LegTraits {
                wants_tones: false,
                tones_after_disconnect: false,
            },
        };
        let peer = peer.name.clone();
        reports.push(EdgeReport::Incoming {
            session,
            setup: Box::new(setup),
            peer,
            offer,
        });
    }

    /// Refuses a session that has no leg; the reason is the cause that the status would mean to us.
    pub(crate) fn refuse(&mut self, now: Duration, session: SessionId, status: u16) {
        let reason = translate::reason(self.causes.cause(status, None));
        if self
            .endpoint
            .reject(now, session, status, &[reason])
            .is_err()
        {
            self.refused_requests += 1;
        }
    }

    fn progress(
        &mut self,
        session: SessionId,
        progress: Progress,
        media: &mut MediaPlane,
        reports: &mut Vec<EdgeReport>,
    ) {
        let Some(leg) = self.sessions.get(&session).copied() else {
            return;
        };
        let inband = match &progress.body {
            Some(body) => self.take_answer(leg, body, progress.branch.as_deref(), media),
            None => false,
        };
        let event = match progress.status {
            180 => LegEvent::Alerting { inband },
            _ if inband => LegEvent::Progress {
                inband,
                cause: None,
            },
            _ => LegEvent::Proceeding,
        };
        reports.push(EdgeReport::Leg(leg, event));
    }

    /// Takes an answer that came with a provisional response; early media of one branch only.
    fn take_answer(
        &mut self,
        leg: LegId,
        body: &Body,
        branch: Option<&str>,
        media: &mut MediaPlane,
    ) -> bool {
        let Some(record) = self.legs.get_mut(&leg) else {
            return false;
        };
        if record.branch.is_some() && record.branch.as_deref() != branch {
            return false;
        }
        record.branch = branch.map(str::to_owned);
        apply_answer(leg, body, media)
    }

    fn answered(
        &mut self,
        now: Duration,
        session: SessionId,
        body: Option<&Body>,
        media: &mut MediaPlane,
        reports: &mut Vec<EdgeReport>,
    ) {
        let Some(leg) = self.sessions.get(&session).copied() else {
            return;
        };
        if let Some(record) = self.legs.get_mut(&leg) {
            record.answered = true;
        }
        let usable = match body {
            Some(body) => apply_answer(leg, body, media),
            None => media.is_agreed(leg),
        };
        if usable {
            reports.push(EdgeReport::Leg(leg, LegEvent::Answered));
        } else {
            warn!(?leg, "2xx without a usable answer to our offer");
            self.give_up(now, leg, Cause::INCOMPATIBLE);
        }
    }

    /// The ACK came. To an INVITE without an offer it brings the answer to ours.
    fn confirmed(
        &mut self,
        now: Duration,
        session: SessionId,
        body: Option<&Body>,
        media: &mut MediaPlane,
    ) {
        let Some(leg) = self.sessions.get(&session).copied() else {
            return;
        };
        let Some(record) = self.legs.get_mut(&leg) else {
            return;
        };
        if !std::mem::take(&mut record.offer_in_answer) {
            return;
        }
        let usable = body.is_some_and(|body| apply_answer(leg, body, media));
        if !usable {
            warn!(?leg, "ACK without a usable answer to our offer");
            self.give_up(now, leg, Cause::INCOMPATIBLE);
        }
    }

    fn reoffer(
        &mut self,
        now: Duration,
        session: SessionId,
        body: Option<&Body>,
        media: &mut MediaPlane,
    ) {
        let Some(leg) = self.sessions.get(&session).copied() else {
            return;
        };
        let Some(body) = body else {
            let offer = local_offer(leg, media);
            if let Some(record) = self.legs.get_mut(&leg) {
                record.offer_in_answer = true;
            }
            self.check(|edge| edge.endpoint.accept_offer(now, session, offer, &[]));
            return;
        };
        let answer = media.negotiator(leg).ok_or(500).and_then(|negotiator| {
            let description = read(body).map_err(|_| 400_u16)?;
            negotiator
                .answer(&description, Direction::SendRecv)
                .map_err(|error| match error {
                    sdp::Error::State { .. } => 491,
                    sdp::Error::Malformed(_) => 400,
                    _ => 488,
                })
        });
        match answer {
            Ok((description, agreed)) => {
                media.agreed(leg, agreed);
                let body = Body::sdp(description.to_bytes());
                self.check(|edge| edge.endpoint.accept_offer(now, session, Some(body), &[]));
            }
            Err(status) => self.check(|edge| edge.endpoint.reject_offer(now, session, status, &[])),
        }
    }

    fn ended(&mut self, session: SessionId, cause: &EndCause, reports: &mut Vec<EdgeReport>) {
        let Some(leg) = self.sessions.remove(&session) else {
            return;
        };
        let Some(record) = self.legs.remove(&leg) else {
            return;
        };
        let theirs = translate::end_cause(cause, &self.causes);
        let ours = matches!(
            cause,
            EndCause::Hangup | EndCause::Rejected(_) | EndCause::Withdrawn
        );
        let cause = match record.clearing {
            Some(clearing) if ours => clearing,
            _ => theirs,
        };
        reports.push(EdgeReport::Leg(leg, LegEvent::Cleared { cause }));
    }

    fn give_up(&mut self, now: Duration, leg: LegId, cause: Cause) {
        let Some(record) = self.legs.get_mut(&leg) else {
            return;
        };
        record.clearing = Some(cause);
        let session = record.session;
        self.check(|edge| {
            edge.endpoint
                .hangup(now, session, &[translate::reason(cause)])
        });
    }

    fn check(&mut self, request: impl FnOnce(&mut Self) -> Result<(), sip_session::Error>) {
        if request(self).is_err() {
            self.refused_requests += 1;
        }
    }
}

fn read(body: &Body) -> Result<Description, sdp::ParseError> {
    Description::parse(body.find(SDP).unwrap_or(&[]))
}

fn apply_answer(leg: LegId, body: &Body, media: &mut MediaPlane) -> bool {
    let Some(negotiator) = media.negotiator(leg) else {
        return false;
    };
    match read(body)
        .map_err(sdp::Error::from)
        .and_then(|answer| negotiator.apply_answer(&answer))
    {
        Ok(agreed) => {
            media.agreed(leg, agreed);
            true
        }
        Err(error) => {
            info!(?leg, %error, "answer cannot be used");
            false
        }
    }
}
