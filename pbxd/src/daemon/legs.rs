// SPDX-License-Identifier: MIT OR Apache-2.0
//! What legs report, on its way to the call model.

use super::Daemon;
use crate::media::{MediaReport, Stream};
use crate::pri::{Report, Trunk};
use crate::sip::EdgeReport;
use pbx_core::{Cause, ChannelId, Input, LegEvent, LegId, Setup};
use q931::CallId;
use std::time::Duration;
use tdm::{Slot, SlotSet};
use tracing::{error, info, warn};

impl Daemon {
    pub(super) fn trunk_report(&mut self, now: Duration, index: usize, report: Report) {
        match report {
            Report::Incoming { call, setup, slot } => {
                self.incoming_on_trunk(now, index, call, *setup, slot)
            }
            Report::Leg(leg, event) => {
                if let LegEvent::ChannelAssigned { slot } = event {
                    self.place_media(index, leg, slot);
                }
                self.leg_event(now, leg, event);
            }
            Report::Channels(slots, outage, out) => self.outage(now, index, slots, outage, out),
            Report::Opened => {
                self.opened.push(index);
                if let Some((name, span)) = self
                    .trunks
                    .get(index)
                    .and_then(|trunk| Some((trunk.name(), trunk.span()?)))
                {
                    self.media.attach(name, span);
                }
            }
            Report::Restarts(slots, owed) => {
                let Some(trunk) = self.trunks.get(index) else {
                    return;
                };
                let numbers = slots.iter().map(Slot::number).collect();
                if let Err(error) = self.records.restarts(trunk.name().clone(), numbers, owed) {
                    error!(span = %trunk.name(), %error, "channels to restart");
                }
            }
            Report::Lost => {
                if let Some(trunk) = self.trunks.get(index) {
                    self.media.detach(trunk.name());
                }
            }
        }
    }

    fn outage(
        &mut self,
        now: Duration,
        index: usize,
        slots: SlotSet,
        outage: pbx_core::Outage,
        out: bool,
    ) {
        let Some(span) = self.trunks.get(index).map(|trunk| trunk.name().clone()) else {
            return;
        };
        for slot in slots.iter().map(Slot::number) {
            let channel = ChannelId {
                span: span.clone(),
                slot,
            };
            self.core.input(
                now,
                Input::Channel {
                    channel,
                    outage,
                    out,
                },
            );
        }
    }

    fn incoming_on_trunk(
        &mut self,
        now: Duration,
        index: usize,
        call: CallId,
        mut setup: Setup,
        slot: u8,
    ) {
        let leg = self.core.new_leg_id();
        setup.leg = leg;
        match self.media.create(leg, &Stream::default(), false) {
            Ok(media) => setup.media = Some(media),
            Err(error) => {
                warn!(%error, "no media for a call");
                self.with_trunk(index, |trunk, reports| {
                    trunk.refuse(now, call, Cause::RESOURCE_UNAVAILABLE);
                    trunk.drain(now, reports);
                });
                return;
            }
        }
        if let Some(trunk) = self.trunks.get_mut(index) {
            trunk.attach(call, leg);
        }
        self.trunk_of.insert(leg, index);
        self.place_media(index, leg, slot);
        info!(?leg, from = %setup.calling.number.as_deref().unwrap_or("-"), called = setup.called.as_str(), slot, "call from a trunk");
        self.core.input(now, Input::Setup(setup));
    }

    /// Puts a leg's media on a slot of its trunk.
    pub(super) fn place_media(&mut self, index: usize, leg: LegId, slot: u8) {
        let Some(trunk) = self.trunks.get(index) else {
            return;
        };
        let transmit =
            Slot::new(slot).and_then(|slot| trunk.claim().map(|claim| claim.transmit(slot)));
        match transmit {
            Some(Ok(transmit)) => self.media.place(leg, trunk.name(), transmit, trunk.law()),
            Some(Err(error)) => warn!(span = %trunk.name(), slot, %error, "no media on this slot"),
            None => {}
        }
    }

    /// Does something with a trunk, and takes what it reports meanwhile.
    pub(super) fn with_trunk(
        &mut self,
        index: usize,
        act: impl FnOnce(&mut Trunk, &mut Vec<Report>),
    ) {
        let mut reports = Vec::new();
        if let Some(trunk) = self.trunks.get_mut(index) {
            act(trunk, &mut reports);
        }
        self.from_trunks
            .extend(reports.into_iter().map(|report| (index, report)));
    }

    pub(super) fn edge_report(&mut self, now: Duration, report: EdgeReport) {
        match report {
            EdgeReport::Transmit(transmit) => self.queue(transmit),
            EdgeReport::Leg(leg, event) => self.leg_event(now, leg, event),
            EdgeReport::Peer(peer, reachable) => {
                self.core.input(now, Input::Peer { peer, reachable })
            }
            EdgeReport::Incoming {
                session,
                mut setup,
                peer,
                offer,
            } => {
                let Some(edge) = &mut self.edge else { return };
                let stream = edge
                    .peers()
                    .named(&peer)
                    .map(|peer| peer.stream.clone())
                    .unwrap_or_default();
                let leg = self.core.new_leg_id();
                setup.leg = leg;
                let media = match self.media.create(leg, &stream, true) {
                    Ok(media) => media,
                    Err(error) => {
                        warn!(%peer, %error, "no media for a call");
                        edge.refuse(now, session, 503);
                        return;
                    }
                };
                let refused =
                    offer.and_then(|offer| self.media.negotiator(leg)?.receive_offer(&offer).err());
                if let Some(error) = refused {
                    info!(%peer, %error, "offer refused");
                    self.media.leg_over(leg);
                    edge.refuse(now, session, 488);
                    return;
                }
                setup.media = Some(media);
                edge.attach(session, leg);
                info!(?leg, %peer, called = setup.called.as_str(), "call from a peer");
                self.core.input(now, Input::Setup(*setup));
            }
        }
    }

    pub(super) fn leg_event(&mut self, now: Duration, leg: LegId, event: LegEvent) {
        let over = matches!(event, LegEvent::Cleared { .. } | LegEvent::Failed { .. });
        self.core.input(now, Input::Leg { leg, event });
        if over {
            self.forget(leg);
        }
    }

    /// Frees what a leg held.
    pub(super) fn forget(&mut self, leg: LegId) {
        self.trunk_of.remove(&leg);
        self.media.leg_over(leg);
    }

    pub(super) fn media_report(&mut self, report: MediaReport) {
        let now = self.now();
        let MediaReport::Timeout(leg) = report;
        let call = self
            .core
            .calls()
            .find(|call| call.caller == leg || call.callee == Some(leg))
            .map(|call| call.id);
        if let Some(call) = call {
            warn!(%call, "no media came for the time allowed: ending the call");
            self.core.input(
                now,
                Input::Fail {
                    call,
                    cause: Cause::TIMER,
                },
            );
        }
    }
}
