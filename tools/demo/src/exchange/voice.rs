// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the far exchange says.

use tdm::Transmit;

/// Frames of speech kept in the transmit ring, so that a late visit is not heard.
const AHEAD: u64 = 2400;
/// Frames from the answer to the first word: the far end of a real call takes a breath too.
const BREATH: u64 = 3200;

/// Speech on its way into a transmit ring.
#[derive(Debug)]
pub(super) struct Voice {
    transmit: Transmit,
    /// The frame of the next octet; none before the answer.
    next: Option<u64>,
    said: usize,
    late: u64,
}

impl Voice {
    /// Says nothing yet.
    pub(super) fn new(transmit: Transmit) -> Self {
        Self {
            transmit,
            next: None,
            said: 0,
            late: 0,
        }
    }

    /// Octets that were not said in time.
    pub(super) fn late(&self) -> u64 {
        self.late
    }

    /// The call is answered.
    pub(super) fn begin(&mut self) {
        self.next = Some(self.transmit.writable().start + BREATH);
    }

    /// Writes on, as far ahead as is wanted.
    pub(super) fn fill(&mut self, speech: &[u8]) {
        let Some(next) = self.next else { return };
        let writable = self.transmit.writable();
        // What was not written in time is not said.
        let skipped = writable
            .start
            .saturating_sub(next)
            .min((speech.len() - self.said) as u64);
        self.late += skipped;
        self.said += skipped as usize;
        let next = next + skipped;
        let end = writable.end.min(writable.start + AHEAD);
        let room = end.saturating_sub(next) as usize;
        let piece = speech.get(self.said..).unwrap_or_default();
        let piece = piece.get(..room.min(piece.len())).unwrap_or_default();
        if !piece.is_empty() {
            self.late += self.transmit.write(next, piece).late;
        }
        self.said += piece.len();
        self.next = Some(next + piece.len() as u64);
    }

    /// Says no more.
    pub(super) fn hush(&self) {
        let writable = self.transmit.writable();
        self.transmit
            .clear(writable.start, writable.end - writable.start);
    }
}
