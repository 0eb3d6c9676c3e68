// SPDX-License-Identifier: MIT OR Apache-2.0
//! Calls that come in: the door, the digits, the route.

use super::call::{Call, Leg, Stage};
use super::{Exchange, Timer};
use crate::progress::Told;
use crate::{
    CallId, Cause, ChannelId, LegCommand, LegId, LegState, Lookup, MediaCommand, Name, OccupyError,
    Origin, Releaser, Setup, Tone,
};
use core::time::Duration;

impl Exchange {
    pub(super) fn offer(&mut self, now: Duration, setup: Setup) {
        let id = setup.leg;
        if self.legs.contains_key(&id) {
            self.counters.illegal_events += 1;
            return;
        }
        self.counters.offered += 1;
        if self.legs.len() >= self.limits.legs {
            // No room to watch it: its adapter's report will count as unknown.
            self.counters.refused_full += 1;
            self.command(
                id,
                LegCommand::Clear {
                    cause: Cause::CONGESTION,
                },
            );
            return;
        }
        // Also an offer that will be refused holds its channel until it is over.
        let taken = self.take_channel(&setup);
        let (channel, assigned) = match &taken {
            Ok((channel, assigned)) => (channel.clone(), *assigned),
            Err(_) => (None, false),
        };
        let peer = match &setup.origin {
            Origin::Peer(name) => Some(name.clone()),
            Origin::Span { .. } => None,
        };
        let refusal = taken.err().or_else(|| self.refusal(peer.as_ref()));
        if let Some(cause) = refusal {
            let leg = Leg {
                call: None,
                state: LegState::Setup,
                traits: setup.traits,
                channel,
                peer: None,
            };
            self.legs.insert(id, leg);
            self.clear(now, id, cause);
            return;
        }
        if let Some(name) = &peer {
            *self.peer_calls.entry(name.clone()).or_default() += 1;
        }
        if let Some(slot) = channel
            .as_ref()
            .filter(|_| assigned)
            .map(|channel| channel.slot)
        {
            self.command(id, LegCommand::AssignChannel { slot });
        }
        let (from, origin) = self.named(setup.origin, channel.as_ref());
        self.legs.insert(
            id,
            Leg {
                call: None,
                state: LegState::Collecting,
                traits: setup.traits,
                channel,
                peer,
            },
        );
        let call = CallId(self.next_call);
        self.next_call += 1;
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.call = Some(call);
        }
        self.calls.insert(
            call,
            Call {
                id: call,
                stage: Stage::Dialling,
                offered: now,
                ringing: None,
                rang_until: None,
                answered: None,
                origin,
                from,
                calling: setup.calling.bounded(),
                digits: setup.called,
                bearer: setup.bearer,
                media: setup.media,
                plan: self.plan.clone(),
                route: None,
                next_target: 0,
                attempts: 0,
                last_failure: Cause::NO_CIRCUIT,
                a: id,
                b: None,
                open_legs: 1,
                told: Told::default(),
                inband: false,
                connected: false,
                tone: None,
                asked_for_digits: false,
                cdr_open: false,
            },
        );
        self.find_route(now, call, setup.sending_complete);
    }

    /// The channel of an offered call, and whether we had to pick it.
    fn take_channel(&mut self, setup: &Setup) -> Result<(Option<ChannelId>, bool), Cause> {
        let Origin::Span { span, slot } = &setup.origin else {
            return Ok((None, false));
        };
        let Some(slot) = *slot else {
            let channel = self.channels.allocate_on_span(span, setup.leg);
            self.counters.refused_channel += u64::from(channel.is_none());
            return channel
                .map(|channel| (Some(channel), true))
                .ok_or(Cause::NO_CIRCUIT);
        };
        let channel = ChannelId {
            span: span.clone(),
            slot,
        };
        match self.channels.occupy(&channel, setup.leg) {
            Ok(()) => Ok((Some(channel), false)),
            Err(error) => {
                self.counters.refused_channel += 1;
                Err(match error {
                    OccupyError::Unknown => Cause::NO_SUCH_CHANNEL,
                    OccupyError::Busy | OccupyError::OutOfService => Cause::CHANNEL_UNAVAILABLE,
                })
            }
        }
    }

    /// Why no call is taken now.
    fn refusal(&mut self, peer: Option<&Name>) -> Option<Cause> {
        if self.shutdown.is_some() {
            self.counters.refused_shutdown += 1;
            return Some(Cause::TEMPORARY_FAILURE);
        }
        if self.calls.len() >= self.limits.calls {
            self.counters.refused_full += 1;
            return Some(Cause::CONGESTION);
        }
        let peer = peer?;
        if self.peer_is_full(peer) {
            self.counters.refused_peer_limit += 1;
            return Some(Cause::CONGESTION);
        }
        None
    }

    pub(super) fn peer_is_full(&self, peer: &Name) -> bool {
        let limit = self.plan.peers.get(peer).and_then(|peer| peer.max_calls);
        limit.is_some_and(|limit| self.peer_calls.get(peer).copied().unwrap_or(0) >= limit)
    }

    /// The name that routes know the origin by, and the origin with its slot.
    fn named(&self, origin: Origin, channel: Option<&ChannelId>) -> (Name, Origin) {
        match origin {
            Origin::Peer(name) => (name.clone(), Origin::Peer(name)),
            Origin::Span { span, .. } => {
                let group = channel.and_then(|channel| self.plan.group_of(channel));
                (
                    group.unwrap_or(&span).clone(),
                    Origin::Span {
                        span,
                        slot: channel.map(|channel| channel.slot),
                    },
                )
            }
        }
    }

    /// More digits of an overlap caller.
    pub(super) fn digits(&mut self, now: Duration, id: CallId, digits: &str, complete: bool) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if call.stage != Stage::Dialling {
            // Digits may cross our "number complete" on the line.
            return;
        }
        let caller = call.a;
        if !digits.is_empty() && call.tone == Some(Tone::Dial) {
            call.tone = None;
            self.media(MediaCommand::StopTone { leg: caller });
        }
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if call.digits.push_str(digits).is_err() {
            self.fail(now, id, Cause::ADDRESS_INCOMPLETE, Releaser::Exchange);
            return;
        }
        self.find_route(now, id, complete);
    }

    pub(super) fn digits_timeout(&mut self, now: Duration, id: CallId) {
        self.find_route(now, id, true);
    }

    fn find_route(&mut self, now: Duration, id: CallId, complete: bool) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let plan = call.plan.clone();
        match plan.routes.lookup(&call.from, &call.digits, complete) {
            Lookup::Found { route, digits } => {
                call.digits = digits;
                call.route = Some(route.clone());
                call.stage = Stage::Trying;
                let (caller, tone) = (call.a, call.tone.take());
                self.timers.cancel(Timer::Digits(id));
                if tone.is_some() {
                    self.media(MediaCommand::StopTone { leg: caller });
                }
                self.try_next(now, id);
            }
            Lookup::More { matched } => {
                let wait = match (call.digits.is_empty(), matched) {
                    (true, false) => self.timing.first_digit,
                    (false, false) => self.timing.interdigit,
                    (_, true) => self.timing.interdigit_matched,
                };
                self.timers.set(Timer::Digits(id), now.saturating_add(wait));
                self.ask_for_digits(id);
            }
            Lookup::TooShort => self.no_route(now, id, Cause::ADDRESS_INCOMPLETE),
            Lookup::Nothing => self.no_route(now, id, Cause::UNALLOCATED),
        }
    }

    fn no_route(&mut self, now: Duration, id: CallId, cause: Cause) {
        self.counters.no_route += 1;
        self.fail(now, id, cause, Releaser::Exchange);
    }

    /// Asks once, with dial tone for a caller who has dialled nothing and hears what we play.
    fn ask_for_digits(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id).filter(|call| !call.asked_for_digits) else {
            return;
        };
        let (caller, empty) = (call.a, call.digits.is_empty());
        let dial_tone = empty && self.traits(caller).wants_tones;
        self.command(caller, LegCommand::RequestMoreDigits { inband: dial_tone });
        if dial_tone {
            self.media(MediaCommand::PlayTone {
                leg: caller,
                tone: Tone::Dial,
            });
        }
        if let Some(call) = self.calls.get_mut(&id) {
            call.asked_for_digits = true;
            call.tone = dial_tone.then_some(Tone::Dial);
        }
    }

    /// Tells the caller's end, once, that the number is complete.
    pub(super) fn tell_proceeding(&mut self, caller: LegId) {
        if let Some(leg) = self
            .legs
            .get_mut(&caller)
            .filter(|leg| leg.state == LegState::Collecting)
        {
            leg.state = LegState::Proceeding;
            self.command(caller, LegCommand::Proceeding);
        }
    }
}
