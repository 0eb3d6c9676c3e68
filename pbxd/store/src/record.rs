// SPDX-License-Identifier: MIT OR Apache-2.0
//! A record as it is read back, and which records to read.

use crate::UnixMs;
use serde::{Deserialize, Serialize};

/// How far a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The call is being set up.
    Open,
    /// The call was answered and goes on.
    Answered,
    /// The call ended.
    Closed,
    /// The exchange died while the call was there; the end is the last heartbeat.
    Interrupted,
}

impl State {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Closed => "closed",
            Self::Interrupted => "interrupted",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Open, Self::Answered, Self::Closed, Self::Interrupted]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// One call detail record. Times are wall-clock times, durations are from the exchange's own clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The call's id; never used twice in one database.
    pub id: u64,
    /// How far it is.
    pub state: State,
    /// When the call was offered.
    pub offered: UnixMs,
    /// When it was answered.
    pub answered: Option<UnixMs>,
    /// When it ended; for an interrupted one, the last heartbeat.
    pub ended: Option<UnixMs>,
    /// The trunk group or peer it came from.
    pub from: String,
    /// The span it came from.
    pub from_span: Option<String>,
    /// The slot it came from.
    pub from_slot: Option<u8>,
    /// The calling number.
    pub calling: Option<String>,
    /// The calling name.
    pub calling_name: Option<String>,
    /// `allowed`, `restricted` or `unavailable`.
    pub presentation: String,
    /// The number dialled.
    pub called: String,
    /// The route taken.
    pub route: Option<String>,
    /// The trunk group or peer it went to (the last one tried).
    pub to: Option<String>,
    /// The span it went to.
    pub to_span: Option<String>,
    /// The slot it went to.
    pub to_slot: Option<u8>,
    /// The number sent there.
    pub sent: Option<String>,
    /// How many targets were tried.
    pub attempts: u8,
    /// The Q.850 cause; none for an interrupted one.
    pub cause: Option<u8>,
    /// Who ended it: `caller`, `callee`, `exchange`, `operator`, `shutdown`.
    pub released: Option<String>,
    /// From the offer to the end, milliseconds.
    pub total_ms: Option<u64>,
    /// From the first ringing to the answer or the end, milliseconds.
    pub ringing_ms: Option<u64>,
    /// From the answer to the end, milliseconds.
    pub talking_ms: Option<u64>,
}

/// Which records to read, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Offered at this moment or later.
    pub since: Option<UnixMs>,
    /// Offered before this moment.
    pub until: Option<UnixMs>,
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those with this calling, called or sent number, in full.
    pub number: Option<String>,
    /// Only those with a smaller id: to read on where the last page ended.
    pub before: Option<u64>,
    /// At most this many; none: all.
    pub limit: Option<u32>,
}
