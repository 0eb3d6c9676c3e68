// SPDX-License-Identifier: MIT OR Apache-2.0
//! The call machine of one D channel.
//!
//! `channels` chooses B channels, `receive` sorts what comes, `setup` begins calls, `establish` brings
//! them up, `clear` takes them down, `status` compares states, `restart` restarts channels, `link`
//! survives the data link, `timers` lets time act, `requests` is what the caller may ask.

mod channels;
mod clear;
mod establish;
mod link;
mod receive;
mod requests;
mod restart;
mod setup;
mod status;
mod timers;

use crate::call::Call;
use crate::cause::{Cause, CauseValue};
use crate::message::{CallReference, Message, MessageType};
use crate::{CallEvent, CallId, CallState, Config, Counters, Event, Extras, Output, RequestError};
use crate::{Slots, Timer};
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};

/// Outputs that may wait for the caller before arriving messages are dropped (and counted).
const OUTPUT_LIMIT: usize = 4096;

/// One D channel with its B channels and calls. See the crate's contract.
#[derive(Debug)]
pub struct Interface {
    config: Config,
    calls: BTreeMap<CallId, Call>,
    last_call: u32,
    last_reference: u16,
    link: bool,
    restarts: restart::Restarts,
    out_of_service: Slots,
    outputs: VecDeque<Output>,
    counters: Counters,
}

impl Interface {
    /// An interface without calls whose data link is down.
    pub fn new(config: Config) -> Self {
        Interface {
            config,
            calls: BTreeMap::new(),
            last_call: 0,
            last_reference: 0,
            link: false,
            restarts: restart::Restarts::default(),
            out_of_service: Slots::NONE,
            outputs: VecDeque::new(),
            counters: Counters::default(),
        }
    }

    /// The parameters it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its counters.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Whether the data link is up.
    pub fn is_link_up(&self) -> bool {
        self.link
    }

    /// The calls there are.
    pub fn calls(&self) -> impl Iterator<Item = CallId> {
        self.calls.keys().copied()
    }

    /// The state of a call; null if there is no such call.
    pub fn state(&self, call: CallId) -> CallState {
        self.calls.get(&call).map_or(CallState::Null, Call::state)
    }

    /// The B channel of a call.
    pub fn channel(&self, call: CallId) -> Option<u8> {
        self.calls.get(&call).and_then(|call| call.channel)
    }

    /// The next thing to do for the caller, oldest first.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn cause(&self, value: CauseValue) -> Cause {
        Cause::new(self.config.location, value)
    }

    fn deadline(&self, now: Duration, timer: Timer) -> Option<Duration> {
        self.config.timers.get(timer).map(|span| now + span)
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    fn call_event(&mut self, call: &Call, event: CallEvent) {
        self.event(Event::Call {
            call: call.id,
            event,
        });
    }

    fn send(&mut self, message: &Message) {
        self.counters.messages_sent += 1;
        self.outputs.push_back(Output::Data(message.encode()));
    }

    fn send_for(&mut self, call: &Call, kind: MessageType) {
        self.send(&Message::new(call.reference(), kind));
    }

    fn send_cause(&mut self, reference: CallReference, kind: MessageType, cause: &Cause) {
        self.send(&Message::new(reference, kind).with(cause));
    }

    /// Puts a call back among the others unless it is over.
    fn keep(&mut self, call: Call) {
        if call.state() != CallState::Null {
            self.calls.insert(call.id, call);
        }
    }

    /// Takes a call out to work on it; [`Interface::keep`] puts it back.
    fn take(&mut self, call: CallId) -> Result<Call, RequestError> {
        self.calls
            .remove(&call)
            .ok_or(RequestError::UnknownCall(call))
    }
}

/// Adds what a message may say besides its main business.
fn with_extras(mut message: Message, extras: &Extras) -> Message {
    for progress in &extras.progress {
        message = message.with(progress);
    }
    for facility in &extras.facility {
        message = message.with(facility);
    }
    message
        .with_option(extras.display.as_ref())
        .with_option(extras.date_time.as_ref())
        .with_option(extras.connected.as_ref())
        .with_option(extras.user_user.as_ref())
}

/// Reads what a message says besides its main business.
fn extras_of(message: &Message) -> Extras {
    Extras {
        progress: message.all(),
        display: message.legal(),
        connected: message.legal(),
        date_time: message.legal(),
        user_user: message.legal(),
        facility: message.all(),
    }
}
