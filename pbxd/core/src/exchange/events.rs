// SPDX-License-Identifier: MIT OR Apache-2.0
//! What legs report.

use super::call::Stage;
use super::{Exchange, Timer};
use crate::progress::{self, Heard, Told};
use crate::{
    CallId, Cause, CdrAnswer, CdrEvent, ChannelId, LegCommand, LegEvent, LegId, LegState,
    MediaCommand, Output, Path, Releaser, Tone,
};
use core::time::Duration;

/// A leg's part in its call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Caller,
    Callee,
    /// A target given up, or a leg of an ended or refused call: only its end matters.
    Other,
}

impl Exchange {
    pub(super) fn leg_event(&mut self, now: Duration, id: LegId, event: LegEvent) {
        let Some(leg) = self.legs.get(&id) else {
            self.counters.unknown += 1;
            return;
        };
        let (call, state) = (leg.call, leg.state);
        if let LegEvent::Cleared { cause } | LegEvent::Failed { cause } = event {
            self.leg_over(now, id, cause);
            return;
        }
        if let LegEvent::ChannelAssigned { slot } = event {
            self.channel_assigned(now, id, slot);
            return;
        }
        let role = call.map_or(Role::Other, |call| self.role(call, id));
        match (role, call, event) {
            // After our Clear anything may still be on its way.
            (Role::Other, ..) => {}
            _ if state == LegState::Clearing => {}
            (Role::Caller, Some(call), LegEvent::Digits { digits, complete }) => {
                self.digits(now, call, &digits, complete)
            }
            (Role::Caller, Some(call), LegEvent::Disconnected { cause, .. }) => {
                self.end_or_finish(now, call, cause, Releaser::Caller);
            }
            (Role::Callee, Some(call), event) if state < LegState::Disconnected => {
                self.callee_event(now, call, id, state, event);
            }
            _ => self.counters.illegal_events += 1,
        }
    }

    fn role(&self, call: CallId, leg: LegId) -> Role {
        match self.calls.get(&call) {
            Some(call) if call.stage == Stage::Ended => Role::Other,
            Some(call) if call.a == leg => Role::Caller,
            Some(call) if call.b == Some(leg) => Role::Callee,
            _ => Role::Other,
        }
    }

    fn callee_event(
        &mut self,
        now: Duration,
        call: CallId,
        leg: LegId,
        state: LegState,
        event: LegEvent,
    ) {
        match event {
            LegEvent::Proceeding if state == LegState::Setup => {
                self.set_state(leg, LegState::Proceeding)
            }
            // Repeated by SIP; says nothing new later.
            LegEvent::Proceeding if state < LegState::Answered => {}
            LegEvent::Alerting { inband } if state < LegState::Answered => {
                self.set_state(leg, LegState::Alerting);
                self.called_end_heard(now, call, leg, Heard::Alerting, inband);
            }
            LegEvent::Progress { inband, cause } if state < LegState::Answered => {
                self.called_end_heard(now, call, leg, Heard::Progress(cause), inband);
            }
            LegEvent::Answered if state < LegState::Answered => {
                self.set_state(leg, LegState::Answered);
                self.answered(now, call, leg);
            }
            LegEvent::Disconnected { cause, inband } => {
                self.callee_disconnected(now, call, leg, cause, inband)
            }
            _ => self.counters.illegal_events += 1,
        }
    }

    fn set_state(&mut self, leg: LegId, state: LegState) {
        if let Some(leg) = self.legs.get_mut(&leg) {
            leg.state = state;
        }
    }

    /// Ringing or progress: the rules of call progress.
    fn called_end_heard(
        &mut self,
        now: Duration,
        id: CallId,
        callee: LegId,
        heard: Heard,
        inband: bool,
    ) {
        let uses_media = self.early_media(callee);
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.inband |= inband && uses_media;
        if heard == Heard::Alerting {
            call.stage = Stage::Ringing;
            call.ringing.get_or_insert(now);
        }
        let (caller, told, inband, connected) = (call.a, call.told, call.inband, call.connected);
        let step = progress::step(self.traits(caller), told, heard, inband, connected);
        if step.connect {
            self.connect(id, callee, Path::Backward);
        }
        if step.ringback {
            self.play(id, Tone::Ringback);
        }
        if let Some(command) = step.command {
            self.tell_caller(id, command);
        }
    }

    fn early_media(&self, leg: LegId) -> bool {
        let Some(leg) = self.legs.get(&leg) else {
            return false;
        };
        let plan = leg
            .call
            .and_then(|call| self.calls.get(&call))
            .map_or(&self.plan, |call| &call.plan);
        leg.peer
            .as_ref()
            .and_then(|peer| plan.peers.get(peer))
            .is_none_or(|peer| peer.early_media)
    }

    /// Tells the calling leg, and remembers what it knows.
    pub(super) fn tell_caller(&mut self, id: CallId, command: LegCommand) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let caller = call.a;
        let Told { alerting, inband } = &mut call.told;
        let state = match command {
            LegCommand::Alerting { inband: heard } => {
                *alerting = true;
                *inband |= heard;
                Some(LegState::Alerting)
            }
            LegCommand::Progress { inband: heard, .. } => {
                *inband |= heard;
                None
            }
            LegCommand::Answer => Some(LegState::Answered),
            LegCommand::Disconnect { .. } => Some(LegState::Disconnected),
            _ => None,
        };
        if let Some(state) = state {
            self.set_state(caller, state);
        }
        self.command(caller, command);
    }

    /// Connects the two legs, in place of any tone.
    fn connect(&mut self, id: CallId, callee: LegId, path: Path) {
        self.stop_tone(id);
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.connected = true;
        let caller = call.a;
        self.media(MediaCommand::Connect {
            caller,
            callee,
            path,
        });
    }

    pub(super) fn play(&mut self, id: CallId, tone: Tone) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if call.tone != Some(tone) {
            call.tone = Some(tone);
            let leg = call.a;
            self.media(MediaCommand::PlayTone { leg, tone });
        }
    }

    pub(super) fn stop_tone(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if call.tone.take().is_some() {
            let leg = call.a;
            self.media(MediaCommand::StopTone { leg });
        }
    }

    fn answered(&mut self, now: Duration, id: CallId, callee: LegId) {
        self.timers.cancel(Timer::NoAnswer(id));
        self.counters.answered += 1;
        // Speech is through before the caller is told: nothing is clipped.
        self.connect(id, callee, Path::Both);
        if let Some(call) = self.calls.get_mut(&id) {
            call.stage = Stage::Talking;
            call.answered = Some(now);
            call.rang_until = Some(now);
        }
        self.tell_caller(id, LegCommand::Answer);
        self.outputs
            .push_back(Output::Cdr(CdrEvent::Answer(CdrAnswer {
                call: id,
                at: now,
            })));
        if let Some(longest) = self.timing.max_talk {
            self.timers
                .set(Timer::Talk(id), now.saturating_add(longest));
        }
    }

    /// The called end disconnected, perhaps with an announcement.
    fn callee_disconnected(
        &mut self,
        now: Duration,
        id: CallId,
        callee: LegId,
        cause: Cause,
        inband: bool,
    ) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        if call.stage == Stage::Talking {
            self.end(now, id, cause, Releaser::Callee);
            return;
        }
        let again = call
            .route
            .as_ref()
            .is_some_and(|r| r.retries(cause) && call.next_target < r.targets.len());
        let heard = inband && self.early_media(callee) && !self.timing.announcement.is_zero();
        if again || !heard {
            self.clear(now, callee, cause);
            self.target_failed(now, id, cause, Releaser::Callee);
            return;
        }
        let (caller, connected) = (call.a, call.connected);
        self.set_state(callee, LegState::Disconnected);
        if !connected {
            self.connect(id, callee, Path::Backward);
        }
        let command = if self.traits(caller).tones_after_disconnect {
            LegCommand::Disconnect { cause }
        } else {
            LegCommand::Progress {
                inband: true,
                cause: Some(cause),
            }
        };
        self.tell_caller(id, command);
        self.start_failing(now, id, cause, Releaser::Callee, self.timing.announcement);
    }

    /// The far end of an outgoing leg chose another channel.
    fn channel_assigned(&mut self, now: Duration, id: LegId, slot: u8) {
        let Some(old) = self.legs.get(&id).and_then(|leg| leg.channel.clone()) else {
            self.counters.illegal_events += 1;
            return;
        };
        if old.slot == slot {
            return;
        }
        let channel = ChannelId {
            span: old.span.clone(),
            slot,
        };
        if self.channels.occupy(&channel, id).is_err() {
            self.counters.refused_channel += 1;
            let call = self.legs.get(&id).and_then(|leg| leg.call);
            let role = call.map_or(Role::Other, |call| self.role(call, id));
            self.clear(now, id, Cause::CHANNEL_UNAVAILABLE);
            match (call, role) {
                (Some(call), Role::Callee) => {
                    self.target_failed(now, call, Cause::CHANNEL_UNAVAILABLE, Releaser::Exchange);
                }
                (Some(call), Role::Caller) => {
                    self.end(now, call, Cause::CHANNEL_UNAVAILABLE, Releaser::Exchange)
                }
                _ => {}
            }
            return;
        }
        self.channels.release(&old, id);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.channel = Some(channel);
        }
    }

    /// The last event of a leg.
    fn leg_over(&mut self, now: Duration, id: LegId, cause: Cause) {
        let call = self.legs.get(&id).and_then(|leg| leg.call);
        let role = call.map_or(Role::Other, |call| self.role(call, id));
        self.drop_leg(id);
        let Some(call) = call else { return };
        match role {
            Role::Caller => self.end_or_finish(now, call, cause, Releaser::Caller),
            Role::Callee => self.callee_over(now, call, cause),
            Role::Other => {}
        }
        self.forget_if_over(call);
    }

    fn callee_over(&mut self, now: Duration, id: CallId, cause: Cause) {
        match self.calls.get(&id).map(|call| call.stage) {
            Some(Stage::Talking) => self.end(now, id, cause, Releaser::Callee),
            // Its announcement is over.
            Some(Stage::Failing { cause, released }) => self.end(now, id, cause, released),
            _ => self.target_failed(now, id, cause, Releaser::Callee),
        }
    }
}
