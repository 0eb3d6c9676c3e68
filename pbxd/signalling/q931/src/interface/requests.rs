// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the caller may ask for a call. Which states allow it stands beside each request; in any other
//! the request is refused and counted.

use super::{Interface, with_extras};
use crate::call::{Call, Direction};
use crate::cause::Cause;
use crate::ie::{CalledNumber, Facility, Notification};
use crate::message::{Message, MessageType};
use crate::{CallId, CallState, Extras, RequestError, Timer};
use core::time::Duration;
use q921::Side;

type Done = Result<(), RequestError>;

impl Interface {
    /// Asks for more digits (SETUP ACKNOWLEDGE): for an incoming call not yet answered. T302 runs
    /// from here on.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was sent.
    pub fn setup_acknowledge(&mut self, now: Duration, call: CallId, extras: &Extras) -> Done {
        self.answer(
            call,
            MessageType::SetupAcknowledge,
            extras,
            None,
            |i, call| {
                let overlap = call.overlap_state();
                call.enter(overlap, &mut i.counters);
                call.start(Timer::T302, i.deadline(now, Timer::T302));
            },
        )
    }

    /// No more digits are needed (CALL PROCEEDING): for an incoming call not yet answered or in
    /// overlap.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was sent.
    pub fn proceeding(&mut self, call: CallId, extras: &Extras) -> Done {
        self.answer(
            call,
            MessageType::CallProceeding,
            extras,
            None,
            |i, call| {
                let proceeding = call.proceeding_state();
                call.enter(proceeding, &mut i.counters);
                call.stop(&[Timer::T302]);
            },
        )
    }

    /// The called party is being alerted (ALERTING): for an incoming call before that.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was sent.
    pub fn alerting(&mut self, call: CallId, extras: &Extras) -> Done {
        self.answer(call, MessageType::Alerting, extras, None, |i, call| {
            let alerting = call.alerting_state();
            call.enter(alerting, &mut i.counters);
            call.stop(&[Timer::T302]);
        })
    }

    /// Tells of progress (PROGRESS): for an incoming call before it is connected. `extras` must hold
    /// a progress indicator, without which the peer rejects the message.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was sent.
    pub fn progress(&mut self, call: CallId, extras: &Extras, cause: Option<&Cause>) -> Done {
        self.answer(call, MessageType::Progress, extras, cause, |_, _| {})
    }

    /// The called party has answered (CONNECT): for an incoming call before that.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was sent.
    pub fn connect(&mut self, now: Duration, call: CallId, extras: &Extras) -> Done {
        self.answer(call, MessageType::Connect, extras, None, |i, call| {
            call.stop_all();
            match i.config.side {
                Side::User => {
                    call.enter(CallState::ConnectRequest, &mut i.counters);
                    call.start(Timer::T313, i.deadline(now, Timer::T313));
                }
                Side::Network => {
                    call.enter(CallState::Active, &mut i.counters);
                    i.call_event(call, crate::CallEvent::Connected);
                }
            }
        })
    }

    /// Awards the call (CONNECT ACKNOWLEDGE) where [`Config::acknowledge_connect`] leaves that to the
    /// caller: an outgoing call of the network side that has been answered.
    ///
    /// [`Config::acknowledge_connect`]: crate::Config::acknowledge_connect
    ///
    /// # Errors
    /// [`RequestError`]; nothing was sent.
    pub fn connect_acknowledge(&mut self, call: CallId) -> Done {
        self.with_call(call, |i, call| {
            if call.state() != CallState::ConnectRequest || call.direction != Direction::Outgoing {
                return Err(RequestError::WrongState(call.state()));
            }
            i.award(call);
            Ok(())
        })
    }

    /// Clears the call, from whatever state it is in: RELEASE COMPLETE for an incoming call not yet
    /// answered, RELEASE where the peer has disconnected already, DISCONNECT otherwise (with progress
    /// indicator 8 from the network side the tone may be listened to until T306). A call that is
    /// clearing already is left to it. Works with the data link down too; the call is then over.
    ///
    /// # Errors
    /// [`RequestError::UnknownCall`].
    pub fn disconnect(
        &mut self,
        now: Duration,
        call: CallId,
        cause: &Cause,
        extras: &Extras,
    ) -> Done {
        let mut call = self.take(call)?;
        self.clear(now, &mut call, cause, extras);
        self.keep(call);
        Ok(())
    }

    /// Ends the wait of [`crate::CallEvent::Disconnect`] (RELEASE). In other states it clears like
    /// [`Interface::disconnect`].
    ///
    /// # Errors
    /// [`RequestError::UnknownCall`].
    pub fn release(&mut self, now: Duration, call: CallId, cause: &Cause) -> Done {
        self.disconnect(now, call, cause, &Extras::default())
    }

    /// Sends more digits (INFORMATION): for an outgoing call in overlap, whose T304 starts anew.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was sent.
    pub fn information(
        &mut self,
        now: Duration,
        call: CallId,
        number: &CalledNumber,
        complete: bool,
    ) -> Done {
        self.with_call(call, |i, call| {
            if !call.state().is_overlap() || call.direction != Direction::Outgoing {
                return Err(RequestError::WrongState(call.state()));
            }
            let mut message = Message::new(call.reference(), MessageType::Information);
            if !number.digits.is_empty() {
                message = message.with(number);
            }
            if complete {
                message = message.with_sending_complete();
            }
            i.bounded(&message)?;
            i.send(&message);
            call.start(Timer::T304, i.deadline(now, Timer::T304));
            Ok(())
        })
    }

    /// Notifies the peer (NOTIFY): for any call that is not clearing.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was sent.
    pub fn notify(&mut self, call: CallId, description: u8) -> Done {
        let notification = Notification {
            description,
            extended: false,
            rest: Vec::new(),
        };
        self.plain(call, MessageType::Notify, |message| {
            message.with(&notification)
        })
    }

    /// Sends supplementary service components (FACILITY): for any call that is not clearing.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was sent.
    pub fn facility(&mut self, call: CallId, facility: &Facility) -> Done {
        self.plain(call, MessageType::Facility, |message| {
            message.with(facility)
        })
    }

    /// Asks the peer for its state of the call (STATUS ENQUIRY). A call that the peer does not know,
    /// or has in a state that cannot be, is released.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was sent.
    pub fn status_enquiry(&mut self, now: Duration, call: CallId) -> Done {
        self.with_call(call, |i, call| {
            if !call.is_running(Timer::T322) {
                call.enquiries = 0;
                i.enquire(now, call);
            }
            Ok(())
        })
    }

    fn plain(
        &mut self,
        call: CallId,
        kind: MessageType,
        fill: impl FnOnce(Message) -> Message,
    ) -> Done {
        self.with_call(call, |i, call| {
            if call.state().is_clearing() {
                return Err(RequestError::WrongState(call.state()));
            }
            let message = fill(Message::new(call.reference(), kind));
            i.bounded(&message)?;
            i.send(&message);
            Ok(())
        })
    }

    fn answer(
        &mut self,
        call: CallId,
        kind: MessageType,
        extras: &Extras,
        cause: Option<&Cause>,
        then: impl FnOnce(&mut Self, &mut Call),
    ) -> Done {
        self.with_call(call, |i, call| {
            if call.direction != Direction::Incoming || !may_answer(call.state(), kind) {
                return Err(RequestError::WrongState(call.state()));
            }
            let message = Message::new(call.reference(), kind).with_option(cause);
            let message = with_extras(message, extras);
            i.bounded(&message)?;
            let proceed = match i.config.side {
                Side::Network => i.config.switch.dialect().network_proceeds_first,
                Side::User => kind == MessageType::Progress,
            };
            let asks = matches!(
                kind,
                MessageType::SetupAcknowledge | MessageType::CallProceeding
            );
            if call.is_initial() && proceed && !asks {
                let first = Message::new(call.reference(), MessageType::CallProceeding);
                let first = Self::name_channel(call, first);
                i.send(&first);
                let proceeding = call.proceeding_state();
                call.enter(proceeding, &mut i.counters);
            }
            let message = Self::name_channel(call, message);
            i.send(&message);
            then(i, call);
            Ok(())
        })
    }

    /// Works on a call while the data link is up, counting refusals.
    fn with_call(&mut self, call: CallId, act: impl FnOnce(&mut Self, &mut Call) -> Done) -> Done {
        let mut call = self.take(call)?;
        let result = if self.link {
            act(self, &mut call)
        } else {
            Err(RequestError::LinkDown)
        };
        if matches!(result, Err(RequestError::WrongState(_))) {
            self.counters.illegal_requests += 1;
        }
        self.keep(call);
        result
    }
}

/// The states of an incoming call in which each answer may be sent.
fn may_answer(state: CallState, kind: MessageType) -> bool {
    use CallState::{
        CallDelivered, CallInitiated, CallPresent, CallReceived, IncomingProceeding,
        OutgoingProceeding, OverlapReceiving, OverlapSending,
    };
    let allowed: &[CallState] = match kind {
        MessageType::SetupAcknowledge => &[CallInitiated, CallPresent],
        MessageType::CallProceeding => {
            &[CallInitiated, CallPresent, OverlapSending, OverlapReceiving]
        }
        MessageType::Alerting => &[
            CallInitiated,
            CallPresent,
            OverlapSending,
            OverlapReceiving,
            OutgoingProceeding,
            IncomingProceeding,
        ],
        MessageType::Progress | MessageType::Connect => &[
            CallInitiated,
            CallPresent,
            OverlapSending,
            OverlapReceiving,
            OutgoingProceeding,
            IncomingProceeding,
            CallDelivered,
            CallReceived,
        ],
        _ => &[],
    };
    allowed.contains(&state)
}
