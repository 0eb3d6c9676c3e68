// SPDX-License-Identifier: MIT OR Apache-2.0
//! A receiver of telephone events: from repeated packets to events.

use super::{Payload, TooShort};
use crate::{Header, timestamp_distance};

/// An event as known so far. Reports with the same `start` and `code` are the same event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The event's number.
    pub code: u8,
    /// RTP timestamp of its beginning.
    pub start: u32,
    /// Its length so far, in samples; more than 65,535 where it came in segments.
    pub duration: u32,
    /// The tone's power, 0 to 63: the negative of dBm0.
    pub volume: u8,
    /// Whether it is over.
    pub ended: bool,
}

#[derive(Clone, Copy, Debug)]
struct Current {
    event: Event,
    /// Timestamp of the segment that grows now.
    segment: u32,
}

/// The state of a receiver.
///
/// Ends are sent three times and any packet may be lost: an event is over with the first end seen,
/// or when another begins, or when the caller gives up on it ([`Self::give_up`]).
#[derive(Clone, Copy, Debug, Default)]
pub struct EventReceiver {
    current: Option<Current>,
    repeated: u32,
    stale: u32,
    lost_ends: u32,
}

impl EventReceiver {
    /// A receiver that has heard nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            current: None,
            repeated: 0,
            stale: 0,
            lost_ends: 0,
        }
    }

    /// Takes a packet. Returns first the event before, if this packet shows that it is over
    /// without its end having come, then this packet's event, if the packet says anything new.
    ///
    /// # Errors
    /// [`TooShort`] if the payload is none.
    pub fn input(
        &mut self,
        header: &Header,
        payload: &[u8],
    ) -> Result<[Option<Event>; 2], TooShort> {
        let payload = Payload::parse(payload)?;
        let Some(current) = &mut self.current else {
            return Ok([None, Some(self.begin(header, payload))]);
        };
        let distance = timestamp_distance(current.segment, header.timestamp);
        let same = current.event.code == payload.code;
        if distance == 0 && same {
            let update = current.update(payload);
            if update.is_none() {
                self.repeated = self.repeated.saturating_add(1);
            }
            return Ok([None, update]);
        }
        if distance < 0 && distance > -0x10_0000 {
            self.stale = self.stale.saturating_add(1);
            return Ok([None, None]);
        }
        // An event longer than 65,535 samples goes on in a segment that starts where the counter
        // ended, without the marker.
        let segment = distance == 0xFFFF && same && !header.marker && !current.event.ended;
        if segment {
            current.segment = header.timestamp;
            let update = current.update(payload);
            return Ok([None, update]);
        }
        let before = self.give_up();
        Ok([before, Some(self.begin(header, payload))])
    }

    fn begin(&mut self, header: &Header, payload: Payload) -> Event {
        let event = Event {
            code: payload.code,
            start: header.timestamp,
            duration: u32::from(payload.duration),
            volume: payload.volume,
            ended: payload.end,
        };
        self.current = Some(Current {
            event,
            segment: header.timestamp,
        });
        event
    }

    /// Ends an event whose end did not come; returns it if there was one.
    pub fn give_up(&mut self) -> Option<Event> {
        let current = self.current.as_mut().filter(|c| !c.event.ended)?;
        current.event.ended = true;
        self.lost_ends = self.lost_ends.saturating_add(1);
        Some(current.event)
    }

    /// Forgets the current event: the timestamps begin anew.
    pub fn reset(&mut self) {
        self.current = None;
    }

    /// The event that still lasts.
    #[must_use]
    pub fn active(&self) -> Option<Event> {
        self.current.map(|c| c.event).filter(|e| !e.ended)
    }

    /// Packets that said nothing new: repeated ends, reordered updates.
    #[must_use]
    pub const fn repeated(&self) -> u32 {
        self.repeated
    }

    /// Packets of an event before the current one.
    #[must_use]
    pub const fn stale(&self) -> u32 {
        self.stale
    }

    /// Events that ended without an end.
    #[must_use]
    pub const fn lost_ends(&self) -> u32 {
        self.lost_ends
    }
}

impl Current {
    fn update(&mut self, payload: Payload) -> Option<Event> {
        let so_far = self.segment.wrapping_sub(self.event.start);
        let duration = so_far.saturating_add(u32::from(payload.duration));
        let news = !self.event.ended && (payload.end || duration > self.event.duration);
        if !news {
            return None;
        }
        self.event.duration = duration.max(self.event.duration);
        self.event.ended = payload.end;
        Some(self.event)
    }
}
