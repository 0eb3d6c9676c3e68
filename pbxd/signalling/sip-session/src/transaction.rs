// SPDX-License-Identifier: MIT OR Apache-2.0
//! Transactions: the four machines of RFC 3261 as amended by RFC 6026, as one table.
//!
//! The table says, for a kind of transaction, a state and an input, which state follows
//! and what is done. What it does not list is unexpected and counted. Three timers are
//! enough for all the RFC's letters: *resend* (A, E, G), *timeout* (B, F, H) and
//! *linger* (D, I, J, K, L, M).

mod machine;
mod store;
mod table;

pub(crate) use machine::{KeptAck, Outcome, Owner, Transaction};
pub(crate) use store::{Transactions, merge_key, server_key};
pub use table::{Action, Input, Kind, ROWS, Row, State, initial, row};

/// A transaction of one endpoint; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TransactionId(pub(crate) u64);
