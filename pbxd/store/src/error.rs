// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can go wrong with the database, by what to do about it.

use rusqlite::ErrorCode;
use std::path::{Path, PathBuf};

/// An error of the record store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another exchange writes to this file.
    #[error(
        "{0} is in use by another pbxd: stop it, or give this one a file of its own in [cdr] path"
    )]
    InUse(PathBuf),
    /// Another program holds a lock for longer than we wait.
    #[error("{0} is locked by another program for too long: end its transaction")]
    Locked(PathBuf),
    /// The file is damaged, or no database.
    #[error("{path} is damaged or no SQLite database ({detail}): move it away, or restore a copy")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        detail: String,
    },
    /// No room.
    #[error("no room left to write {0}: free some disk space")]
    Full(PathBuf),
    /// A later version of this program wrote the file.
    #[error("{path} has schema {found}, this program knows up to {known}: run the newer pbxd")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// It cannot be opened, read or written.
    #[error("cannot use {path}: {detail}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        detail: String,
    },
    /// An event for a record that does not exist or is closed, or a second one of its kind.
    #[error("call {call}: {problem}")]
    OutOfOrder {
        /// The call.
        call: u64,
        /// What does not fit.
        problem: &'static str,
    },
    /// Too many events wait to be written.
    #[error("{0} events wait to be written: the disk is too slow or full")]
    Backlog(usize),
    /// The writer has ended.
    #[error("the record writer has ended")]
    Stopped,
}

impl StoreError {
    pub(crate) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let detail = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked(path),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Corrupt { path, detail }
            }
            Some(ErrorCode::DiskFull) => Self::Full(path),
            _ => Self::Io { path, detail },
        }
    }

    pub(crate) fn io(path: &Path, error: impl core::fmt::Display) -> Self {
        Self::Io {
            path: path.to_owned(),
            detail: error.to_string(),
        }
    }

    /// Whether the same write may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Locked(_) | Self::Full(_) | Self::Io { .. })
    }
}
