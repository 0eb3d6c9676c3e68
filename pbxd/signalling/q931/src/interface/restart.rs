// SPDX-License-Identifier: MIT OR Apache-2.0
//! RESTART, both ways, with the global call reference.

use super::Interface;
use crate::call::Call;
use crate::cause::CauseValue;
use crate::ie::{
    ChannelIdentification, ChannelList, RestartClass, RestartIndicator, Selection, id,
};
use crate::message::{CallReference, Fault, Message, MessageType};
use crate::{CallId, Event, RequestError, Slots, Timer};
use core::time::Duration;

/// The state of the global call reference while it has nothing to do, a RESTART of ours is out, or
/// one of the peer is being worked on.
const REST_NULL: u8 = 0;
const REST_REQUEST: u8 = 61;
const REST: u8 = 62;

/// The restarts of one interface, ours one at a time.
#[derive(Debug, Default)]
pub(super) struct Restarts {
    /// Waiting for their turn, each with a RESTART of its own.
    waiting: Slots,
    /// The whole interface waits for its turn.
    all_waiting: bool,
    current: Option<Current>,
    theirs: Option<Theirs>,
}

/// The RESTART of ours that is out.
#[derive(Debug)]
struct Current {
    slots: Slots,
    whole: bool,
    sent: u32,
    t316: Option<Duration>,
}

/// A RESTART of the peer that the caller has not completed yet.
#[derive(Debug)]
struct Theirs {
    reply: Message,
    t317: Option<Duration>,
}

impl Restarts {
    /// Channels that no call may take for now.
    pub(super) fn slots(&self) -> Slots {
        let current = self.current.as_ref().map_or(Slots::NONE, |c| c.slots);
        self.waiting.union(current)
    }

    pub(super) fn next_timeout(&self) -> Option<Duration> {
        let ours = self.current.as_ref().and_then(|current| current.t316);
        let theirs = self.theirs.as_ref().and_then(|theirs| theirs.t317);
        ours.into_iter().chain(theirs).min()
    }
}

impl Interface {
    /// Restarts these B channels, one RESTART after the other; those of the interface that have calls
    /// lose them. [`Event::RestartDone`] or [`Event::ChannelsOutOfService`] tells of each. While the
    /// data link is down they wait.
    ///
    /// # Errors
    /// [`RequestError::ChannelNotFree`] for a slot that is no B channel of the interface.
    pub fn restart(&mut self, now: Duration, slots: Slots) -> Result<(), RequestError> {
        if let Some(slot) = slots.without(self.config.slots).first() {
            return Err(RequestError::ChannelNotFree(slot));
        }
        self.release_channels(slots);
        self.want_restart(now, slots);
        Ok(())
    }

    /// Restarts the whole interface with one RESTART. All calls are lost.
    pub fn restart_interface(&mut self, now: Duration) {
        let slots = self.config.slots;
        self.release_channels(slots);
        self.restarts.all_waiting = true;
        self.restarts.waiting = Slots::NONE;
        self.resume_restarts(now);
    }

    /// The caller has cleared what [`Event::RestartReceived`] told of: RESTART ACKNOWLEDGE goes out.
    /// Without effect where that goes out by itself or nothing is to be acknowledged.
    pub fn restart_complete(&mut self) {
        if let Some(theirs) = self.restarts.theirs.take() {
            self.send(&theirs.reply);
        }
    }

    pub(super) fn want_restart(&mut self, now: Duration, slots: Slots) {
        self.restarts.waiting = self.restarts.waiting.union(slots);
        self.resume_restarts(now);
    }

    /// Sends the next RESTART if none is out and the link is up.
    pub(super) fn resume_restarts(&mut self, now: Duration) {
        if !self.link || self.restarts.current.is_some() {
            return;
        }
        let whole = core::mem::take(&mut self.restarts.all_waiting);
        let slots = if whole {
            self.config.slots
        } else {
            match self.restarts.waiting.first() {
                Some(slot) => Slots::of(slot),
                None => return,
            }
        };
        self.restarts.waiting = self.restarts.waiting.without(slots);
        self.restarts.current = Some(Current {
            slots,
            whole,
            sent: 0,
            t316: None,
        });
        self.send_restart(now);
    }

    fn send_restart(&mut self, now: Duration) {
        let deadline = self.deadline(now, Timer::T316);
        let Some(current) = self.restarts.current.as_mut() else {
            return;
        };
        current.sent += 1;
        current.t316 = deadline;
        let message = Message::new(CallReference::GLOBAL, MessageType::Restart);
        let message = if current.whole {
            message.with(&RestartIndicator(RestartClass::Interface))
        } else {
            message
                .with(&ChannelIdentification::numbers(
                    current.slots.iter().collect(),
                    true,
                ))
                .with(&RestartIndicator(RestartClass::Channels))
        };
        self.counters.restarts_sent += 1;
        self.send(&message);
    }

    /// The link is gone: what was out waits, and what the peer wants it will want again.
    pub(super) fn suspend_restarts(&mut self) {
        self.restarts.theirs = None;
        self.withdraw_restart();
    }

    /// What was out waits again.
    pub(super) fn withdraw_restart(&mut self) {
        if let Some(current) = self.restarts.current.take() {
            if current.whole {
                self.restarts.all_waiting = true;
            } else {
                self.restarts.waiting = self.restarts.waiting.union(current.slots);
            }
        }
    }

    pub(super) fn restart_timeout(&mut self, now: Duration) {
        let due = |at: Option<Duration>| at.is_some_and(|at| at <= now);
        if self.restarts.theirs.as_ref().is_some_and(|t| due(t.t317)) {
            // The caller has not cleared in time: the peer gets no acknowledgement.
            self.counters.timers_expired += 1;
            self.restarts.theirs = None;
        }
        let Some(current) = self.restarts.current.as_ref().filter(|c| due(c.t316)) else {
            return;
        };
        self.counters.timers_expired += 1;
        if current.sent < self.config.restart_attempts {
            self.send_restart(now);
        } else {
            self.restart_over(now, Slots::NONE);
        }
    }

    /// The restart of ours that is out has ended, well for `done`.
    fn restart_over(&mut self, now: Duration, done: Slots) {
        let Some(current) = self.restarts.current.take() else {
            return;
        };
        let done = current.slots.intersection(done);
        let failed = current.slots.without(done);
        self.out_of_service = self.out_of_service.without(done).union(failed);
        if !done.is_empty() {
            self.event(Event::RestartDone { channels: done });
        }
        if !failed.is_empty() {
            self.counters.restarts_failed += failed.len() as u64;
            self.event(Event::ChannelsOutOfService { channels: failed });
        }
        self.resume_restarts(now);
    }

    /// A message with the global call reference.
    pub(super) fn global_message(&mut self, now: Duration, message: &Message, faults: &[Fault]) {
        let fatal = faults.iter().find(|fault| fault.is_fatal()).copied();
        let from_origin = matches!(message.reference, CallReference::Value { flag: false, .. });
        match message.kind {
            MessageType::Restart if from_origin => match fatal {
                Some(fault) => {
                    let cause = self.cause_of(fault);
                    self.counters.status_sent += 1;
                    self.send_status(message.reference.reply(), &cause, self.rest_state(true));
                }
                None => self.restart_received(now, message),
            },
            MessageType::RestartAcknowledge if !from_origin => {
                if fatal.is_none() {
                    self.restart_acknowledged(now, message);
                }
            }
            MessageType::Status => {
                self.counters.status_received += 1;
                // The peer complains about our RESTART: it will not acknowledge it.
                if !from_origin && self.restarts.current.is_some() {
                    self.restart_over(now, Slots::NONE);
                }
            }
            MessageType::StatusEnquiry => {
                let cause = self.cause(CauseValue::STATUS_ENQUIRY_RESPONSE);
                let state = self.rest_state(from_origin);
                self.send_status(message.reference.reply(), &cause, state);
            }
            _ => {
                self.counters.bad_global += 1;
                let cause = self.cause(CauseValue::INVALID_CALL_REFERENCE);
                let state = self.rest_state(from_origin);
                self.counters.status_sent += 1;
                self.send_status(message.reference.reply(), &cause, state);
            }
        }
    }

    fn rest_state(&self, theirs: bool) -> u8 {
        match theirs {
            true if self.restarts.theirs.is_some() => REST,
            false if self.restarts.current.is_some() => REST_REQUEST,
            _ => REST_NULL,
        }
    }

    fn restart_received(&mut self, now: Duration, message: &Message) {
        let reply = message.reference.reply();
        let class = message
            .legal::<RestartIndicator>()
            .map_or(RestartClass::Channels, |indicator| indicator.0);
        let named = message.get::<ChannelIdentification>();
        let slots = match (class, &named) {
            (RestartClass::Channels, None) => Err(CauseValue::MANDATORY_MISSING),
            (_, Some(Err(_))) => Err(CauseValue::INVALID_CONTENTS),
            (RestartClass::Channels, Some(Ok(element))) => match &element.selection {
                Selection::Channels {
                    list: ChannelList::Numbers(_) | ChannelList::Map(_),
                    ..
                } => match element.slots() {
                    Some(slots) if !slots.intersection(self.config.slots).is_empty() => Ok(slots),
                    _ => Err(CauseValue::CHANNEL_DOES_NOT_EXIST),
                },
                _ => Err(CauseValue::INVALID_CONTENTS),
            },
            _ => Ok(self.config.slots),
        };
        let slots = match slots {
            Ok(slots) => slots.intersection(self.config.slots),
            Err(value) => {
                let cause = self
                    .cause(value)
                    .with_diagnostics(&[id::CHANNEL_IDENTIFICATION]);
                self.counters.status_sent += 1;
                self.send_status(reply, &cause, self.rest_state(true));
                return;
            }
        };
        self.counters.restarts_received += 1;
        self.release_channels(slots);
        self.out_of_service = self.out_of_service.without(slots);
        self.event(Event::RestartReceived { channels: slots });
        let mut answer = Message::new(reply, MessageType::RestartAcknowledge);
        // The acknowledgement repeats what the peer said, octet for octet.
        for id in [id::CHANNEL_IDENTIFICATION, id::RESTART_INDICATOR] {
            if let Some(contents) = message.elements.contents(id).next() {
                let element = crate::message::Element::variable(id, contents.to_vec());
                answer.elements.insert(element);
            }
        }
        if self.config.acknowledge_restart {
            self.send(&answer);
        } else {
            let t317 = self.deadline(now, Timer::T317);
            self.restarts.theirs = Some(Theirs {
                reply: answer,
                t317,
            });
        }
    }

    fn restart_acknowledged(&mut self, now: Duration, message: &Message) {
        let done = match message.legal::<ChannelIdentification>() {
            Some(element) => element.slots().unwrap_or(self.config.slots),
            None => self.config.slots,
        };
        let ours = |current: &Current| !current.slots.intersection(done).is_empty();
        if self.restarts.current.as_ref().is_some_and(ours) {
            self.restart_over(now, done);
        } else {
            // Of a RESTART that was repeated because the link started afresh.
            self.counters.late_acknowledgements += 1;
        }
    }

    /// Calls on these channels are over without a word to the peer.
    fn release_channels(&mut self, slots: Slots) {
        let on = |call: &Call| call.channel.is_some_and(|slot| slots.contains(slot));
        let ids: Vec<CallId> = self
            .calls
            .values()
            .filter(|call| on(call))
            .map(|call| call.id)
            .collect();
        for id in ids {
            if let Ok(mut call) = self.take(id) {
                let cause = self.cause(CauseValue::TEMPORARY_FAILURE);
                let cause = call.cause.take().unwrap_or(cause);
                self.released(&mut call, cause);
            }
        }
    }
}
