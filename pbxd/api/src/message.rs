// SPDX-License-Identifier: MIT OR Apache-2.0
//! Requests and responses.

use serde::{Deserialize, Serialize};

/// The protocol's version. Raised when an old client or server could misread the other.
pub const VERSION: u32 = 1;

/// What a client sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// [`VERSION`].
    pub version: u32,
    /// Chosen by the client; the response carries it.
    pub id: u64,
    /// What is asked.
    pub command: Command,
}

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// The calls there are. At most `limit`, with ids above `after`; ask again while the reply says more.
    Calls {
        /// Only calls with a larger id.
        #[serde(default)]
        after: u64,
        /// At most so many; the server has a limit of its own.
        #[serde(default = "no_limit")]
        limit: u32,
    },
    /// End a call.
    Hangup {
        /// The call's id.
        call: u64,
        /// The Q.850 cause, 1 to 127; 16 when not given.
        #[serde(default = "normal")]
        cause: u8,
    },
    /// The spans and their channels.
    Spans {},
    /// How the exchange is, with all counters.
    Status {},
    /// Where a number would go, and why.
    Explain {
        /// The number.
        number: String,
        /// The trunk group or peer it comes from.
        from: String,
    },
    /// Read the configuration file again and put what can change into force; calls go on.
    Reload {},
    /// End: no new calls at once, the rest after `grace_s`.
    Shutdown {
        /// Seconds.
        #[serde(default)]
        grace_s: u32,
    },
}

fn no_limit() -> u32 {
    u32::MAX
}

fn normal() -> u8 {
    16
}

/// What the server answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// [`VERSION`].
    pub version: u32,
    /// The request's; 0 when the request could not be read.
    pub id: u64,
    /// The outcome.
    #[serde(flatten)]
    pub outcome: Done,
}

/// An answer or an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// It was done.
    Ok(Reply),
    /// It was not.
    Error(ApiError),
}

/// Answers, by request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Reply {
    /// To [`Command::Calls`].
    Calls {
        /// By id.
        calls: Vec<Call>,
        /// There are calls with larger ids.
        more: bool,
    },
    /// To [`Command::Hangup`]: the legs were told to clear.
    Hangup {},
    /// To [`Command::Spans`].
    Spans {
        /// In the order of the configuration.
        spans: Vec<Span>,
    },
    /// To [`Command::Status`].
    Status(Status),
    /// To [`Command::Explain`].
    Explain {
        /// One fact a line.
        text: String,
    },
    /// To [`Command::Reload`]: the file is valid.
    Reload {
        /// What is in force now that was not before, one change each.
        changed: Vec<String>,
        /// What the file says and only a restart brings.
        restart: Vec<String>,
    },
    /// To [`Command::Shutdown`]: it has begun.
    Shutdown {},
}

/// Why a request was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The line is no request, or too long.
    Malformed,
    /// Another version of the protocol.
    Version,
    /// A value that is out of range.
    Invalid,
    /// There is no such call, trunk group or peer.
    NotFound,
    /// The exchange cannot do it now.
    Unavailable,
}

/// An error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// For programs.
    pub code: ErrorCode,
    /// For people: what was found, and what was expected.
    pub message: String,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Its id, also of its record.
    pub id: u64,
    /// `dialling`, `trying`, `ringing`, `talking`, `failing` or `ended`.
    pub state: String,
    /// Milliseconds since it was offered.
    pub age_ms: u64,
    /// Milliseconds since its answer.
    pub talking_ms: Option<u64>,
    /// The calling number.
    pub calling: Option<String>,
    /// The number dialled.
    pub called: String,
    /// The route taken.
    pub route: Option<String>,
    /// Where it comes from.
    pub from: Party,
    /// Where it goes; not before a target was chosen.
    pub to: Option<Party>,
}

/// One end of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its trunk group or peer.
    pub name: String,
    /// Its channel, `span/slot`.
    pub channel: Option<String>,
}

/// One span.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// `user` or `network`.
    pub side: String,
    /// The line's alarms, `none` when there is none.
    pub alarms: Vec<String>,
    /// Whether the signalling channel's layer 2 is up.
    pub signalling_up: bool,
    /// Its channels, by slot.
    pub channels: Vec<ChannelState>,
}

/// One channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelState {
    /// The slot.
    pub slot: u8,
    /// The call on it.
    pub call: Option<u64>,
    /// Why it is out of service; empty: in service.
    pub outages: Vec<String>,
}

/// How the exchange is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The program's version.
    pub program: String,
    /// Milliseconds since it started.
    pub uptime_ms: u64,
    /// Calls now.
    pub calls: u64,
    /// It is shutting down.
    pub shutting_down: bool,
    /// All counters, by name.
    pub counters: Vec<Counter>,
}

/// A counter: counts up from the start of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// Its name, `part.what`.
    pub name: String,
    /// Its value.
    pub value: u64,
}

impl Response {
    /// A good answer.
    pub fn ok(id: u64, reply: Reply) -> Self {
        Self {
            version: VERSION,
            id,
            outcome: Done::Ok(reply),
        }
    }

    /// An error.
    pub fn error(id: u64, code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            version: VERSION,
            id,
            outcome: Done::Error(ApiError {
                code,
                message: message.into(),
            }),
        }
    }
}
