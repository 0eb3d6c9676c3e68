// SPDX-License-Identifier: MIT OR Apache-2.0
//! Call detail records in SQLite.
//!
//! [`Store`] is the synchronous access to one database file; [`Writer`] owns a store on a thread of its own, commits in
//! batches, and says when a record is safe.
//!
//! # What is safe when
//! The database runs in WAL mode. Every commit is in the operating system's hands when it is acknowledged, so a killed
//! process loses nothing that was acknowledged. The write-ahead log is forced to the disk at most one second after a
//! commit, so a loss of power loses at most the last second. A heartbeat is stored every few seconds; when the exchange
//! starts and finds records still open, it closes them as `interrupted` at the last heartbeat, and in the same transaction
//! notes their channels as owed a restart ([`OwedRestart`]); they stay noted until the far end has confirmed it.
#![forbid(unsafe_code)]

mod clock;
mod error;
mod export;
mod record;
mod restarts;
mod schema;
mod store;
mod writer;

pub use clock::{Anchor, UnixMs};
pub use error::StoreError;
pub use export::{COLUMNS, write_csv, write_json};
pub use record::{Filter, Record, State};
pub use restarts::{OwedRestart, RestartChange};
pub use store::{Recovery, Store};
pub use writer::{HEARTBEAT, SYNC, Writer, WriterStats};
