// SPDX-License-Identifier: MIT OR Apache-2.0
//! A SIP registrar and its location table (RFC 3261, RFC 3327, RFC 5626, RFC 5627), sans-IO.
//!
//! The owner reads a REGISTER with [`Register::read`], authenticates its sender and decides
//! which address of record it may register, and hands it to [`Registrar::register`], which
//! changes the table as a whole or not at all and gives the [`Reply`]. **After that, and after
//! [`Registrar::handle_timeout`] and the other calls that change the table, the owner takes
//! outputs from [`Registrar::poll_output`] until there is none**: each is a [`Change`] for
//! storage and an [`Event`] for watchers of the registration state (RFC 3680).
//!
//! Time is a `Duration` since an epoch of the owner's choice. Expiry times are written to
//! storage as they are, so a table that is to survive a restart needs an epoch that does:
//! 1970, for instance.
//!
//! Storage is whoever keeps [`Binding`]s by their [`Binding::id`]: [`Change::Put`] stores one
//! in the place of any of the same id, [`Change::Delete`] takes one away. At start
//! [`Registrar::restore`] takes back what was stored; nothing is lost but connections.

#![forbid(unsafe_code)]

mod aor;
mod binding;
mod config;
mod counters;
mod error;
mod lookup;
mod output;
mod plan;
mod register;
mod registrar;
mod reply;
mod restore;
mod table;

pub use aor::Aor;
pub use binding::{Binding, Flow, Transport};
pub use config::{Config, Limits, Overflow};
pub use counters::Counters;
pub use error::{ConfigError, ReadError};
pub use lookup::{Branch, Target};
pub use output::{Cause, Change, Event, Output};
pub use register::{ContactSet, OfferedContact, Register};
pub use registrar::Registrar;
pub use reply::Reply;
pub use restore::Restored;
