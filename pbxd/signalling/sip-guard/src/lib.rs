// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who may knock at the SIP edge, sans-IO.
//!
//! The owner asks [`Guard::check`] about every request before anything is done for it, and
//! tells [`Guard::offence`] what it found out afterwards: a wrong password, an unknown user, a
//! malformed message. The guard keeps a rate and a score for every source, bans it for longer
//! and longer, recognises scanners, and forgets: scores halve, bans end. **After every call
//! the owner takes events from [`Guard::poll_event`] until there is none**; each is one
//! structured line for a log that fail2ban can read.
//!
//! Memory is bounded: two tables of fixed size, of which the least recently seen go first;
//! banned sources stand in a table of their own, so that a flood of forged sources cannot
//! wash them out.
//!
//! A source is an IPv4 address or an IPv6 network of 64 bits ([`Source`]). Over UDP it may be
//! forged. Offences carry [`Evidence`]: what a source cannot have been forged for weighs
//! fully, the rest a fraction. Trunks belong on the access list, which no ban overrides.
//!
//! Time is a `Duration` since an epoch of the owner's choice and never runs back. The same
//! inputs give the same decisions.

#![forbid(unsafe_code)]

mod acl;
mod bucket;
mod config;
mod counters;
mod event;
mod guard;
mod offence;
mod request;
mod scanner;
mod score;
mod source;
mod table;
mod tarpit;
mod verdict;

pub use acl::{Access, Acl, AclError, Network};
pub use config::{Config, ConfigError};
pub use counters::Counters;
pub use event::{Action, Event};
pub use guard::Guard;
pub use offence::{Evidence, Offence};
pub use request::Request;
pub use scanner::{DEFAULT_SCANNERS, Signature};
pub use source::Source;
pub use verdict::Verdict;
