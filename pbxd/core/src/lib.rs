// SPDX-License-Identifier: MIT OR Apache-2.0
//! Call model, routing, cause mapping and call records, sans-IO.
//!
//! One [`Exchange`] holds the calls of one shard. Adapters translate between a technology (PRI, SIP, later CAS and
//! analog) and the neutral events and commands of a leg ([`LegEvent`], [`LegCommand`]); nothing here knows what a
//! SETUP message or an INVITE looks like. [`Cause`] (ITU-T Q.850) is the one currency for "why did it end".
//!
//! # Contract
//! * Time is an argument: `now` counts from an epoch of the caller's choice and never goes back.
//! * After every [`Exchange::input`] and [`Exchange::handle_timeout`], drain [`Exchange::poll_output`] until `None`.
//! * Outputs are acted upon in order. A [`CdrEvent::Open`] must be durable before any later output of the *same call* is
//!   acted upon; so no SETUP and no INVITE leaves before its record exists. Other calls need not wait for it.
//! * Every leg that was offered or placed ends with exactly one [`LegEvent::Cleared`] or [`LegEvent::Failed`] from its
//!   adapter. A leg whose adapter stays silent after [`LegCommand::Clear`] is abandoned after [`Timing::clearing`] and its
//!   channel taken out of service until the adapter says otherwise.
//! * No randomness, no clock, no allocation that is not bounded by [`Limits`].
#![forbid(unsafe_code)]

mod cause;
mod cdr;
mod channel;
mod digits;
mod exchange;
mod leg;
mod plan;
mod progress;
mod route;

pub use cause::{Cause, CauseMap, Direction, ROWS, Reason, Row, Source};
pub use cdr::{CdrAnswer, CdrClose, CdrEvent, CdrOpen, CdrRetarget, Releaser};
pub use channel::{ChannelAllocator, ChannelId, ChannelStatus, Hunt, OccupyError, Outage, Side};
pub use digits::{Digits, DigitsError, MAX_DIGITS};
pub use exchange::{CallView, Counters, Exchange, Input, Limits, Stage, Timing};
pub use leg::{
    Bearer, CallId, Destination, LegCommand, LegEvent, LegId, LegState, LegTraits, MAX_TEXT,
    MediaCommand, MediaRef, Name, Origin, Output, Party, Path, Presentation, Screening, Setup,
    Tone,
};
pub use plan::{PeerSpec, Plan, PlanError, PlanPart, TrunkGroupSpec};
pub use progress::tone_for;
pub use route::{
    DEFAULT_RETRY, Lookup, MAX_TARGETS, Pattern, PatternError, Route, RouteSpec, Routes, Target,
    TargetSpec, TargetTo,
};
