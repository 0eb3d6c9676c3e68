// SPDX-License-Identifier: MIT OR Apache-2.0
//! One call at a scripted exchange.

use super::media::{Audio, Media};
use super::report::{CallRecord, Heard};
use std::time::Duration;

/// The next thing that the script does with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Alert,
    Answer,
    Disconnect,
    Reject(u8),
}

/// A call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) outgoing: bool,
    pub(super) called: String,
    pub(super) calling: String,
    pub(super) complete: bool,
    pub(super) slot: Option<u8>,
    pub(super) setup: Duration,
    pub(super) connect: Option<Duration>,
    /// The rule that it follows.
    pub(super) rule: Option<usize>,
    pub(super) audio: Option<Audio>,
    pub(super) hold: Option<Duration>,
    /// What comes next, and when; in order.
    pub(super) steps: Vec<(Duration, Step)>,
    pub(super) media: Option<Media>,
}

impl Call {
    /// A call that has just begun.
    pub(super) fn new(outgoing: bool, called: String, calling: String, setup: Duration) -> Self {
        Call {
            outgoing,
            called,
            calling,
            complete: false,
            slot: None,
            setup,
            connect: None,
            rule: None,
            audio: None,
            hold: None,
            steps: Vec::new(),
            media: None,
        }
    }

    /// The next step that is due.
    pub(super) fn due(&mut self, now: Duration) -> Option<Step> {
        let at = self.steps.iter().position(|(when, _)| *when <= now)?;
        Some(self.steps.remove(at).1)
    }

    /// Its record.
    pub(super) fn record(self, end: Duration, cause: u8) -> CallRecord {
        CallRecord {
            outgoing: self.outgoing,
            called: self.called,
            calling: self.calling,
            slot: self.slot,
            setup: self.setup,
            connect: self.connect,
            end,
            cause,
            heard: self.media.map_or_else(Heard::default, Media::into_heard),
        }
    }
}
