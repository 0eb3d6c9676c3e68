// SPDX-License-Identifier: MIT OR Apache-2.0
//! Call records on their way to the store.

use pbx_core::{CdrEvent, Name};
use pbx_store::{Anchor, OwedRestart, RestartChange, StoreError, UnixMs, Writer, WriterStats};
use std::path::Path;
use std::time::Duration;

/// Events that may wait for the disk.
const CAPACITY: usize = 8192;

/// The writer, and what an earlier process left behind.
#[derive(Debug)]
pub(super) struct Records {
    writer: Writer,
}

impl Records {
    /// Opens the records. Calls that an earlier process left open are closed as interrupted, and their channels are owed a
    /// restart.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            writer: Writer::start(path, CAPACITY)?,
        })
    }

    /// The channels whose restart an earlier process owed.
    pub(super) fn owed_restarts(&self) -> &[OwedRestart] {
        self.writer.owed_restarts()
    }

    /// Hands over that channels are owed a restart, or no longer.
    pub(super) fn restarts(
        &self,
        span: Name,
        slots: Vec<u8>,
        owed: bool,
    ) -> Result<(), StoreError> {
        let change = RestartChange { span, slots, owed };
        self.writer.submit_restarts(change, |outcome| {
            if let Err(error) = outcome {
                tracing::error!(%error, "channels to restart");
            }
        })
    }

    /// The first call id that no record has.
    pub(super) fn next_call_id(&self) -> u64 {
        self.writer.next_call_id()
    }

    /// How many records were closed as interrupted when this process started.
    pub(super) fn recovery(&self) -> pbx_store::Recovery {
        self.writer.recovery()
    }

    /// Writes an event and waits until it would survive a kill.
    pub(super) fn write(&self, now: Duration, event: CdrEvent) -> Result<(), StoreError> {
        self.writer.write(anchor(now), event)
    }

    /// Hands an event over.
    pub(super) fn submit(&self, now: Duration, event: CdrEvent) -> Result<(), StoreError> {
        self.writer.submit(anchor(now), event, |outcome| {
            if let Err(error) = outcome {
                tracing::error!(%error, "call record");
            }
        })
    }

    /// Its figures.
    pub(super) fn stats(&self) -> WriterStats {
        self.writer.stats()
    }
}

fn anchor(now: Duration) -> Anchor {
    Anchor {
        wall: UnixMs::now(),
        exchange: now,
    }
}
