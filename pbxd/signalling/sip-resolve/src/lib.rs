// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where a SIP request goes (RFC 3263, RFC 2782, RFC 7118), sans-IO.
//!
//! A [`Resolution`] turns a URI into an ordered list of [`Target`]s. It asks no name server:
//! **its owner takes questions from [`Resolution::poll_question`] until there is none, puts
//! them to a resolver, hands the results to [`Resolution::answer`], and repeats until
//! [`Resolution::outcome`] is there**; at [`Resolution::poll_timeout`] it calls
//! [`Resolution::handle_timeout`], which makes do with the answers there are.
//!
//! A [`Failover`] walks the list: it leaves what [`DeadTargets`] remembers as dead for the
//! end, and sends large requests over TCP first. [`DeadTargets`] is one for all requests.
//!
//! Time is a `Duration` since an epoch of the owner's choice and never runs back. Choices by
//! weight come from a seed: the same seed and answers give the same order.

#![forbid(unsafe_code)]

mod config;
mod dead;
mod destination;
mod failover;
mod order;
mod question;
mod random;
mod resolution;
mod target;

pub use config::{Config, Family};
pub use dead::{DeadConfig, DeadTargets};
pub use destination::{Destination, DestinationError};
pub use failover::{Failover, LARGE, is_failover};
pub use question::{Answer, Kind, Naptr, NoAnswer, Question, Srv};
pub use resolution::{Failure, Resolution};
pub use target::{Target, Transport};
