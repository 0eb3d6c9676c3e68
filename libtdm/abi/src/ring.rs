// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Bytes in and out of one slot's ring, row by row.
//!
//! A *region* is rings one stride apart; `ring` is the index of the slot's ring in it (the slot's number in the receive and sent
//! regions, its rank among the claimed slots in a transmit region). A row is one word; the byte of its first frame is the
//! first in memory.

use super::geometry::{Geometry, ROW_FRAMES, Slot};
use super::words::Words;

const ROW: usize = ROW_FRAMES as usize;

/// Where a slot's ring stands: the slot, and its ring's index in the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The rings' size.
    pub geometry: Geometry,
    /// The slot.
    pub slot: Slot,
    /// The index of its ring in the region.
    pub ring: u64,
}

impl Place {
    /// A slot's ring in the receive or sent region.
    pub const fn whole(geometry: Geometry, slot: Slot) -> Self {
        Self {
            geometry,
            slot,
            ring: slot.number() as u64,
        }
    }
    /// The word of the row that holds this frame.
    pub const fn word(&self, frame: u64) -> usize {
        self.geometry.word(self.ring, self.slot, frame)
    }
}

/// A row of one byte repeated.
pub const fn row_of(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; ROW])
}

/// Copies frames `first ..` into `out`. The caller checks by positions, before and after, that they stand.
pub fn copy_out(words: &impl Words, place: &Place, first: u64, out: &mut [u8]) {
    let mut frame = first;
    let mut rest = out;
    while !rest.is_empty() {
        let within = (frame % ROW_FRAMES) as usize;
        let take = ROW.wrapping_sub(within).min(rest.len());
        let row = words.load(place.word(frame)).to_ne_bytes();
        let (now, later) = rest.split_at_mut(take);
        for (to, from) in now.iter_mut().zip(row.iter().skip(within)) {
            *to = *from;
        }
        rest = later;
        frame = frame.wrapping_add(take as u64);
    }
}

/// Copies `bytes` into frames `first ..`; the other bytes of a row that is only partly covered stay. Only the ring's one writer
/// may call it, and only for frames that the other side does not touch now.
pub fn copy_in(words: &impl Words, place: &Place, first: u64, bytes: &[u8]) {
    let mut frame = first;
    let mut rest = bytes;
    while !rest.is_empty() {
        let within = (frame % ROW_FRAMES) as usize;
        let take = ROW.wrapping_sub(within).min(rest.len());
        let (now, later) = rest.split_at(take);
        let word = place.word(frame);
        let mut row = if take == ROW {
            [0; ROW]
        } else {
            words.load(word).to_ne_bytes()
        };
        for (to, from) in row.iter_mut().skip(within).zip(now) {
            *to = *from;
        }
        words.store(word, u64::from_ne_bytes(row));
        rest = later;
        frame = frame.wrapping_add(take as u64);
    }
}

/// Fills `count` frames from `first` with one byte.
pub fn fill(words: &impl Words, place: &Place, first: u64, count: u64, byte: u8) {
    let row = [byte; ROW];
    let mut frame = first;
    let mut left = count.min(place.geometry.frames());
    while left > 0 {
        let take = ROW_FRAMES.wrapping_sub(frame % ROW_FRAMES).min(left);
        copy_in(words, place, frame, row.get(..take as usize).unwrap_or(&[]));
        frame = frame.wrapping_add(take);
        left = left.wrapping_sub(take);
    }
}

/// Takes the row that begins at `frame` (a multiple of eight) out of a transmit ring and leaves idle in its place. The taker
/// has published a `tx_taken` above it before; see [`super::transmit`].
pub fn take_row(words: &impl Words, place: &Place, frame: u64, idle: u8) -> u64 {
    let word = place.word(frame);
    let row = words.load(word);
    words.store(word, row_of(idle));
    row
}

/// Writes the row that begins at `frame` (a multiple of eight).
pub fn put_row(words: &impl Words, place: &Place, frame: u64, row: u64) {
    words.store(place.word(frame), row);
}
