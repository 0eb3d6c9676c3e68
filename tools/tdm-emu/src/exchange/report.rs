// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a scripted exchange has seen.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tdm_line::pattern;

/// Calls that are kept in a report; older ones are only counted.
const KEPT: usize = 1024;

/// What came over a B channel.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// Milliseconds that the channel was through-connected.
    pub ticks: u64,
    /// Of these, with sound above about -40 dBm0.
    pub sound_ticks: u64,
    /// The pattern that was to come.
    pub pattern: Option<pattern::Report>,
    /// The first octets, as many as the script asked for.
    pub octets: Vec<u8>,
}

/// One call that is over.
#[derive(Clone, Debug)]
pub struct CallRecord {
    /// The exchange made it.
    pub outgoing: bool,
    /// The number called.
    pub called: String,
    /// The calling number.
    pub calling: String,
    /// Its B channel's slot.
    pub slot: Option<u8>,
    /// Line time of SETUP.
    pub setup: Duration,
    /// Line time of CONNECT.
    pub connect: Option<Duration>,
    /// Line time of the end.
    pub end: Duration,
    /// The cause value at the end.
    pub cause: u8,
    /// What came over the channel.
    pub heard: Heard,
}

/// Counts and records.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The data link is up.
    pub link_up: bool,
    /// Calls that came.
    pub incoming: u64,
    /// Calls that the script made.
    pub outgoing: u64,
    /// Calls that the script could not make.
    pub failed: u64,
    /// Calls that were connected.
    pub connected: u64,
    /// Calls there are now.
    pub present: usize,
    /// Ended calls by cause value.
    pub causes: BTreeMap<u8, u64>,
    /// RESTARTs received.
    pub restarts: u64,
    /// D-channel frames with errors.
    pub frame_errors: u64,
    /// The last calls that are over, oldest first.
    pub calls: VecDeque<CallRecord>,
}

impl Report {
    pub(super) fn ended(&mut self, record: CallRecord) {
        *self.causes.entry(record.cause).or_default() += 1;
        if self.calls.len() >= KEPT {
            self.calls.pop_front();
        }
        self.calls.push_back(record);
    }
}

/// A report that is still being written.
#[derive(Clone, Debug, Default)]
pub struct ReportHandle(Arc<Mutex<Report>>);

impl ReportHandle {
    /// The report now.
    pub fn get(&self) -> Report {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn with(&self, change: impl FnOnce(&mut Report)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
