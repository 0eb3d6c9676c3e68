// SPDX-License-Identifier: MIT OR Apache-2.0
//! STATUS and STATUS ENQUIRY: two machines compare where they are.

use super::Interface;
use crate::call::{Call, compatible};
use crate::cause::{Cause, CauseValue};
use crate::ie::CallStateElement;
use crate::message::{Message, MessageType};
use crate::{CallEvent, CallState, Timer};
use core::time::Duration;

impl Interface {
    pub(super) fn status_received(&mut self, now: Duration, call: &mut Call, message: &Message) {
        self.counters.status_received += 1;
        let (Some(cause), Some(state)) = (
            message.legal::<Cause>(),
            message.legal::<CallStateElement>(),
        ) else {
            return;
        };
        let answer = call.is_running(Timer::T322);
        call.stop(&[Timer::T322]);
        call.enquiries = 0;
        if state.value == CallState::Null.number() {
            // "Response to STATUS ENQUIRY" says why the peer speaks, and not why it has no call.
            let cause = match cause.value {
                CauseValue::STATUS_ENQUIRY_RESPONSE => self.cause(CauseValue::TEMPORARY_FAILURE),
                _ => cause,
            };
            return self.released(call, cause);
        }
        let asked = answer || cause.value == CauseValue::STATUS_ENQUIRY_RESPONSE;
        if asked && !compatible(call.state(), state.value) {
            return self.clear_by_release(now, call, CauseValue::MESSAGE_NOT_COMPATIBLE);
        }
        let state = state.value;
        self.call_event(call, CallEvent::Status { cause, state });
    }

    /// Asks the peer for its state of this call.
    pub(super) fn enquire(&mut self, now: Duration, call: &mut Call) {
        call.enquiries += 1;
        self.send_for(call, MessageType::StatusEnquiry);
        call.start(Timer::T322, self.deadline(now, Timer::T322));
    }

    /// T322 expired: asks again, or gives the call up.
    pub(super) fn enquiry_unanswered(&mut self, now: Duration, call: &mut Call) {
        if call.enquiries < self.config.enquiry_attempts {
            return self.enquire(now, call);
        }
        if call.state().is_clearing() {
            return;
        }
        let value = CauseValue::TEMPORARY_FAILURE;
        let timer = Some(Timer::T322);
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
}
