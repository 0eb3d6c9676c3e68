// SPDX-License-Identifier: MIT OR Apache-2.0
//! SETUP, both ways.

use super::Interface;
use crate::call::{Call, Direction};
use crate::cause::CauseValue;
use crate::ie::{Bearer, id};
use crate::message::{CallReference, Element, Fault, Message, MessageType};
use crate::{CallId, CallState, ChannelChoice, Event, Incoming, RequestError, Setup, Timer};
use core::time::Duration;
use q921::Side;

impl Interface {
    /// Begins a call. What the peer answers comes as [`crate::CallEvent`]s.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was sent and there is no call.
    pub fn setup(
        &mut self,
        now: Duration,
        setup: &Setup,
        channel: ChannelChoice,
    ) -> Result<CallId, RequestError> {
        if !self.link {
            return Err(RequestError::LinkDown);
        }
        if self.calls.len() >= self.config.max_calls {
            return Err(RequestError::TooManyCalls(self.config.max_calls));
        }
        let (slot, exclusive, element) = self.choose(channel)?;
        let reference = self
            .new_reference()
            .ok_or(RequestError::TooManyCalls(self.config.max_calls))?;
        let wide = self.config.switch.dialect().wide_references;
        let id = self.new_call_id();
        let side = self.config.side;
        let mut call = Call::new(id, Direction::Outgoing, side, reference, wide);
        let message = setup_message(call.reference(), setup).with(&element);
        call.setup = self.bounded(&message)?;
        call.channel = slot;
        call.exclusive = exclusive;
        self.counters.calls_out += 1;
        self.counters.messages_sent += 1;
        self.outputs
            .push_back(crate::Output::Data(call.setup.clone()));
        let state = match side {
            Side::User => CallState::CallInitiated,
            Side::Network => CallState::CallPresent,
        };
        call.enter(state, &mut self.counters);
        call.start(Timer::T303, self.deadline(now, Timer::T303));
        self.keep(call);
        Ok(id)
    }

    /// A SETUP with a reference that no call has.
    pub(super) fn setup_received(
        &mut self,
        reference: CallReference,
        message: &Message,
        faults: &[Fault],
    ) {
        let CallReference::Value { value, wide, .. } = reference else {
            return;
        };
        let refusal = if let Some(fault) = faults.iter().find(|fault| fault.is_fatal()) {
            Err(self.cause_of(*fault))
        } else if self.calls.len() >= self.config.max_calls {
            Err(self.cause(CauseValue::CONGESTION))
        } else {
            // A channel that does not follow its coding comes back in the diagnostics.
            self.negotiate(message).map_err(|value| {
                let cause = self.cause(value);
                if value == CauseValue::INVALID_CONTENTS {
                    cause.with_diagnostics(&[id::CHANNEL_IDENTIFICATION])
                } else {
                    cause
                }
            })
        };
        let (channel, bearer) = match (refusal, message.legal::<Bearer>()) {
            (Ok(channel), Some(bearer)) => (channel, bearer),
            (Ok(_), None) => return,
            (Err(cause), _) => {
                self.counters.calls_refused += 1;
                self.send_cause(reference.reply(), MessageType::ReleaseComplete, &cause);
                return;
            }
        };
        let id = self.new_call_id();
        let side = self.config.side;
        let mut call = Call::new(id, Direction::Incoming, side, value, wide);
        call.channel = Some(channel);
        self.out_of_service.remove(channel);
        let state = match side {
            Side::User => CallState::CallPresent,
            Side::Network => CallState::CallInitiated,
        };
        call.enter(state, &mut self.counters);
        self.counters.calls_in += 1;
        self.report_harmless(&call, message.kind, faults);
        self.event(Event::Incoming(Box::new(Incoming {
            call: id,
            channel,
            setup: setup_of(message, bearer),
        })));
        self.keep(call);
    }

    fn new_call_id(&mut self) -> CallId {
        loop {
            self.last_call = self.last_call.wrapping_add(1);
            let id = CallId(self.last_call);
            if !self.calls.contains_key(&id) {
                return id;
            }
        }
    }

    /// The next call reference value that no call of ours has.
    fn new_reference(&mut self) -> Option<u16> {
        let limit = if self.config.switch.dialect().wide_references {
            0x7fff
        } else {
            0x7f
        };
        for _ in 0..limit {
            self.last_reference = self.last_reference % limit + 1;
            let answer = CallReference::Value {
                value: self.last_reference,
                flag: true,
                wide: true,
            };
            if !self.calls.values().any(|call| call.matches(answer)) {
                return Some(self.last_reference);
            }
        }
        None
    }

    /// The message's octets, if they fit the data link.
    pub(super) fn bounded(&self, message: &Message) -> Result<Vec<u8>, RequestError> {
        let octets = message.encode();
        let limit = self.config.max_message;
        if octets.len() > limit {
            return Err(RequestError::TooLong {
                length: octets.len(),
                limit,
            });
        }
        Ok(octets)
    }
}

fn setup_message(reference: CallReference, setup: &Setup) -> Message {
    let mut message = Message::new(reference, MessageType::Setup)
        .with(&setup.bearer)
        .with_option(setup.display.as_ref())
        .with_option(setup.keypad.as_ref())
        .with_option(setup.calling.as_ref())
        .with_option(setup.calling_subaddress.as_ref())
        .with_option(setup.called.as_ref())
        .with_option(setup.called_subaddress.as_ref())
        .with_option(setup.redirecting.as_ref())
        .with_option(setup.low_layer.as_ref())
        .with_option(setup.high_layer.as_ref())
        .with_option(setup.user_user.as_ref());
    for progress in &setup.progress {
        message = message.with(progress);
    }
    for facility in &setup.facility {
        message = message.with(facility);
    }
    if setup.sending_complete {
        message
            .elements
            .insert(Element::single(id::SENDING_COMPLETE));
    }
    message
}

fn setup_of(message: &Message, bearer: Bearer) -> Setup {
    Setup {
        bearer,
        called: message.legal(),
        sending_complete: message.sending_complete(),
        calling: message.legal(),
        called_subaddress: message.legal(),
        calling_subaddress: message.legal(),
        redirecting: message.legal(),
        keypad: message.legal(),
        progress: message.all(),
        display: message.legal(),
        low_layer: message.legal(),
        high_layer: message.legal(),
        user_user: message.legal(),
        facility: message.all(),
    }
}
