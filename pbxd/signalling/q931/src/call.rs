// SPDX-License-Identifier: MIT OR Apache-2.0
//! One call: its variables, and its states and what fits them as tables.

mod state;

pub use state::{CallState, Direction};
pub(crate) use state::{accepts, compatible};

use crate::cause::Cause;
use crate::message::CallReference;
use crate::{CallId, Counters, Timer};
use core::time::Duration;
use q921::Side;

/// One call of an interface.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) direction: Direction,
    side: Side,
    state: CallState,
    reference: u16,
    wide: bool,
    /// The B channel; absent while the peer is to name it.
    pub(crate) channel: Option<u8>,
    /// We insisted on the channel in our SETUP.
    pub(crate) exclusive: bool,
    /// The first response to SETUP has gone out or come in.
    pub(crate) responded: bool,
    /// The SETUP, for its retransmission.
    pub(crate) setup: Vec<u8>,
    /// Retransmissions under the running T303 or T308.
    pub(crate) repeated: bool,
    /// STATUS ENQUIRY messages sent without an answer.
    pub(crate) enquiries: u32,
    /// Why the call is cleared, once it is.
    pub(crate) cause: Option<Cause>,
    timers: Vec<(Timer, Duration)>,
}

impl Call {
    pub(crate) fn new(
        id: CallId,
        direction: Direction,
        side: Side,
        reference: u16,
        wide: bool,
    ) -> Self {
        Call {
            id,
            direction,
            side,
            state: CallState::Null,
            reference,
            wide,
            channel: None,
            exclusive: false,
            responded: false,
            setup: Vec::new(),
            repeated: false,
            enquiries: 0,
            cause: None,
            timers: Vec::new(),
        }
    }

    pub(crate) fn state(&self) -> CallState {
        self.state
    }

    /// Moves on, counting a transition that the table does not have.
    pub(crate) fn enter(&mut self, next: CallState, counters: &mut Counters) {
        if !self.state.may_become(next) {
            counters.illegal_transitions += 1;
            debug_assert!(false, "{} may not become {next}", self.state);
        }
        if next == CallState::Active && self.state != CallState::Active {
            counters.calls_active += 1;
        }
        self.state = next;
    }

    /// The reference in messages that we send.
    pub(crate) fn reference(&self) -> CallReference {
        CallReference::Value {
            value: self.reference,
            flag: self.direction == Direction::Incoming,
            wide: self.wide,
        }
    }

    /// Whether a message with this reference, as received, is for this call.
    pub(crate) fn matches(&self, reference: CallReference) -> bool {
        matches!(reference, CallReference::Value { value, flag, .. }
            if value == self.reference && flag == (self.direction == Direction::Outgoing))
    }

    /// Whether this side's states are those of the calling user's access (1 to 4) or of the called
    /// user's (6 to 9 and 25).
    pub(crate) fn at_origin(&self) -> bool {
        (self.side == Side::User) == (self.direction == Direction::Outgoing)
    }

    pub(crate) fn overlap_state(&self) -> CallState {
        if self.at_origin() {
            CallState::OverlapSending
        } else {
            CallState::OverlapReceiving
        }
    }

    pub(crate) fn proceeding_state(&self) -> CallState {
        if self.at_origin() {
            CallState::OutgoingProceeding
        } else {
            CallState::IncomingProceeding
        }
    }

    pub(crate) fn alerting_state(&self) -> CallState {
        if self.at_origin() {
            CallState::CallDelivered
        } else {
            CallState::CallReceived
        }
    }

    /// SETUP is there and nothing else yet.
    pub(crate) fn is_initial(&self) -> bool {
        matches!(
            self.state,
            CallState::CallInitiated | CallState::CallPresent
        )
    }

    /// The state after DISCONNECT from `sender`.
    pub(crate) fn disconnect_state(sender: Side) -> CallState {
        match sender {
            Side::User => CallState::DisconnectRequest,
            Side::Network => CallState::DisconnectIndication,
        }
    }

    pub(crate) fn start(&mut self, timer: Timer, at: Option<Duration>) {
        self.stop(&[timer]);
        if let Some(at) = at {
            self.timers.push((timer, at));
        }
    }

    pub(crate) fn stop(&mut self, timers: &[Timer]) {
        self.timers.retain(|(timer, _)| !timers.contains(timer));
    }

    pub(crate) fn stop_all(&mut self) {
        self.timers.clear();
    }

    pub(crate) fn is_running(&self, timer: Timer) -> bool {
        self.timers.iter().any(|(running, _)| *running == timer)
    }

    pub(crate) fn next_timeout(&self) -> Option<Duration> {
        self.timers.iter().map(|(_, at)| *at).min()
    }

    /// Takes one timer that is due.
    pub(crate) fn take_due(&mut self, now: Duration) -> Option<Timer> {
        let at = self.timers.iter().position(|(_, at)| *at <= now)?;
        Some(self.timers.swap_remove(at).0)
    }
}
