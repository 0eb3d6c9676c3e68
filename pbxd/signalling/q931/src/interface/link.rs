// SPDX-License-Identifier: MIT OR Apache-2.0
//! The data link comes, goes, and starts afresh.

use super::Interface;
use crate::call::Call;
use crate::cause::CauseValue;
use crate::{CallId, CallState, Event, Extras, Output, Timer};
use core::time::Duration;

impl Interface {
    /// The data link is established (`true`, also every time it starts afresh) or released.
    pub fn input_link(&mut self, now: Duration, up: bool) {
        let was_up = core::mem::replace(&mut self.link, up);
        if !up {
            if was_up {
                self.event(Event::LinkDown);
                self.link_lost(now);
            }
            return;
        }
        if was_up {
            // What was out may be lost with the link's queues.
            self.withdraw_restart();
            self.link_reset(now);
        } else {
            self.event(Event::LinkUp);
            self.link_regained(now);
        }
        self.resume_restarts(now);
    }

    /// Calls that are not active are lost; active ones have until T309.
    fn link_lost(&mut self, now: Duration) {
        self.suspend_restarts();
        let mut survivors = false;
        self.each_call(|interface, call| {
            if call.state() == CallState::Active {
                survivors = true;
                call.stop(&[Timer::T322]);
                if !call.is_running(Timer::T309) {
                    call.start(Timer::T309, interface.deadline(now, Timer::T309));
                }
            } else {
                interface.counters.lost_with_link += 1;
                let cause = interface.cause(CauseValue::DESTINATION_OUT_OF_ORDER);
                let cause = call.cause.take().unwrap_or(cause);
                interface.released(call, cause);
            }
        });
        if survivors {
            self.outputs.push_back(Output::LinkEstablish);
        }
    }

    fn link_regained(&mut self, now: Duration) {
        self.each_call(|interface, call| {
            if call.state() == CallState::Active {
                interface.counters.survived_link += 1;
                call.stop(&[Timer::T309]);
                interface.enquire_after_link(now, call);
            }
        });
    }

    /// The link started afresh without having been down: messages may be lost. Digits in particular,
    /// so calls in overlap are cleared; active ones are compared.
    fn link_reset(&mut self, now: Duration) {
        self.each_call(|interface, call| {
            if call.state().is_overlap() {
                let cause = interface.cause(CauseValue::TEMPORARY_FAILURE);
                let value = cause.value;
                let timer = None;
                let event = crate::CallEvent::Clearing {
                    cause: value,
                    timer,
                };
                interface.call_event(call, event);
                interface.clear(now, call, &cause, &Extras::default());
            } else if call.state() == CallState::Active {
                interface.enquire_after_link(now, call);
            } else if call.is_running(Timer::T303) {
                // The peer ignores it if it has the first one. T303 runs on, so that a link without rest does not
                // keep the call for ever.
                interface.repeat_setup(call);
            }
        });
    }

    fn enquire_after_link(&mut self, now: Duration, call: &mut Call) {
        if self.config.enquire_after_link {
            call.enquiries = 0;
            self.enquire(now, call);
        }
    }

    /// T309 expired.
    pub(super) fn link_stayed_down(&mut self, call: &mut Call) {
        self.counters.lost_with_link += 1;
        let cause = self.cause(CauseValue::DESTINATION_OUT_OF_ORDER);
        self.released(call, cause);
    }

    /// Does something to every call.
    pub(super) fn each_call(&mut self, mut act: impl FnMut(&mut Self, &mut Call)) {
        let ids: Vec<CallId> = self.calls.keys().copied().collect();
        for id in ids {
            if let Ok(mut call) = self.take(id) {
                act(self, &mut call);
                self.keep(call);
            }
        }
    }
}
