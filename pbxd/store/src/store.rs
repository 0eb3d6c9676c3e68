// SPDX-License-Identifier: MIT OR Apache-2.0
//! Synchronous access to one database of records.

use crate::restarts::{self, OwedRestart};
use crate::writer::Entry;
use crate::{Anchor, Filter, Record, State, StoreError, UnixMs, schema};
use core::time::Duration;
use nix::fcntl::{Flock, FlockArg};
use pbx_core::{
    CdrAnswer, CdrClose, CdrEvent, CdrOpen, CdrRetarget, Destination, Origin, Presentation,
};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, Transaction, params};
use std::fs::File;
use std::path::{Path, PathBuf};

/// How long a lock of another program is waited for.
const BUSY_WAIT: Duration = Duration::from_millis(500);

/// What opening found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Records that were open and are closed as interrupted now.
    pub interrupted: u64,
    /// The last heartbeat of the run before.
    pub last_heartbeat: Option<UnixMs>,
}

/// One database of records. Only one writing store may be open on a file; readers ([`Store::open_read_only`]) may be many.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    /// Held for as long as this store writes.
    _lock: Option<Flock<File>>,
    unsynced: bool,
}

impl Store {
    /// Opens the database, creates it if need be, brings its schema up to date, and closes records that a crash left
    /// open.
    ///
    /// # Errors
    /// [`StoreError`] says what to do.
    pub fn open(path: &Path) -> Result<(Self, Recovery), StoreError> {
        let lock = lock(path)?;
        let sqlite = |error: rusqlite::Error| StoreError::sqlite(path, &error);
        let mut connection = Connection::open(path).map_err(sqlite)?;
        connection.busy_timeout(BUSY_WAIT).map_err(sqlite)?;
        let mode: String = connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
            .map_err(sqlite)?;
        if !mode.eq_ignore_ascii_case("wal") {
            return Err(StoreError::io(
                path,
                format_args!("the file system allows no WAL (journal mode {mode})"),
            ));
        }
        connection
            .pragma_update(None, "synchronous", "NORMAL")
            .map_err(sqlite)?;
        schema::migrate(&mut connection, path)?;
        let mut store = Self {
            connection,
            path: path.to_owned(),
            _lock: Some(lock),
            unsynced: false,
        };
        let recovery = store.recover()?;
        Ok((store, recovery))
    }

    /// Opens an existing database for reading, also while an exchange writes to it.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let sqlite = |error: rusqlite::Error| StoreError::sqlite(path, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(sqlite)?;
        connection.busy_timeout(BUSY_WAIT).map_err(sqlite)?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            _lock: None,
            unsynced: false,
        })
    }

    /// Closes what a crash left open, at the last heartbeat (but not before the call's own last time); its channels are owed a
    /// restart from then on.
    fn recover(&mut self) -> Result<Recovery, StoreError> {
        let path = &self.path;
        let sqlite = |error: rusqlite::Error| StoreError::sqlite(path, &error);
        let transaction = self.connection.transaction().map_err(sqlite)?;
        let last: Option<i64> = transaction
            .query_row("SELECT at_ms FROM heartbeat", [], |row| row.get(0))
            .optional()
            .map_err(sqlite)?;
        let owed = transaction
            .execute(restarts::OWE_UNFINISHED, [])
            .map_err(sqlite)?;
        let interrupted = transaction
            .execute(
                "UPDATE calls SET state = 'interrupted',
                    ended_ms = max(offered_ms, coalesce(answered_ms, 0), coalesce(?1, 0)),
                    total_ms = max(0, max(offered_ms, coalesce(?1, 0)) - offered_ms),
                    talking_ms = CASE WHEN answered_ms IS NULL THEN 0
                                      ELSE max(0, coalesce(?1, 0) - answered_ms) END
                 WHERE ended_ms IS NULL",
                [last],
            )
            .map_err(sqlite)?;
        transaction.commit().map_err(sqlite)?;
        self.unsynced |= interrupted > 0 || owed > 0;
        Ok(Recovery {
            interrupted: interrupted as u64,
            last_heartbeat: last.map(UnixMs),
        })
    }

    /// The smallest call id that no record has; at least 1.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn next_call_id(&self) -> Result<u64, StoreError> {
        let next: i64 = self
            .connection
            .query_row("SELECT coalesce(max(id), 0) + 1 FROM calls", [], |row| {
                row.get(0)
            })
            .map_err(|error| StoreError::sqlite(&self.path, &error))?;
        Ok(u64::try_from(next).unwrap_or(1))
    }

    /// Writes events in one transaction: all of them, or none.
    ///
    /// # Errors
    /// [`StoreError::OutOfOrder`] for an event that does not fit its record, else the database's.
    pub fn apply(&mut self, events: &[(Anchor, CdrEvent)]) -> Result<(), StoreError> {
        self.transact(|transaction, path| {
            events
                .iter()
                .try_for_each(|(anchor, event)| call(transaction, path, anchor, event))
        })
    }

    /// The same for entries of any kind.
    pub(crate) fn apply_entries(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        self.transact(|transaction, path| {
            entries.iter().try_for_each(|entry| match entry {
                Entry::Call(anchor, event) => call(transaction, path, anchor, event),
                Entry::Restarts(change) => restarts::write(transaction, path, change),
            })
        })
    }

    fn transact(
        &mut self,
        write: impl FnOnce(&Transaction<'_>, &Path) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let path = &self.path;
        let sqlite = |error: rusqlite::Error| StoreError::sqlite(path, &error);
        let transaction = self.connection.transaction().map_err(sqlite)?;
        write(&transaction, path)?;
        transaction.commit().map_err(sqlite)?;
        self.unsynced = true;
        Ok(())
    }

    /// The channels whose restart is owed to their far end, those of calls that a crash cut off included.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn owed_restarts(&self) -> Result<Vec<OwedRestart>, StoreError> {
        restarts::list(&self.connection).map_err(|error| StoreError::sqlite(&self.path, &error))
    }

    /// Stores the heartbeat.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn heartbeat(&mut self, now: UnixMs) -> Result<(), StoreError> {
        self.connection
            .execute(
                "INSERT INTO heartbeat VALUES (1, ?1, 0) ON CONFLICT (only_row) DO UPDATE SET at_ms = ?1",
                [now.0],
            )
            .map_err(|error| StoreError::sqlite(&self.path, &error))?;
        self.unsynced = true;
        Ok(())
    }

    /// Whether something was committed since the last [`Store::sync`].
    pub fn is_unsynced(&self) -> bool {
        self.unsynced
    }

    /// Forces all that was committed to the disk: one more commit, with `synchronous = FULL`, after which SQLite syncs the
    /// write-ahead log with everything before it.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn sync(&mut self) -> Result<(), StoreError> {
        let sqlite = |error: rusqlite::Error| StoreError::sqlite(&self.path, &error);
        self.connection
            .pragma_update(None, "synchronous", "FULL")
            .map_err(sqlite)?;
        let written = self.connection.execute(
            "INSERT INTO heartbeat VALUES (1, 0, 1) ON CONFLICT (only_row) DO UPDATE SET synced = synced + 1",
            [],
        );
        self.connection
            .pragma_update(None, "synchronous", "NORMAL")
            .map_err(sqlite)?;
        written.map_err(sqlite)?;
        self.unsynced = false;
        Ok(())
    }

    /// Reads records, newest first, one after the other.
    ///
    /// # Errors
    /// The database's, or the callback's word to stop (`false`), which is no error.
    pub fn for_each(
        &self,
        filter: &Filter,
        mut each: impl FnMut(Record) -> bool,
    ) -> Result<(), StoreError> {
        let sqlite = |error: rusqlite::Error| StoreError::sqlite(&self.path, &error);
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT id, state, offered_ms, answered_ms, ended_ms, from_name, from_span, from_slot, calling,
                        calling_name, presentation, called, route, to_name, to_span, to_slot, sent, attempts, cause,
                        released, total_ms, ringing_ms, talking_ms
                 FROM calls
                 WHERE (?1 IS NULL OR offered_ms >= ?1) AND (?2 IS NULL OR offered_ms < ?2)
                   AND (?3 IS NULL OR state = ?3)
                   AND (?4 IS NULL OR calling = ?4 OR called = ?4 OR sent = ?4)
                   AND (?5 IS NULL OR id < ?5)
                 ORDER BY id DESC LIMIT ?6",
            )
            .map_err(sqlite)?;
        let limit = filter.limit.map_or(-1, i64::from);
        let before = filter
            .before
            .map(|id| i64::try_from(id).unwrap_or(i64::MAX));
        let mut rows = statement
            .query(params![
                filter.since.map(|at| at.0),
                filter.until.map(|at| at.0),
                filter.state.map(State::name),
                filter.number,
                before,
                limit
            ])
            .map_err(sqlite)?;
        while let Some(row) = rows.next().map_err(sqlite)? {
            if !each(record(row).map_err(sqlite)?) {
                break;
            }
        }
        Ok(())
    }

    /// Reads records into a list.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Record>, StoreError> {
        let mut records = Vec::new();
        self.for_each(filter, |record| {
            records.push(record);
            true
        })?;
        Ok(records)
    }

    #[cfg(test)]
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }
}

fn lock(path: &Path) -> Result<Flock<File>, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&name)
        .map_err(|error| StoreError::io(&name, error))?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| match error {
        nix::errno::Errno::EWOULDBLOCK => StoreError::InUse(path.to_owned()),
        error => StoreError::io(&name, error),
    })
}

fn key(call: pbx_core::CallId) -> i64 {
    i64::try_from(call.0).unwrap_or(i64::MAX)
}

/// A destination as three columns: name, span, slot.
fn columns(to: &Destination) -> (&str, Option<&str>, Option<u8>) {
    match to {
        Destination::Trunk { group, channel } => (group, Some(&channel.span), Some(channel.slot)),
        Destination::Peer(name) => (name, None, None),
    }
}

fn call(
    transaction: &Transaction<'_>,
    path: &Path,
    anchor: &Anchor,
    event: &CdrEvent,
) -> Result<(), StoreError> {
    match event {
        CdrEvent::Open(open) => insert(transaction, path, anchor, open),
        CdrEvent::Retarget(next) => retarget(transaction, path, next),
        CdrEvent::Answer(answered) => answer(transaction, path, anchor, answered),
        CdrEvent::Close(closed) => close(transaction, path, anchor, closed),
    }
}

fn insert(
    transaction: &Transaction<'_>,
    path: &Path,
    anchor: &Anchor,
    open: &CdrOpen,
) -> Result<(), StoreError> {
    let (from_span, from_slot) = match &open.origin {
        Origin::Span { span, slot } => (Some(&**span), *slot),
        Origin::Peer(_) => (None, None),
    };
    let presentation = match open.calling.presentation {
        Presentation::Allowed => "allowed",
        Presentation::Restricted => "restricted",
        Presentation::Unavailable => "unavailable",
    };
    let to = open.to.as_ref().map(columns);
    let written = transaction
        .prepare_cached(
            "INSERT INTO calls (id, state, offered_ms, from_name, from_span, from_slot, calling, calling_name, presentation,
                called, route, to_name, to_span, to_slot, sent, attempts)
             VALUES (?1, 'open', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) ON CONFLICT DO NOTHING",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                key(open.call),
                anchor.wall_at(open.offered).0,
                &*open.from,
                from_span,
                from_slot,
                open.calling.number,
                open.calling.name,
                presentation,
                open.called.as_str(),
                open.route.as_deref(),
                to.map(|to| to.0),
                to.and_then(|to| to.1),
                to.and_then(|to| to.2),
                open.sent.as_ref().map(pbx_core::Digits::as_str),
                u8::from(to.is_some())
            ])
        })
        .map_err(|error| StoreError::sqlite(path, &error))?;
    fits(written, open.call, "there is a record of this call already")
}

fn retarget(
    transaction: &Transaction<'_>,
    path: &Path,
    next: &CdrRetarget,
) -> Result<(), StoreError> {
    let (name, span, slot) = columns(&next.to);
    let written = transaction
        .prepare_cached(
            "UPDATE calls SET to_name = ?2, to_span = ?3, to_slot = ?4, sent = ?5, attempts = ?6
             WHERE id = ?1 AND state = 'open'",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                key(next.call),
                name,
                span,
                slot,
                next.sent.as_str(),
                next.attempt
            ])
        })
        .map_err(|error| StoreError::sqlite(path, &error))?;
    fits(written, next.call, "no open record to give another target")
}

fn answer(
    transaction: &Transaction<'_>,
    path: &Path,
    anchor: &Anchor,
    answered: &CdrAnswer,
) -> Result<(), StoreError> {
    let written = transaction
        .prepare_cached("UPDATE calls SET state = 'answered', answered_ms = ?2 WHERE id = ?1 AND state = 'open'")
        .and_then(|mut statement| statement.execute(params![key(answered.call), anchor.wall_at(answered.at).0]))
        .map_err(|error| StoreError::sqlite(path, &error))?;
    fits(written, answered.call, "no open record to answer")
}

fn close(
    transaction: &Transaction<'_>,
    path: &Path,
    anchor: &Anchor,
    closed: &CdrClose,
) -> Result<(), StoreError> {
    let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    let written = transaction
        .prepare_cached(
            "UPDATE calls SET state = 'closed', ended_ms = ?2, cause = ?3, released = ?4, total_ms = ?5, ringing_ms = ?6,
                talking_ms = ?7, attempts = ?8
             WHERE id = ?1 AND state IN ('open', 'answered')",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                key(closed.call),
                anchor.wall_at(closed.at).0,
                closed.cause.value(),
                closed.released.name(),
                ms(closed.total),
                ms(closed.ringing),
                ms(closed.talking),
                closed.attempts
            ])
        })
        .map_err(|error| StoreError::sqlite(path, &error))?;
    fits(written, closed.call, "no unfinished record to close")
}

fn fits(written: usize, call: pbx_core::CallId, problem: &'static str) -> Result<(), StoreError> {
    if written == 1 {
        Ok(())
    } else {
        Err(StoreError::OutOfOrder {
            call: call.0,
            problem,
        })
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let state: String = row.get(1)?;
    let id: i64 = row.get(0)?;
    let count = |value: Option<i64>| value.map(|value| u64::try_from(value).unwrap_or(0));
    Ok(Record {
        id: u64::try_from(id).unwrap_or(0),
        state: State::named(&state).ok_or_else(|| {
            rusqlite::Error::InvalidColumnType(1, state, rusqlite::types::Type::Text)
        })?,
        offered: UnixMs(row.get(2)?),
        answered: row.get::<_, Option<i64>>(3)?.map(UnixMs),
        ended: row.get::<_, Option<i64>>(4)?.map(UnixMs),
        from: row.get(5)?,
        from_span: row.get(6)?,
        from_slot: row.get(7)?,
        calling: row.get(8)?,
        calling_name: row.get(9)?,
        presentation: row.get(10)?,
        called: row.get(11)?,
        route: row.get(12)?,
        to: row.get(13)?,
        to_span: row.get(14)?,
        to_slot: row.get(15)?,
        sent: row.get(16)?,
        attempts: row.get(17)?,
        cause: row.get(18)?,
        released: row.get(19)?,
        total_ms: count(row.get(20)?),
        ringing_ms: count(row.get(21)?),
        talking_ms: count(row.get(22)?),
    })
}

#[cfg(test)]
mod tests;
