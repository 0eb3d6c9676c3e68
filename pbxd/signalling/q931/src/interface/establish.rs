// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the called side answers, digits, and the acknowledgement of CONNECT.

use super::{Interface, extras_of};
use crate::call::{Call, Direction};
use crate::ie::{CalledNumber, Keypad};
use crate::message::{Message, MessageType};
use crate::{CallEvent, CallState, Timer};
use core::time::Duration;
use q921::Side;

impl Interface {
    /// SETUP ACKNOWLEDGE, CALL PROCEEDING, ALERTING, PROGRESS or CONNECT for a call of ours.
    pub(super) fn response_received(&mut self, now: Duration, call: &mut Call, message: &Message) {
        if let Err(cause) = self.take_channel(call, message) {
            self.clear_by_release(now, call, cause);
            return;
        }
        call.responded = true;
        call.stop(&[Timer::T303]);
        let channel = call.channel;
        let extras = extras_of(message);
        let event = match message.kind {
            MessageType::SetupAcknowledge => {
                call.enter(call.overlap_state(), &mut self.counters);
                call.start(Timer::T304, self.deadline(now, Timer::T304));
                CallEvent::SetupAcknowledge { channel, extras }
            }
            MessageType::CallProceeding => {
                call.enter(call.proceeding_state(), &mut self.counters);
                call.stop(&[Timer::T304]);
                call.start(Timer::T310, self.deadline(now, Timer::T310));
                CallEvent::Proceeding { channel, extras }
            }
            MessageType::Alerting => {
                call.enter(call.alerting_state(), &mut self.counters);
                call.stop(&[Timer::T304, Timer::T310]);
                call.start(Timer::T301, self.deadline(now, Timer::T301));
                CallEvent::Alerting { channel, extras }
            }
            MessageType::Progress => {
                call.stop(&[Timer::T304, Timer::T310]);
                let cause = message.legal();
                CallEvent::Progress { cause, extras }
            }
            _ => {
                call.stop_all();
                return self.connect_received(call, CallEvent::Connect { channel, extras });
            }
        };
        self.call_event(call, event);
    }

    fn connect_received(&mut self, call: &mut Call, event: CallEvent) {
        match self.config.side {
            Side::User => {
                call.enter(CallState::Active, &mut self.counters);
                self.call_event(call, event);
                if self.config.switch.dialect().user_acknowledges_connect {
                    self.send_for(call, MessageType::ConnectAcknowledge);
                }
            }
            Side::Network => {
                call.enter(CallState::ConnectRequest, &mut self.counters);
                self.call_event(call, event);
                if self.config.acknowledge_connect {
                    self.award(call);
                }
            }
        }
    }

    /// The network side gives the call to the side that answered.
    pub(super) fn award(&mut self, call: &mut Call) {
        call.enter(CallState::Active, &mut self.counters);
        self.send_for(call, MessageType::ConnectAcknowledge);
    }

    pub(super) fn connect_acknowledge_received(&mut self, call: &mut Call) {
        if call.state() == CallState::ConnectRequest {
            call.stop(&[Timer::T313]);
            call.enter(CallState::Active, &mut self.counters);
            self.call_event(call, CallEvent::Connected);
        }
    }

    pub(super) fn information_received(
        &mut self,
        now: Duration,
        call: &mut Call,
        message: &Message,
    ) {
        let digits = message
            .legal::<CalledNumber>()
            .map(|number| number.digits)
            .or_else(|| message.legal::<Keypad>().map(|keypad| keypad.0))
            .unwrap_or_default();
        if call.direction == Direction::Incoming && call.state().is_overlap() {
            let complete = message.sending_complete();
            if complete {
                call.stop(&[Timer::T302]);
            } else {
                call.start(Timer::T302, self.deadline(now, Timer::T302));
            }
            self.call_event(call, CallEvent::MoreDigits { digits, complete });
        } else if call.state().is_clearing() {
            self.counters.crossed_clearing += 1;
        } else {
            let extras = extras_of(message);
            self.call_event(call, CallEvent::Information { digits, extras });
        }
    }
}
