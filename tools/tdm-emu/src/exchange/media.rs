// SPDX-License-Identifier: MIT OR Apache-2.0
//! One call's B channel at a far end: what is sent, and what is made of what comes.

use super::play::{Prepared, Source};
use super::report::Heard;
use crate::model::TICK;
use g711::Law;
use tdm_line::pattern::{Checker, Pattern};

/// The mean absolute sample of a millisecond from which it counts as sound: about -40 dBm0.
const SOUND: u32 = 256;

/// What a script wants of a call's audio.
#[derive(Clone, Debug)]
pub(super) struct Audio {
    pub(super) play: Prepared,
    pub(super) verify: Option<Pattern>,
    /// Octets to keep of what comes.
    pub(super) keep: usize,
}

/// A B channel in use.
#[derive(Debug)]
pub(super) struct Media {
    source: Source,
    checker: Option<Checker>,
    keep: usize,
    law: Law,
    heard: Heard,
}

impl Media {
    /// Starts sending and listening.
    pub(super) fn new(audio: &Audio, law: Law) -> Self {
        Media {
            source: audio.play.start(),
            checker: audio.verify.map(Checker::new),
            keep: audio.keep,
            law,
            heard: Heard::default(),
        }
    }

    /// One row each way.
    pub(super) fn tick(&mut self, received: [u8; TICK as usize], idle: u8) -> [u8; TICK as usize] {
        let sum: u32 = received
            .iter()
            .map(|code| u32::from(self.law.decode(*code).unsigned_abs()))
            .sum();
        self.heard.ticks += 1;
        if sum / TICK as u32 >= SOUND {
            self.heard.sound_ticks += 1;
        }
        if let Some(checker) = &mut self.checker {
            checker.push_all(&received);
            self.heard.pattern = Some(*checker.report());
        }
        let room = self
            .keep
            .saturating_sub(self.heard.octets.len())
            .min(received.len());
        self.heard
            .octets
            .extend_from_slice(received.get(..room).unwrap_or_default());
        let mut row = [idle; TICK as usize];
        self.source.fill(&received, idle, &mut row);
        row
    }

    /// What came in.
    pub(super) fn into_heard(self) -> Heard {
        self.heard
    }
}
