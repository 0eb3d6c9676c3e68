// SPDX-License-Identifier: MIT OR Apache-2.0
//! Time.

use super::Interface;
use crate::call::Call;
use crate::cause::CauseValue;
use crate::message::MessageType;
use crate::{CallEvent, CallId, Output, Slots, Timer};
use core::time::Duration;

impl Interface {
    /// When [`Interface::handle_timeout`] is due next, on the caller's clock.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.calls
            .values()
            .filter_map(Call::next_timeout)
            .chain(self.restarts.next_timeout())
            .min()
    }

    /// Lets time act. Calling it early or late does no harm.
    pub fn handle_timeout(&mut self, now: Duration) {
        let due: Vec<CallId> = self
            .calls
            .values()
            .filter(|call| call.next_timeout().is_some_and(|at| at <= now))
            .map(|call| call.id)
            .collect();
        for id in due {
            if let Ok(mut call) = self.take(id) {
                while let Some(timer) = call.take_due(now) {
                    self.expired(now, &mut call, timer);
                }
                self.keep(call);
            }
        }
        self.restart_timeout(now);
    }

    fn expired(&mut self, now: Duration, call: &mut Call, timer: Timer) {
        if timer != Timer::T302 {
            self.counters.timers_expired += 1;
        }
        match timer {
            Timer::T301 => self.clear_by_disconnect(now, call, CauseValue::NO_ANSWER, timer),
            Timer::T302 => self.call_event(call, CallEvent::DigitTimeout),
            Timer::T303 => self.setup_unanswered(now, call),
            Timer::T304 => {
                self.clear_by_disconnect(now, call, CauseValue::INVALID_NUMBER_FORMAT, timer);
            }
            Timer::T305 | Timer::T306 => {
                let cause = call.cause.clone();
                let cause = cause.unwrap_or_else(|| self.cause(CauseValue::TIMER_EXPIRY));
                self.send_release(now, call, &cause);
            }
            Timer::T308 if !call.repeated => self.repeat_release(now, call),
            Timer::T308 => {
                let channel = call.channel;
                let cause = call.cause.clone();
                let cause = cause.unwrap_or_else(|| self.cause(CauseValue::TIMER_EXPIRY));
                self.released(call, cause);
                if let (Some(slot), true) = (channel, self.config.restart_after_t308) {
                    self.want_restart(now, Slots::of(slot));
                }
            }
            Timer::T309 => self.link_stayed_down(call),
            Timer::T310 => {
                self.clear_by_disconnect(now, call, CauseValue::NO_USER_RESPONDING, timer);
            }
            Timer::T313 => self.clear_by_disconnect(now, call, CauseValue::TIMER_EXPIRY, timer),
            Timer::T322 => self.enquiry_unanswered(now, call),
            // Not timers of a call.
            Timer::T316 | Timer::T317 => {}
        }
    }

    /// SETUP goes out again.
    pub(super) fn repeat_setup(&mut self, call: &Call) {
        self.counters.messages_sent += 1;
        self.outputs.push_back(Output::Data(call.setup.clone()));
    }

    /// T303: SETUP goes out once more; after that the peer is told to forget it.
    fn setup_unanswered(&mut self, now: Duration, call: &mut Call) {
        if !call.repeated {
            call.repeated = true;
            self.repeat_setup(call);
            call.start(Timer::T303, self.deadline(now, Timer::T303));
            return;
        }
        let value = CauseValue::NO_USER_RESPONDING;
        let timer = Some(Timer::T303);
        self.call_event(
            call,
            CallEvent::Clearing {
                cause: value,
                timer,
            },
        );
        let cause = self.cause(CauseValue::TIMER_EXPIRY);
        self.send_cause(call.reference(), MessageType::ReleaseComplete, &cause);
        self.released(call, cause);
    }
}
