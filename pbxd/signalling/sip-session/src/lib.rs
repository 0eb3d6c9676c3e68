// SPDX-License-Identifier: MIT OR Apache-2.0
//! SIP transactions, dialogs and calls (RFC 3261, RFC 6026, RFC 3581), sans-IO.
//!
//! One [`Endpoint`] is a user agent: it makes and takes calls over any number of local
//! addresses. It has no socket and no clock. Its owner
//!
//! * hands in every datagram with [`Endpoint::input_datagram`],
//! * makes requests and answers with [`Endpoint::invite`], [`Endpoint::answer`] and so on,
//! * **after every one of these, takes outputs from [`Endpoint::poll_output`] until it
//!   returns `None`**: octets to send, and [`Event`]s,
//! * then waits until [`Endpoint::poll_timeout`] at the latest and calls
//!   [`Endpoint::handle_timeout`].
//!
//! Time is a `Duration` since an epoch of the owner's choice and never runs back.
//! Randomness (tags, branches, Call-IDs, the waiting time after a 491) comes from the
//! seed given at construction: the same seed and the same inputs give the same outputs.
//!
//! A call is a [`SessionId`]. It is valid until its [`Event::Ended`], which comes exactly
//! once for every session, whoever began it and however it ends. Session descriptions
//! are opaque [`Body`](sip_msg::Body)s here; joining them with an SDP codec is the
//! owner's work.

#![forbid(unsafe_code)]

mod config;
mod counters;
mod deadline;
mod dialog;
mod endpoint;
mod error;
mod event;
mod next_hop;
mod random;
mod request;
mod session;
pub mod transaction;

pub use config::{Advertised, Bounds, Config, Timers};
pub use counters::Counters;
pub use endpoint::Endpoint;
pub use error::Error;
pub use event::{EndCause, Event, Failure, IncomingCall, Output, Progress, Transmit};
pub use request::{Invite, OptionsPing};
pub use session::{RequestId, SessionId};
