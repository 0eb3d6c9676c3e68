// SPDX-License-Identifier: MIT OR Apache-2.0
//! The life of a call's record: opened before the first SETUP or INVITE leaves, closed exactly once.

use crate::{CallId, Cause, Destination, Digits, Name, Origin, Party};
use core::time::Duration;

/// A step in the life of a call detail record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CdrEvent {
    /// Open it. Must be durable before later outputs of the call are acted upon.
    Open(CdrOpen),
    /// The call is tried at another target.
    Retarget(CdrRetarget),
    /// It was answered.
    Answer(CdrAnswer),
    /// It ended.
    Close(CdrClose),
}

/// The record's first entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CdrOpen {
    /// The call.
    pub call: CallId,
    /// When the call was offered, on the exchange's clock.
    pub offered: Duration,
    /// Where it came from; the slot is filled in when known.
    pub origin: Origin,
    /// The trunk group or peer it came from, as routes name it (the span's name when no group has the channel).
    pub from: Name,
    /// Who called.
    pub calling: Party,
    /// What was dialled.
    pub called: Digits,
    /// The route, when one matched.
    pub route: Option<Name>,
    /// The first target, when one could be tried.
    pub to: Option<Destination>,
    /// The number sent there.
    pub sent: Option<Digits>,
}

/// Another target is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CdrRetarget {
    /// The call.
    pub call: CallId,
    /// The target.
    pub to: Destination,
    /// The number sent there.
    pub sent: Digits,
    /// Which attempt this is; the first was 1.
    pub attempt: u8,
}

/// The call was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CdrAnswer {
    /// The call.
    pub call: CallId,
    /// When, on the exchange's clock.
    pub at: Duration,
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Releaser {
    /// The caller.
    Caller,
    /// The called end, or the network behind it.
    Callee,
    /// This exchange: no route, no channel, a timer.
    Exchange,
    /// An operator's hang-up.
    Operator,
    /// The shutdown.
    Shutdown,
}

impl Releaser {
    /// As written in records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Callee => "callee",
            Self::Exchange => "exchange",
            Self::Operator => "operator",
            Self::Shutdown => "shutdown",
        }
    }
}

/// The call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CdrClose {
    /// The call.
    pub call: CallId,
    /// When, on the exchange's clock.
    pub at: Duration,
    /// Why.
    pub cause: Cause,
    /// Who ended it.
    pub released: Releaser,
    /// From the offer to the end.
    pub total: Duration,
    /// From the first ringing to the answer, or to the end of an unanswered call; zero when it never rang.
    pub ringing: Duration,
    /// From the answer to the end; zero when it was not answered.
    pub talking: Duration,
    /// How many targets were tried.
    pub attempts: u8,
}
