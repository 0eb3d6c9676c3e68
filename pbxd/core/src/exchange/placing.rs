// SPDX-License-Identifier: MIT OR Apache-2.0
//! Calls that go out: one target after the other.

use super::call::{Leg, Stage};
use super::{Exchange, Timer};
use crate::{
    Bearer, CallId, Cause, CdrEvent, CdrRetarget, ChannelId, Destination, LegCommand, LegId,
    LegState, LegTraits, MediaCommand, Output, Releaser, Target, TargetTo,
};
use core::time::Duration;

impl Exchange {
    /// Tries the next target that can be tried; with none left, the call fails with the last failure.
    pub(super) fn try_next(&mut self, now: Duration, id: CallId) {
        loop {
            let Some(call) = self.calls.get_mut(&id) else {
                return;
            };
            let target = call
                .route
                .as_ref()
                .and_then(|route| route.targets.get(call.next_target))
                .cloned();
            let Some(target) = target else {
                let cause = call.last_failure;
                self.fail(now, id, cause, Releaser::Exchange);
                return;
            };
            call.next_target += 1;
            if let TargetTo::Reject(cause) = target.to {
                self.fail(now, id, cause, Releaser::Exchange);
                return;
            }
            match self.place(now, id, &target) {
                Ok(()) => return,
                Err(cause) => {
                    self.counters.unavailable_targets += 1;
                    if let Some(call) = self.calls.get_mut(&id) {
                        call.last_failure = cause;
                    }
                }
            }
        }
    }

    /// Places the call at a target, or says why that target cannot even be tried.
    fn place(&mut self, now: Duration, id: CallId, target: &Target) -> Result<(), Cause> {
        let call = self.calls.get(&id).ok_or(Cause::NORMAL)?;
        let called = target
            .called(&call.digits)
            .ok_or(Cause::ADDRESS_INCOMPLETE)?;
        let calling = target.calling(&call.calling);
        let (caller, bearer, media) = (call.a, call.bearer, call.media);
        if self.legs.len() >= self.limits.legs {
            return Err(Cause::CONGESTION);
        }
        let leg = self.new_leg_id();
        let (to, channel) = self.reserve(id, leg, &target.to, bearer)?;
        let peer = match &to {
            Destination::Peer(name) => Some(name.clone()),
            Destination::Trunk { .. } => None,
        };
        if let Some(name) = &peer {
            *self.peer_calls.entry(name.clone()).or_default() += 1;
        }
        let record = Leg {
            call: Some(id),
            state: LegState::Setup,
            traits: LegTraits::default(),
            channel: channel.clone(),
            peer,
        };
        self.legs.insert(leg, record);

        self.tell_proceeding(caller);
        self.open_cdr(id, Some(&to), Some(&called));
        if let Some(call) = self.calls.get_mut(&id) {
            call.b = Some(leg);
            call.open_legs += 1;
            call.attempts = call.attempts.saturating_add(1);
            call.inband = false;
            call.stage = if call.told.alerting {
                Stage::Ringing
            } else {
                Stage::Trying
            };
            let attempt = call.attempts;
            if attempt > 1 {
                self.counters.failovers += 1;
                let retarget = CdrRetarget {
                    call: id,
                    to: to.clone(),
                    sent: called.clone(),
                    attempt,
                };
                self.outputs
                    .push_back(Output::Cdr(CdrEvent::Retarget(retarget)));
            }
        }
        let wait = target.no_answer.unwrap_or(self.timing.no_answer);
        self.timers
            .set(Timer::NoAnswer(id), now.saturating_add(wait));
        self.command(
            leg,
            LegCommand::PlaceCall {
                call: id,
                to,
                called,
                calling,
                bearer,
                media,
            },
        );
        Ok(())
    }

    fn reserve(
        &mut self,
        id: CallId,
        leg: LegId,
        to: &TargetTo,
        bearer: Bearer,
    ) -> Result<(Destination, Option<ChannelId>), Cause> {
        match to {
            TargetTo::Group(group) => {
                let channel = self
                    .channels
                    .allocate(group, leg)
                    .ok_or(Cause::NO_CIRCUIT)?;
                Ok((
                    Destination::Trunk {
                        group: group.clone(),
                        channel: channel.clone(),
                    },
                    Some(channel),
                ))
            }
            TargetTo::Peer(name) => {
                let plan = self.calls.get(&id).map(|call| call.plan.clone());
                let carries = plan
                    .as_ref()
                    .and_then(|plan| plan.peers.get(name))
                    .is_some_and(|peer| peer.clear_mode);
                if bearer == Bearer::Unrestricted && !carries {
                    return Err(Cause::BEARER_NOT_IMPLEMENTED);
                }
                if self.unreachable.contains(name) {
                    return Err(Cause::NETWORK_OUT_OF_ORDER);
                }
                if self.peer_is_full(name) {
                    return Err(Cause::NO_CIRCUIT);
                }
                Ok((Destination::Peer(name.clone()), None))
            }
            TargetTo::Reject(cause) => Err(*cause),
        }
    }

    /// The target being tried failed: the next one, when the route says so, else the end.
    pub(super) fn target_failed(
        &mut self,
        now: Duration,
        id: CallId,
        cause: Cause,
        released: Releaser,
    ) {
        self.timers.cancel(Timer::NoAnswer(id));
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.last_failure = cause;
        let again = call
            .route
            .as_ref()
            .is_some_and(|r| r.retries(cause) && call.next_target < r.targets.len());
        let (caller, callee, connected) =
            (call.a, call.b.take(), core::mem::take(&mut call.connected));
        if let (Some(callee), true) = (callee, connected) {
            self.media(MediaCommand::Disconnect { caller, callee });
        }
        if again {
            self.try_next(now, id);
        } else {
            self.fail(now, id, cause, released);
        }
    }

    pub(super) fn no_answer(&mut self, now: Duration, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let rang = call
            .b
            .and_then(|leg| self.legs.get(&leg))
            .is_some_and(|leg| leg.state >= LegState::Alerting);
        let cause = if rang {
            Cause::NO_ANSWER
        } else {
            Cause::NO_RESPONSE
        };
        if let Some(callee) = call.b {
            // The caller's exchange sees 19; the called end sees why we gave up: recovery on timer expiry.
            self.clear(now, callee, Cause::TIMER);
        }
        self.target_failed(now, id, cause, Releaser::Exchange);
    }
}
