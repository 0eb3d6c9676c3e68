// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was written at which frame: the past that concealment repeats from, and the source of
//! generated octets.

use g711::Law;

/// Frames kept; a power of two.
pub(crate) const FRAMES: usize = 4096;

#[derive(Clone, Debug)]
pub(crate) struct Shadow {
    octets: [u8; FRAMES],
    idle: u8,
}

impl Shadow {
    pub(crate) fn new(law: Law) -> Self {
        Self {
            octets: [law.idle(); FRAMES],
            idle: law.idle(),
        }
    }

    fn index(frame: i64) -> usize {
        frame as usize & (FRAMES - 1)
    }

    pub(crate) fn at(&self, frame: i64) -> u8 {
        self.octets
            .get(Self::index(frame))
            .copied()
            .unwrap_or(self.idle)
    }

    pub(crate) fn set(&mut self, frame: i64, octet: u8) {
        if let Some(place) = self.octets.get_mut(Self::index(frame)) {
            *place = octet;
        }
    }

    /// Writes octets from `frame` on, at most [`FRAMES`] of them.
    pub(crate) fn write(&mut self, frame: i64, octets: &[u8]) {
        let octets = octets.get(..FRAMES).unwrap_or(octets);
        let start = Self::index(frame);
        let first = octets.len().min(FRAMES - start);
        let (head, tail) = octets.split_at(first);
        if let Some(place) = self.octets.get_mut(start..start + first) {
            place.copy_from_slice(head);
        }
        if let Some(place) = self.octets.get_mut(..tail.len()) {
            place.copy_from_slice(tail);
        }
    }

    pub(crate) fn idle(&mut self, from: i64, frames: i64) {
        for n in 0..frames.clamp(0, FRAMES as i64) {
            self.set(from + n, self.idle);
        }
    }

    /// The octets from `frame` on, in one or two pieces.
    pub(crate) fn read(&self, frame: i64, len: usize) -> [&[u8]; 2] {
        let start = Self::index(frame);
        let first = len.min(FRAMES - start);
        [
            self.octets.get(start..start + first).unwrap_or_default(),
            self.octets
                .get(..(len - first).min(start))
                .unwrap_or_default(),
        ]
    }
}
