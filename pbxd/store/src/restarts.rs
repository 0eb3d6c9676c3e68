// SPDX-License-Identifier: MIT OR Apache-2.0
//! Channels whose restart is owed to the far end: their calls were cut off, and the far end has not confirmed a RESTART yet.
//!
//! They are kept beside the records, so that a process that is killed before it could restart them leaves the debt to the next.

use crate::StoreError;
use pbx_core::Name;
use rusqlite::{Connection, Transaction, params};
use std::path::Path;

/// A channel whose restart is owed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwedRestart {
    /// Its span.
    pub span: String,
    /// Its slot.
    pub slot: u8,
}

/// Channels of one span whose restart is owed from now on, or no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestartChange {
    /// The span.
    pub span: Name,
    /// The slots.
    pub slots: Vec<u8>,
    /// It is owed.
    pub owed: bool,
}

/// The channels of all calls that have not ended.
pub(crate) const OWE_UNFINISHED: &str = "
    INSERT OR IGNORE INTO restarts
    SELECT from_span, from_slot FROM calls WHERE ended_ms IS NULL AND from_span IS NOT NULL AND from_slot IS NOT NULL
    UNION
    SELECT to_span, to_slot FROM calls WHERE ended_ms IS NULL AND to_span IS NOT NULL AND to_slot IS NOT NULL";

pub(crate) fn write(
    transaction: &Transaction<'_>,
    path: &Path,
    change: &RestartChange,
) -> Result<(), StoreError> {
    let sql = if change.owed {
        "INSERT OR IGNORE INTO restarts VALUES (?1, ?2)"
    } else {
        "DELETE FROM restarts WHERE span = ?1 AND slot = ?2"
    };
    let all = || -> rusqlite::Result<()> {
        let mut statement = transaction.prepare_cached(sql)?;
        for slot in &change.slots {
            statement.execute(params![&*change.span, slot])?;
        }
        Ok(())
    };
    all().map_err(|error| StoreError::sqlite(path, &error))
}

pub(crate) fn list(connection: &Connection) -> rusqlite::Result<Vec<OwedRestart>> {
    connection
        .prepare_cached("SELECT span, slot FROM restarts ORDER BY span, slot")?
        .query_map([], |row| {
            Ok(OwedRestart {
                span: row.get(0)?,
                slot: row.get(1)?,
            })
        })?
        .collect()
}
