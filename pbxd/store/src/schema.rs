// SPDX-License-Identifier: MIT OR Apache-2.0
//! The schema, as numbered migrations; `PRAGMA user_version` says how many were applied.

use crate::StoreError;
use rusqlite::Connection;
use std::path::Path;

/// Applied in order, each in a transaction of its own. A migration that was released is never changed.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE calls (
        id             INTEGER PRIMARY KEY,
        state          TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed', 'interrupted')),
        offered_ms     INTEGER NOT NULL,
        answered_ms    INTEGER,
        ended_ms       INTEGER,
        from_name      TEXT NOT NULL,
        from_span      TEXT,
        from_slot      INTEGER,
        calling        TEXT,
        calling_name   TEXT,
        presentation   TEXT NOT NULL,
        called         TEXT NOT NULL,
        route          TEXT,
        to_name        TEXT,
        to_span        TEXT,
        to_slot        INTEGER,
        sent           TEXT,
        attempts       INTEGER NOT NULL,
        cause          INTEGER,
        released       TEXT,
        total_ms       INTEGER,
        ringing_ms     INTEGER,
        talking_ms     INTEGER
    ) STRICT;
    CREATE INDEX calls_unfinished ON calls (id) WHERE ended_ms IS NULL;
    CREATE INDEX calls_offered ON calls (offered_ms);
    CREATE TABLE heartbeat (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        at_ms    INTEGER NOT NULL,
        synced   INTEGER NOT NULL
    ) STRICT;
",
    "
    CREATE TABLE restarts (
        span TEXT NOT NULL,
        slot INTEGER NOT NULL,
        PRIMARY KEY (span, slot)
    ) STRICT, WITHOUT ROWID;
",
];

/// Brings a database up to date.
pub(crate) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let sqlite = |error: rusqlite::Error| StoreError::sqlite(path, &error);
    let found: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(sqlite)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    for (number, sql) in (1_i64..)
        .zip(MIGRATIONS)
        .skip(usize::try_from(found).unwrap_or(0))
    {
        let transaction = connection.transaction().map_err(sqlite)?;
        transaction.execute_batch(sql).map_err(sqlite)?;
        transaction
            .pragma_update(None, "user_version", number)
            .map_err(sqlite)?;
        transaction.commit().map_err(sqlite)?;
    }
    Ok(())
}
