// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the data link brings: which call it is for, whether it can be acted on, and who acts.

use super::{Interface, OUTPUT_LIMIT};
use crate::call::{Call, accepts};
use crate::cause::{Cause, CauseValue};
use crate::ie::{CallStateElement, id};
use crate::message::{CallReference, Fault, Message, MessageError, MessageType, check};
use crate::{CallEvent, CallId, CallState, CodingStandard};
use core::time::Duration;

impl Interface {
    /// One layer 3 message from the data link.
    pub fn input_data(&mut self, now: Duration, octets: &[u8]) {
        self.counters.messages_received += 1;
        if self.outputs.len() >= OUTPUT_LIMIT {
            self.counters.outputs_full += 1;
            return;
        }
        let (message, truncated) = match Message::decode(octets) {
            Ok(decoded) => decoded,
            Err(MessageError::Protocol(_)) => {
                self.counters.other_protocol += 1;
                return;
            }
            Err(_) => {
                self.counters.not_a_message += 1;
                return;
            }
        };
        let faults = check(&message, truncated);
        if message.reference == CallReference::Dummy {
            self.counters.dummy_reference += 1;
        } else if message.reference.is_global() {
            self.global_message(now, &message, &faults);
        } else if let Some(id) = self.find(message.reference) {
            if let Ok(mut call) = self.take(id) {
                self.call_message(now, &mut call, &message, &faults);
                self.keep(call);
            }
        } else {
            self.stray_message(&message, &faults);
        }
    }

    fn find(&self, reference: CallReference) -> Option<CallId> {
        let mut calls = self.calls.values();
        calls
            .find(|call| call.matches(reference))
            .map(|call| call.id)
    }

    /// A message for a call that does not exist.
    fn stray_message(&mut self, message: &Message, faults: &[Fault]) {
        let reference = message.reference;
        let from_origin = matches!(reference, CallReference::Value { flag: false, .. });
        let reply = reference.reply();
        match message.kind {
            MessageType::Setup if from_origin => {
                self.setup_received(reference, message, faults);
                return;
            }
            MessageType::Setup => {
                self.counters.repeated_setup += 1;
                return;
            }
            MessageType::ReleaseComplete => {}
            MessageType::StatusEnquiry => {
                let cause = self.cause(CauseValue::STATUS_ENQUIRY_RESPONSE);
                self.send_status(reply, &cause, CallState::Null.number());
            }
            MessageType::Status => {
                self.counters.status_received += 1;
                let state = message.legal::<CallStateElement>();
                if state.is_some_and(|state| state.value != CallState::Null.number()) {
                    let cause = self.cause(CauseValue::MESSAGE_NOT_COMPATIBLE);
                    self.send_cause(reply, MessageType::ReleaseComplete, &cause);
                }
            }
            _ => {
                let cause = self.cause(CauseValue::INVALID_CALL_REFERENCE);
                self.send_cause(reply, MessageType::ReleaseComplete, &cause);
            }
        }
        self.counters.unknown_call += 1;
    }

    fn call_message(
        &mut self,
        now: Duration,
        call: &mut Call,
        message: &Message,
        faults: &[Fault],
    ) {
        let kind = message.kind;
        if kind == MessageType::Setup {
            self.counters.repeated_setup += 1;
            return;
        }
        if !accepts(call.direction, call.state(), kind) {
            self.misfit(call, kind);
            return;
        }
        // The cause is needed only in the first clearing message of a call.
        let excused = |fault: &&Fault| {
            call.state().is_clearing()
                && **fault == Fault::Missing(id::CAUSE)
                && matches!(kind, MessageType::Release | MessageType::ReleaseComplete)
        };
        let fatal = faults
            .iter()
            .find(|fault| fault.is_fatal() && !excused(fault))
            .copied();
        if let Some(fault) = fatal {
            let cause = self.cause_of(fault);
            match kind {
                MessageType::Disconnect => {
                    self.disconnect_received(now, call, message, Some(cause));
                }
                MessageType::Release => self.release_received(call, message, Some(cause)),
                MessageType::ReleaseComplete => self.release_complete_received(call, message),
                // Never a STATUS for a STATUS, lest two machines answer each other for ever.
                MessageType::Status => {}
                _ => self.report_fault(call, &cause),
            }
            return;
        }
        match kind {
            MessageType::SetupAcknowledge
            | MessageType::CallProceeding
            | MessageType::Alerting
            | MessageType::Progress
            | MessageType::Connect => self.response_received(now, call, message),
            MessageType::ConnectAcknowledge => self.connect_acknowledge_received(call),
            MessageType::Information => self.information_received(now, call, message),
            MessageType::Disconnect => self.disconnect_received(now, call, message, None),
            MessageType::Release => self.release_received(call, message, None),
            MessageType::ReleaseComplete => self.release_complete_received(call, message),
            MessageType::Status => self.status_received(now, call, message),
            MessageType::StatusEnquiry => {
                let cause = self.cause(CauseValue::STATUS_ENQUIRY_RESPONSE);
                self.send_status(call.reference(), &cause, call.state().number());
            }
            MessageType::Notify => {
                if let Some(notification) = message.legal::<crate::ie::Notification>() {
                    let description = notification.description;
                    self.call_event(call, CallEvent::Notify { description });
                }
            }
            MessageType::Facility => {
                for facility in message.all() {
                    self.call_event(call, CallEvent::Facility(facility));
                }
            }
            _ => {}
        }
        self.report_harmless(call, kind, faults);
    }

    /// A message that does not fit the state of its call, or none that we know.
    fn misfit(&mut self, call: &Call, kind: MessageType) {
        let value = match kind {
            MessageType::Hold | MessageType::Retrieve | MessageType::Suspend => {
                self.counters.unknown_message += 1;
                let answer = match kind {
                    MessageType::Hold => MessageType::HoldReject,
                    MessageType::Retrieve => MessageType::RetrieveReject,
                    _ => MessageType::SuspendReject,
                };
                let cause = self.cause(CauseValue::FACILITY_NOT_IMPLEMENTED);
                return self.send_cause(call.reference(), answer, &cause);
            }
            MessageType::SetupAcknowledge
            | MessageType::CallProceeding
            | MessageType::Alerting
            | MessageType::Progress
            | MessageType::Connect
            | MessageType::ConnectAcknowledge => {
                if call.state().is_clearing() {
                    self.counters.crossed_clearing += 1;
                    return;
                }
                self.counters.unexpected_message += 1;
                CauseValue::MESSAGE_NOT_COMPATIBLE
            }
            MessageType::Restart | MessageType::RestartAcknowledge => {
                self.counters.unexpected_message += 1;
                CauseValue::MESSAGE_NOT_COMPATIBLE
            }
            _ => {
                self.counters.unknown_message += 1;
                CauseValue::MESSAGE_TYPE_UNKNOWN
            }
        };
        let cause = self.cause(value).with_diagnostics(&[kind.code()]);
        self.counters.status_sent += 1;
        self.send_status(call.reference(), &cause, call.state().number());
    }

    /// The cause that names a fault, with the element in its diagnostics.
    pub(super) fn cause_of(&mut self, fault: Fault) -> Cause {
        let value = match fault {
            Fault::Missing(_) => {
                self.counters.mandatory_missing += 1;
                CauseValue::MANDATORY_MISSING
            }
            Fault::Unknown(_, crate::message::Required::Mandatory) => {
                self.counters.mandatory_missing += 1;
                CauseValue::MANDATORY_MISSING
            }
            Fault::Invalid(_, crate::message::Required::Mandatory, _) => {
                self.counters.mandatory_invalid += 1;
                CauseValue::INVALID_CONTENTS
            }
            Fault::Invalid(..) => CauseValue::INVALID_CONTENTS,
            Fault::Unknown(..) => CauseValue::ELEMENT_UNKNOWN,
        };
        self.cause(value).with_diagnostics(&[fault.id()])
    }

    fn report_fault(&mut self, call: &Call, cause: &Cause) {
        self.counters.status_sent += 1;
        self.send_status(call.reference(), cause, call.state().number());
    }

    /// Elements that did no harm: counted, and the first reported where that is wanted.
    pub(super) fn report_harmless(&mut self, call: &Call, kind: MessageType, faults: &[Fault]) {
        let mut harmless = faults.iter().filter(|fault| !fault.is_fatal());
        let Some(first) = harmless.next() else {
            return;
        };
        self.counters.harmless_faults += 1 + harmless.count() as u64;
        let silent = matches!(
            kind,
            MessageType::Disconnect
                | MessageType::Release
                | MessageType::ReleaseComplete
                | MessageType::Status
        );
        if self.config.report_harmless_faults && !silent && call.state() != CallState::Null {
            let cause = self.cause_of(*first);
            self.report_fault(call, &cause);
        }
    }

    pub(super) fn send_status(&mut self, reference: CallReference, cause: &Cause, state: u8) {
        let state = CallStateElement {
            coding: CodingStandard::Itu,
            value: state,
        };
        self.send(
            &Message::new(reference, MessageType::Status)
                .with(cause)
                .with(&state),
        );
    }
}
