// SPDX-License-Identifier: MIT OR Apache-2.0
//! Call records on their way to the store.

use pbx_core::CdrEvent;
use pbx_store::{Anchor, Filter, State, Store, StoreError, UnixMs, Writer, WriterStats};
use std::path::Path;
use std::time::Duration;

/// Events that may wait for the disk.
const CAPACITY: usize = 8192;

/// The writer, and what an earlier process left behind.
#[derive(Debug)]
pub(super) struct Records {
    writer: Writer,
}

/// A channel whose call an earlier process lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LostChannel {
    pub(super) span: String,
    pub(super) slot: u8,
}

impl Records {
    /// Opens the records. Calls that an earlier process left open are closed as interrupted; their channels are returned.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<LostChannel>), StoreError> {
        let mut lost = Vec::new();
        if path.exists() {
            let store = Store::open_read_only(path)?;
            for state in [State::Open, State::Answered] {
                for record in store.list(&Filter {
                    state: Some(state),
                    ..Filter::default()
                })? {
                    let ends = [
                        (record.from_span, record.from_slot),
                        (record.to_span, record.to_slot),
                    ];
                    lost.extend(ends.into_iter().filter_map(|(span, slot)| {
                        Some(LostChannel {
                            span: span?,
                            slot: slot?,
                        })
                    }));
                }
            }
        }
        Ok((
            Self {
                writer: Writer::start(path, CAPACITY)?,
            },
            lost,
        ))
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
