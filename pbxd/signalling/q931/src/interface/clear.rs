// SPDX-License-Identifier: MIT OR Apache-2.0
//! Clearing, by whoever begins it.

use super::{Interface, extras_of, with_extras};
use crate::call::{Call, Direction};
use crate::cause::{Cause, CauseValue};
use crate::ie::ProgressDescription;
use crate::message::{Message, MessageType};
use crate::{CallEvent, CallState, Extras, Timer};
use core::time::Duration;
use q921::Side;

impl Interface {
    /// The call is over: tells so and forgets it.
    pub(super) fn released(&mut self, call: &mut Call, cause: Cause) {
        call.stop_all();
        call.enter(CallState::Null, &mut self.counters);
        self.call_event(call, CallEvent::Released { cause });
    }

    /// The cause that a call ends with when nobody says another.
    fn final_cause(&self, call: &Call) -> Cause {
        call.cause
            .clone()
            .unwrap_or_else(|| self.cause(CauseValue::NORMAL_UNSPECIFIED))
    }

    /// Clears as a call's state demands: a SETUP not yet answered is refused with RELEASE COMPLETE,
    /// everything else begins with DISCONNECT.
    pub(super) fn clear(&mut self, now: Duration, call: &mut Call, cause: &Cause, extras: &Extras) {
        if !self.link {
            return self.released(call, cause.clone());
        }
        match call.state() {
            CallState::CallInitiated | CallState::CallPresent
                if call.direction == Direction::Incoming =>
            {
                self.send_cause(call.reference(), MessageType::ReleaseComplete, cause);
                self.released(call, cause.clone());
            }
            state if state.is_clearing() => {
                if state == Call::disconnect_state(self.config.side.peer()) {
                    self.send_release(now, call, cause);
                }
            }
            _ => self.send_disconnect(now, call, cause, extras),
        }
    }

    fn send_disconnect(&mut self, now: Duration, call: &mut Call, cause: &Cause, extras: &Extras) {
        let message = Message::new(call.reference(), MessageType::Disconnect).with(cause);
        self.send(&with_extras(message, extras));
        call.stop_all();
        call.cause = Some(cause.clone());
        let tones = self.config.side == Side::Network
            && extras
                .progress
                .iter()
                .any(|p| p.description == ProgressDescription::InBand);
        let timer = if tones { Timer::T306 } else { Timer::T305 };
        call.start(timer, self.deadline(now, timer));
        call.enter(Call::disconnect_state(self.config.side), &mut self.counters);
    }

    pub(super) fn send_release(&mut self, now: Duration, call: &mut Call, cause: &Cause) {
        self.send_cause(call.reference(), MessageType::Release, cause);
        call.stop_all();
        call.repeated = false;
        call.cause = Some(cause.clone());
        call.start(Timer::T308, self.deadline(now, Timer::T308));
        call.enter(CallState::ReleaseRequest, &mut self.counters);
    }

    /// RELEASE goes out again after T308.
    pub(super) fn repeat_release(&mut self, now: Duration, call: &mut Call) {
        call.repeated = true;
        let cause = self.final_cause(call);
        self.send_cause(call.reference(), MessageType::Release, &cause);
        call.start(Timer::T308, self.deadline(now, Timer::T308));
    }

    /// The machine itself clears with DISCONNECT after a timer.
    pub(super) fn clear_by_disconnect(
        &mut self,
        now: Duration,
        call: &mut Call,
        towards_other: CauseValue,
        timer: Timer,
    ) {
        self.call_event(
            call,
            CallEvent::Clearing {
                cause: towards_other,
                timer: Some(timer),
            },
        );
        let cause = self.cause(CauseValue::TIMER_EXPIRY);
        self.clear(now, call, &cause, &Extras::default());
    }

    /// The machine itself clears with RELEASE: what the peer said cannot be gone on with.
    pub(super) fn clear_by_release(&mut self, now: Duration, call: &mut Call, value: CauseValue) {
        let timer = None;
        self.call_event(
            call,
            CallEvent::Clearing {
                cause: value,
                timer,
            },
        );
        let cause = self.cause(value);
        self.send_release(now, call, &cause);
    }

    /// DISCONNECT from the peer; `complaint` where its cause is missing or bad.
    pub(super) fn disconnect_received(
        &mut self,
        now: Duration,
        call: &mut Call,
        message: &Message,
        complaint: Option<Cause>,
    ) {
        match call.state() {
            CallState::ReleaseRequest => {
                self.counters.crossed_clearing += 1;
                return;
            }
            // Collision of DISCONNECTs: both sides go on with RELEASE.
            state if state == Call::disconnect_state(self.config.side) => {
                let cause = complaint.unwrap_or_else(|| self.final_cause(call));
                return self.send_release(now, call, &cause);
            }
            state if state.is_clearing() => {
                self.counters.crossed_clearing += 1;
                return;
            }
            _ => {}
        }
        let given = message
            .legal::<Cause>()
            .unwrap_or_else(|| self.cause(CauseValue::NORMAL_UNSPECIFIED));
        let extras = extras_of(message);
        let tones = extras
            .progress
            .iter()
            .any(|p| p.description == ProgressDescription::InBand);
        let wait = tones
            && self.config.side == Side::User
            && self.config.wait_for_tones
            && complaint.is_none();
        call.stop_all();
        call.cause = Some(given.clone());
        let state = Call::disconnect_state(self.config.side.peer());
        call.enter(state, &mut self.counters);
        self.call_event(
            call,
            CallEvent::Disconnect {
                cause: given.clone(),
                extras,
                wait,
            },
        );
        if !wait {
            self.send_release(now, call, &complaint.unwrap_or(given.clone()));
            call.cause = Some(given);
        }
    }

    /// RELEASE from the peer.
    pub(super) fn release_received(
        &mut self,
        call: &mut Call,
        message: &Message,
        complaint: Option<Cause>,
    ) {
        let cause = message
            .legal::<Cause>()
            .filter(|_| call.cause.is_none())
            .unwrap_or_else(|| self.final_cause(call));
        // Collision of RELEASEs: neither is answered.
        if call.state() != CallState::ReleaseRequest {
            let reply = Message::new(call.reference(), MessageType::ReleaseComplete);
            self.send(&reply.with_option(complaint.as_ref()));
        }
        self.released(call, cause);
    }

    /// RELEASE COMPLETE from the peer.
    pub(super) fn release_complete_received(&mut self, call: &mut Call, message: &Message) {
        let cause = message
            .legal::<Cause>()
            .filter(|_| call.cause.is_none())
            .unwrap_or_else(|| self.final_cause(call));
        self.released(call, cause);
    }
}
