// SPDX-License-Identifier: MIT OR Apache-2.0
//! Call states, their successors, and the messages that fit them.

use crate::message::MessageType;

/// Who began a call, seen from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// We sent SETUP.
    Outgoing,
    /// The peer sent SETUP.
    Incoming,
}

macro_rules! states {
    ($($variant:ident = $value:literal, $text:literal, [$($next:ident)*];)*) => {
        /// The state of a call, with the number that it has as U (user) and N (network) state.
        /// "Outgoing" and "incoming" in the names are the user's view, as in the standard.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum CallState {
            $(#[doc = concat!("State ", stringify!($value), ": ", $text, ".")] $variant,)*
        }

        impl CallState {
            /// Every state.
            pub const ALL: &'static [CallState] = &[$(CallState::$variant,)*];

            /// The number of the state.
            pub const fn number(self) -> u8 {
                match self {
                    $(CallState::$variant => $value,)*
                }
            }

            /// The name of the state.
            pub const fn name(self) -> &'static str {
                match self {
                    $(CallState::$variant => $text,)*
                }
            }

            /// The states that may follow, besides the same and null, which may always.
            pub const fn successors(self) -> &'static [CallState] {
                match self {
                    $(CallState::$variant => &[$(CallState::$next,)*],)*
                }
            }
        }
    };
}

// From nearly everywhere a call may clear: by DISCONNECT either way (11, 12) or by RELEASE (19).
states! {
    Null = 0, "null", [CallInitiated CallPresent];
    CallInitiated = 1, "call initiated",
        [OverlapSending OutgoingProceeding CallDelivered Active
         DisconnectRequest DisconnectIndication ReleaseRequest];
    OverlapSending = 2, "overlap sending",
        [OutgoingProceeding CallDelivered Active
         DisconnectRequest DisconnectIndication ReleaseRequest];
    OutgoingProceeding = 3, "outgoing call proceeding",
        [CallDelivered Active DisconnectRequest DisconnectIndication ReleaseRequest];
    CallDelivered = 4, "call delivered",
        [Active DisconnectRequest DisconnectIndication ReleaseRequest];
    CallPresent = 6, "call present",
        [OverlapReceiving IncomingProceeding CallReceived ConnectRequest
         DisconnectRequest DisconnectIndication ReleaseRequest];
    CallReceived = 7, "call received",
        [ConnectRequest DisconnectRequest DisconnectIndication ReleaseRequest];
    ConnectRequest = 8, "connect request",
        [Active DisconnectRequest DisconnectIndication ReleaseRequest];
    IncomingProceeding = 9, "incoming call proceeding",
        [CallReceived ConnectRequest DisconnectRequest DisconnectIndication ReleaseRequest];
    Active = 10, "active", [DisconnectRequest DisconnectIndication ReleaseRequest];
    DisconnectRequest = 11, "disconnect request", [ReleaseRequest];
    DisconnectIndication = 12, "disconnect indication", [ReleaseRequest];
    ReleaseRequest = 19, "release request", [];
    OverlapReceiving = 25, "overlap receiving",
        [IncomingProceeding CallReceived ConnectRequest
         DisconnectRequest DisconnectIndication ReleaseRequest];
}

impl CallState {
    /// Whether the call is being cleared.
    pub const fn is_clearing(self) -> bool {
        matches!(
            self,
            CallState::DisconnectRequest
                | CallState::DisconnectIndication
                | CallState::ReleaseRequest
        )
    }

    /// Whether digits are being collected or sent.
    pub const fn is_overlap(self) -> bool {
        matches!(
            self,
            CallState::OverlapSending | CallState::OverlapReceiving
        )
    }

    pub(crate) fn may_become(self, next: CallState) -> bool {
        self == next || next == CallState::Null || self.successors().contains(&next)
    }
}

impl core::fmt::Display for CallState {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} ({})", self.number(), self.name())
    }
}

/// Messages that fit a state; those that fit every state are in [`ALWAYS`].
struct Row {
    direction: Direction,
    states: &'static [CallState],
    messages: &'static [MessageType],
}

const ALWAYS: &[MessageType] = &[
    MessageType::Disconnect,
    MessageType::Release,
    MessageType::ReleaseComplete,
    MessageType::Status,
    MessageType::StatusEnquiry,
    MessageType::Information,
    MessageType::Notify,
    MessageType::Facility,
];

const FITTING: &[Row] = {
    use MessageType::{
        Alerting, CallProceeding, Connect, ConnectAcknowledge, Progress, SetupAcknowledge,
    };
    &[
        Row {
            direction: Direction::Outgoing,
            states: &[CallState::CallInitiated, CallState::CallPresent],
            messages: &[
                SetupAcknowledge,
                CallProceeding,
                Alerting,
                Progress,
                Connect,
            ],
        },
        Row {
            direction: Direction::Outgoing,
            states: &[CallState::OverlapSending, CallState::OverlapReceiving],
            messages: &[CallProceeding, Alerting, Progress, Connect],
        },
        Row {
            direction: Direction::Outgoing,
            states: &[CallState::OutgoingProceeding, CallState::IncomingProceeding],
            messages: &[Alerting, Progress, Connect],
        },
        Row {
            direction: Direction::Outgoing,
            states: &[CallState::CallDelivered, CallState::CallReceived],
            messages: &[Progress, Connect],
        },
        Row {
            direction: Direction::Incoming,
            states: &[CallState::ConnectRequest, CallState::Active],
            messages: &[ConnectAcknowledge],
        },
    ]
};

/// Whether a message fits the state of a call.
pub(crate) fn accepts(direction: Direction, state: CallState, kind: MessageType) -> bool {
    ALWAYS.contains(&kind)
        || FITTING.iter().any(|row| {
            row.direction == direction
                && row.states.contains(&state)
                && row.messages.contains(&kind)
        })
}

/// Whether our state goes with the state that the peer reports in answer to our enquiry: the one
/// must not be active while the other is still being set up. Clearing goes with everything, since the
/// clearing message is on its way.
pub(crate) fn compatible(ours: CallState, theirs: u8) -> bool {
    let setting_up = |number: u8| matches!(number, 1..=4 | 6 | 7 | 9 | 25);
    match ours {
        CallState::Active => !setting_up(theirs),
        state if setting_up(state.number()) => theirs != CallState::Active.number(),
        _ => true,
    }
}
