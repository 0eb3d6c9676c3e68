// SPDX-License-Identifier: MIT OR Apache-2.0
//! Packets of telephone events.

use dsp::DtmfKey;
use rtp::event::Event;
use rtp::{Header, Received, Verdict};

use crate::Playout;
use crate::mapping::Mapping;
use crate::tones::Taken;

impl Playout {
    /// Takes a telephone-event packet. Its tone is written by [`Self::poll_write`]; audio under
    /// it is muted from its first frame to the end of the pause after it. `arrival` is as in
    /// [`Self::audio`].
    pub fn event(&mut self, edge: u64, arrival: u32, header: &Header, payload: &[u8]) {
        self.advance(edge);
        match self.receiver.input(header, arrival, false) {
            Received::Foreign | Received::Current(Verdict::Jump | Verdict::Probation) => {
                self.counters.foreign = self.counters.foreign.wrapping_add(1);
                return;
            }
            Received::Changed(_) | Received::Current(Verdict::Restarted { .. }) => {
                self.source_changed();
            }
            Received::Current(verdict) => {
                // Repeated and reordered packets are told apart by their timestamps.
                self.note(verdict);
            }
        }
        let Ok(reports) = self.events.input(header, payload) else {
            self.counters.events_malformed = self.counters.events_malformed.wrapping_add(1);
            return;
        };
        for event in reports.into_iter().flatten() {
            self.take_event(&event);
        }
    }

    fn take_event(&mut self, event: &Event) {
        let Some(key) = DtmfKey::from_code(event.code) else {
            self.counters.events_dropped = self.counters.events_dropped.wrapping_add(1);
            return;
        };
        let target = i64::from(self.config.target);
        let mapping = match self.mapping {
            Some(mapping) => mapping,
            None => self.start(event.start),
        };
        // A tone that would begin in the past, or far ahead of a stream placed anew, begins as
        // soon as it can: its length counts, not its place.
        let mut begin = mapping.frame(event.start);
        if begin > self.edge + i64::from(self.config.max_fill) {
            begin = self.edge + target;
        }
        let begin = begin.max(self.edge);
        let idle = !self.tones.is_active();
        match self.tones.take(key, event, begin) {
            Taken::Known => {}
            Taken::Beyond(frames) => self.take_back(frames),
            Taken::Full => {
                self.counters.events_dropped = self.counters.events_dropped.wrapping_add(1);
            }
            Taken::New => {
                // Audio written ahead of the tone's beginning stays, audio under it goes.
                if idle && begin < self.progress.front {
                    self.end_loss();
                    self.progress.clear_holes();
                    self.progress.back_to(begin);
                }
                self.cut_islands(begin.max(self.progress.front));
            }
        }
    }

    /// The tone ended `frames` before the front: its pause begins there, or at the edge if that
    /// part is beyond recall.
    fn take_back(&mut self, frames: u32) {
        let front = self.progress.front;
        let end = (front - i64::from(frames)).max(self.edge).min(front);
        self.counters.tone_frames -= (front - end) as u64;
        self.progress.back_to(end);
    }

    /// Forgets stretches written beyond `begin`.
    fn cut_islands(&mut self, begin: i64) {
        let first = self.progress.next_island();
        self.progress.clear_islands();
        if let Some((start, end)) = first.filter(|(start, _)| *start < begin) {
            // One stretch before the tone is kept; more are not worth an account.
            self.progress.add_island((start, end.min(begin)));
        }
    }

    /// Places a stream that begins with `timestamp`.
    pub(crate) fn start(&mut self, timestamp: u32) -> Mapping {
        let frame = self.edge + i64::from(self.config.target);
        let mapping = Mapping::anchored(timestamp, frame);
        self.mapping = Some(mapping);
        self.progress = crate::progress::Progress::new(frame);
        self.no_past = true;
        self.resume = false;
        mapping
    }
}
