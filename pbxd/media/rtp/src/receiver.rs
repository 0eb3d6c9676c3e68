// SPDX-License-Identifier: MIT OR Apache-2.0
//! A stream as received: one current source, and its replacement when the far end changes it.

use crate::{Header, Source, Verdict};

/// How a receiver treats new sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ReceiverConfig {
    /// Packets in order, besides the first, before a source is valid. 0, the default, is right
    /// where the socket's peer is known from signalling.
    pub probation: u8,
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// It belongs to the current source.
    Current(Verdict),
    /// It belongs to a new source that is now the current one. All numbering begins anew.
    Changed(Verdict),
    /// It belongs to another source that has not passed its probation. Not to be played.
    Foreign,
}

/// The receiving side of a point-to-point stream.
#[derive(Clone, Copy, Debug, Default)]
pub struct Receiver {
    config: ReceiverConfig,
    current: Option<Source>,
    candidate: Option<Source>,
    changes: u32,
    foreign: u32,
}

impl Receiver {
    /// A receiver that has heard nothing yet.
    #[must_use]
    pub const fn new(config: ReceiverConfig) -> Self {
        Self {
            config,
            current: None,
            candidate: None,
            changes: 0,
            foreign: 0,
        }
    }

    /// Takes a packet; see [`Source::input`] for `arrival` and `timed`.
    pub fn input(&mut self, header: &Header, arrival: u32, timed: bool) -> Received {
        if let Some(current) = self.current.as_mut().filter(|s| s.ssrc() == header.ssrc) {
            // Another source's candidacy ends when the old one speaks again.
            self.candidate = None;
            return Received::Current(current.input(header, arrival, timed));
        }
        let known = self.candidate.filter(|s| s.ssrc() == header.ssrc);
        let mut source = known.unwrap_or_else(|| Source::new(header, self.config.probation));
        let verdict = source.input(header, arrival, timed);
        if source.is_valid() {
            if self.current.is_some() {
                self.changes = self.changes.saturating_add(1);
            }
            self.current = Some(source);
            self.candidate = None;
            return Received::Changed(verdict);
        }
        self.candidate = Some(source);
        self.foreign = self.foreign.saturating_add(1);
        Received::Foreign
    }

    /// The current source.
    #[must_use]
    pub const fn source(&self) -> Option<&Source> {
        self.current.as_ref()
    }

    /// The current source, to take a report from it.
    pub fn source_mut(&mut self) -> Option<&mut Source> {
        self.current.as_mut()
    }

    /// How often the source changed, the first one not counted.
    #[must_use]
    pub const fn changes(&self) -> u32 {
        self.changes
    }

    /// Packets of sources on probation.
    #[must_use]
    pub const fn foreign(&self) -> u32 {
        self.foreign
    }
}
