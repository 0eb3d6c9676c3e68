// SPDX-License-Identifier: MIT OR Apache-2.0
//! How calls end: failure tones, clearing, and what is left behind.

use super::call::Stage;
use super::{Exchange, Timer};
use crate::{
    CallId, Cause, CdrClose, CdrEvent, LegCommand, LegId, LegState, MediaCommand, Outage, Output,
    Releaser, tone_for,
};
use core::time::Duration;

impl Exchange {
    /// The call cannot be completed: a tone for a caller who wants one, then the end. The called leg is given up already.
    pub(super) fn fail(&mut self, now: Duration, id: CallId, cause: Cause, released: Releaser) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let caller = call.a;
        let traits = self.traits(caller);
        let tone =
            tone_for(cause).filter(|_| traits.wants_tones && !self.timing.failure_tone.is_zero());
        let Some(tone) = tone else {
            self.end(now, id, cause, released);
            return;
        };
        let command = if traits.tones_after_disconnect {
            LegCommand::Disconnect { cause }
        } else {
            LegCommand::Progress {
                inband: true,
                cause: Some(cause),
            }
        };
        // The first word about an incoming call names its channel; a disconnection cannot be that word.
        self.tell_proceeding(caller);
        self.play(id, tone);
        self.tell_caller(id, command);
        self.start_failing(now, id, cause, released, self.timing.failure_tone);
    }

    /// The caller hears about the failure for a while.
    pub(super) fn start_failing(
        &mut self,
        now: Duration,
        id: CallId,
        cause: Cause,
        released: Releaser,
        wait: Duration,
    ) {
        self.timers.cancel(Timer::Digits(id));
        self.timers.cancel(Timer::NoAnswer(id));
        self.timers.set(Timer::Tone(id), now.saturating_add(wait));
        if let Some(call) = self.calls.get_mut(&id) {
            call.stage = Stage::Failing { cause, released };
            call.rang_until.get_or_insert(now);
        }
    }

    pub(super) fn tone_over(&mut self, now: Duration, id: CallId) {
        if let Some(Stage::Failing { cause, released }) = self.calls.get(&id).map(|call| call.stage)
        {
            self.end(now, id, cause, released);
        }
    }

    /// Ends a call for this cause, unless it is failing already: then it ends for the reason it failed.
    pub(super) fn end_or_finish(
        &mut self,
        now: Duration,
        id: CallId,
        cause: Cause,
        released: Releaser,
    ) {
        match self.calls.get(&id).map(|call| call.stage) {
            Some(Stage::Failing { cause, released }) => self.end(now, id, cause, released),
            _ => self.end(now, id, cause, released),
        }
    }

    /// Ends a call: media, legs, record. Does nothing for a call that has ended.
    pub(super) fn end(&mut self, now: Duration, id: CallId, cause: Cause, released: Releaser) {
        let Some(call) = self
            .calls
            .get_mut(&id)
            .filter(|call| call.stage != Stage::Ended)
        else {
            return;
        };
        let failed_for = match call.stage {
            Stage::Failing { cause, released } => Some((cause, released)),
            _ => None,
        };
        call.stage = Stage::Ended;
        let (caller, callee, connected) = (call.a, call.b, core::mem::take(&mut call.connected));
        for timer in [
            Timer::Digits(id),
            Timer::NoAnswer(id),
            Timer::Tone(id),
            Timer::Talk(id),
        ] {
            self.timers.cancel(timer);
        }
        self.stop_tone(id);
        if let (Some(callee), true) = (callee, connected) {
            self.media(MediaCommand::Disconnect { caller, callee });
        }
        for leg in [Some(caller), callee].into_iter().flatten() {
            self.clear(now, leg, cause);
        }
        // A call that failed keeps the failure in its record, whoever hangs up on its busy tone.
        let (cause, released) = failed_for.unwrap_or((cause, released));
        self.close_cdr(now, id, cause, released);
        self.counters.ended += 1;
        self.forget_if_over(id);
    }

    fn close_cdr(&mut self, now: Duration, id: CallId, cause: Cause, released: Releaser) {
        self.open_cdr(id, None, None);
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let rang_until = call.rang_until.unwrap_or(now);
        let close = CdrClose {
            call: id,
            at: now,
            cause,
            released,
            total: now.saturating_sub(call.offered),
            ringing: call
                .ringing
                .map_or(Duration::ZERO, |start| rang_until.saturating_sub(start)),
            talking: call
                .answered
                .map_or(Duration::ZERO, |start| now.saturating_sub(start)),
            attempts: call.attempts,
        };
        self.outputs.push_back(Output::Cdr(CdrEvent::Close(close)));
    }

    /// Tells a leg to clear, once.
    pub(super) fn clear(&mut self, now: Duration, id: LegId, cause: Cause) {
        let Some(leg) = self
            .legs
            .get_mut(&id)
            .filter(|leg| leg.state != LegState::Clearing)
        else {
            return;
        };
        leg.state = LegState::Clearing;
        self.timers.set(
            Timer::Clearing(id),
            now.saturating_add(self.timing.clearing),
        );
        self.command(id, LegCommand::Clear { cause });
    }

    /// A leg did not clear in time. Nobody knows the state of its channel, so that one goes out of service.
    pub(super) fn abandon(&mut self, id: LegId) {
        let Some(leg) = self.legs.get(&id) else {
            return;
        };
        let (call, channel) = (leg.call, leg.channel.clone());
        self.counters.abandoned += 1;
        if let Some(channel) = channel {
            self.channels.set_outage(&channel, Outage::Stuck, true);
        }
        self.command(id, LegCommand::Abandon);
        self.drop_leg(id);
        if let Some(call) = call {
            self.forget_if_over(call);
        }
    }

    /// Gives back all that a leg holds.
    pub(super) fn drop_leg(&mut self, id: LegId) {
        let Some(leg) = self.legs.remove(&id) else {
            return;
        };
        self.timers.cancel(Timer::Clearing(id));
        if let Some(channel) = &leg.channel {
            self.channels.release(channel, id);
        }
        if let Some(peer) = &leg.peer {
            if let Some(count) = self.peer_calls.get_mut(peer) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    self.peer_calls.remove(peer);
                }
            }
        }
        if let Some(call) = leg.call.and_then(|call| self.calls.get_mut(&call)) {
            call.open_legs = call.open_legs.saturating_sub(1);
        }
    }

    /// Forgets an ended call when its last leg is over.
    pub(super) fn forget_if_over(&mut self, id: CallId) {
        if self
            .calls
            .get(&id)
            .is_some_and(|call| call.stage == Stage::Ended && call.open_legs == 0)
        {
            self.calls.remove(&id);
        }
    }
}
