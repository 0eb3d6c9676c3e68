// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes in and out of an interface.

use crate::cause::{Cause, CauseValue};
use crate::ie::{
    Bearer, CalledNumber, CalledSubaddress, CallingNumber, CallingSubaddress, ConnectedNumber,
    DateTime, Display, Facility, HighLayerCompatibility, Keypad, LowLayerCompatibility,
    ProgressIndicator, RedirectingNumber, UserUser,
};
use crate::{CallState, Slots, Timer};
use thiserror::Error;

/// A call of one interface. Numbers are given in order and not reused until they wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub u32);

/// One thing to do for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// A message for the data link.
    Data(Vec<u8>),
    /// The data link is to be established.
    LinkEstablish,
    /// Something happened.
    Event(Event),
}

/// What happened on an interface.
// Nearly all events are of the large kind, so a box would cost each of them an allocation.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The peer begins a call (SETUP indication). Answer with
    /// [`Interface::setup_acknowledge`](crate::Interface::setup_acknowledge),
    /// [`Interface::proceeding`](crate::Interface::proceeding), `alerting`, `connect`, or refuse with
    /// `disconnect`.
    Incoming(Box<Incoming>),
    /// Something happened to a call.
    Call {
        /// Which.
        call: CallId,
        /// What.
        event: CallEvent,
    },
    /// The data link is up.
    LinkUp,
    /// The data link is down.
    LinkDown,
    /// The peer restarts these channels; their calls are already released.
    RestartReceived {
        /// The channels.
        channels: Slots,
    },
    /// The peer has restarted these channels at our request; they are free again.
    RestartDone {
        /// The channels.
        channels: Slots,
    },
    /// The peer does not answer, or refuses, the restart of these channels. They are not chosen for
    /// calls of ours until a restart succeeds or the peer uses them.
    ChannelsOutOfService {
        /// The channels.
        channels: Slots,
    },
}

/// A call that begins at the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The call.
    pub call: CallId,
    /// Its B channel, already reserved.
    pub channel: u8,
    /// What SETUP said.
    pub setup: Setup,
}

/// What happened to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEvent {
    /// The peer wants more digits (SETUP ACKNOWLEDGE).
    SetupAcknowledge {
        /// The B channel.
        channel: Option<u8>,
        /// What else the message said.
        extras: Extras,
    },
    /// More digits have come in overlap receiving.
    MoreDigits {
        /// The digits.
        digits: String,
        /// No more will come.
        complete: bool,
    },
    /// T302 expired: no more digits will come.
    DigitTimeout,
    /// CALL PROCEEDING.
    Proceeding {
        /// The B channel.
        channel: Option<u8>,
        /// What else the message said.
        extras: Extras,
    },
    /// ALERTING.
    Alerting {
        /// The B channel.
        channel: Option<u8>,
        /// What else the message said.
        extras: Extras,
    },
    /// PROGRESS.
    Progress {
        /// The cause, where one is given.
        cause: Option<Cause>,
        /// What else the message said.
        extras: Extras,
    },
    /// CONNECT: the called side has answered.
    Connect {
        /// The B channel.
        channel: Option<u8>,
        /// What else the message said.
        extras: Extras,
    },
    /// The call is active after our CONNECT (on the user side: CONNECT ACKNOWLEDGE has come).
    Connected,
    /// INFORMATION outside overlap receiving.
    Information {
        /// Digits, from the called number or keypad element.
        digits: String,
        /// What else the message said.
        extras: Extras,
    },
    /// NOTIFY with its description.
    Notify {
        /// 0 suspended, 1 resumed, others by supplementary services.
        description: u8,
    },
    /// A facility element, in FACILITY.
    Facility(Facility),
    /// STATUS from the peer that did not end the call.
    Status {
        /// Its cause.
        cause: Cause,
        /// The peer's state.
        state: u8,
    },
    /// The peer clears (DISCONNECT). [`CallEvent::Released`] follows; with `wait` only after
    /// [`Interface::release`](crate::Interface::release), so that the tone can be heard.
    Disconnect {
        /// Why.
        cause: Cause,
        /// What else the message said; tones are announced by progress indicator 8.
        extras: Extras,
        /// The machine waits for `release`.
        wait: bool,
    },
    /// The machine itself has begun to clear; [`CallEvent::Released`] follows.
    Clearing {
        /// What to tell the other party.
        cause: CauseValue,
        /// The timer that expired, if one did.
        timer: Option<Timer>,
    },
    /// The call is over and its channel free.
    Released {
        /// Why: the peer's cause where it gave one.
        cause: Cause,
    },
}

/// What SETUP says about a call, in both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// What the call needs.
    pub bearer: Bearer,
    /// The called number, or its first digits.
    pub called: Option<CalledNumber>,
    /// No digits will follow.
    pub sending_complete: bool,
    /// The calling number.
    pub calling: Option<CallingNumber>,
    /// The called subaddress.
    pub called_subaddress: Option<CalledSubaddress>,
    /// The calling subaddress.
    pub calling_subaddress: Option<CallingSubaddress>,
    /// The number that redirected the call.
    pub redirecting: Option<RedirectingNumber>,
    /// Keypad digits.
    pub keypad: Option<Keypad>,
    /// Progress indicators.
    pub progress: Vec<ProgressIndicator>,
    /// Display text.
    pub display: Option<Display>,
    /// Low layer compatibility.
    pub low_layer: Option<LowLayerCompatibility>,
    /// High layer compatibility.
    pub high_layer: Option<HighLayerCompatibility>,
    /// User-user information.
    pub user_user: Option<UserUser>,
    /// Supplementary service components.
    pub facility: Vec<Facility>,
}

impl Setup {
    /// A call with nothing but its bearer.
    pub fn new(bearer: Bearer) -> Self {
        Setup {
            bearer,
            called: None,
            sending_complete: false,
            calling: None,
            called_subaddress: None,
            calling_subaddress: None,
            redirecting: None,
            keypad: None,
            progress: Vec::new(),
            display: None,
            low_layer: None,
            high_layer: None,
            user_user: None,
            facility: Vec::new(),
        }
    }

    /// An en-bloc call: bearer, called number, sending complete.
    pub fn en_bloc(bearer: Bearer, called: &str) -> Self {
        Setup {
            called: Some(CalledNumber::new(called)),
            sending_complete: true,
            ..Setup::new(bearer)
        }
    }
}

/// What most messages may say besides their main business.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// Progress indicators.
    pub progress: Vec<ProgressIndicator>,
    /// Display text.
    pub display: Option<Display>,
    /// Who answered (CONNECT).
    pub connected: Option<ConnectedNumber>,
    /// Date and time (CONNECT, from the network).
    pub date_time: Option<DateTime>,
    /// User-user information.
    pub user_user: Option<UserUser>,
    /// Supplementary service components.
    pub facility: Vec<Facility>,
}

impl Extras {
    /// Nothing but one progress indicator.
    pub fn progress(indicator: ProgressIndicator) -> Self {
        Extras {
            progress: vec![indicator],
            ..Extras::default()
        }
    }

    /// Whether tones or announcements are in-band.
    pub fn in_band(&self) -> bool {
        self.progress.iter().any(ProgressIndicator::in_band)
    }
}

/// Which B channel a call of ours asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelChoice {
    /// The machine picks a free one and insists on it.
    Pick,
    /// The machine picks a free one; the peer may name another.
    PickPreferred,
    /// This one and no other.
    Exclusive(u8),
    /// This one, or another that the peer names.
    Preferred(u8),
    /// Any: the peer names it.
    Any,
}

/// Why a request was refused. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RequestError {
    /// No such call.
    #[error("no call {0:?}")]
    UnknownCall(CallId),
    /// The call's state does not allow it.
    #[error("not possible in state {0}")]
    WrongState(CallState),
    /// The data link is down.
    #[error("data link down")]
    LinkDown,
    /// No B channel is free.
    #[error("no free B channel")]
    NoChannel,
    /// This B channel is in use, being restarted or not one of the interface.
    #[error("B channel {0} is not free")]
    ChannelNotFree(u8),
    /// The bound of calls is reached.
    #[error("already {0} calls")]
    TooManyCalls(usize),
    /// The message would be too long.
    #[error("message of {length} octets, at most {limit}")]
    TooLong {
        /// Octets.
        length: usize,
        /// The bound.
        limit: usize,
    },
}
