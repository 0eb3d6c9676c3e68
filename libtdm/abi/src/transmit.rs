// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The two sides of a transmit ring: a writer that fills the future and a taker that empties the present.
//!
//! Neither waits for the other. The taker publishes `tx_taken` first, behind which stands a full fence, and then takes the
//! rows below it ([`super::ring::take_row`]). The writer stores its rows, passes a full fence, and looks at `tx_taken` again
//! ([`write`]). Of the two fences one comes first: either the taker finds the writer's row, or the writer finds that the row's
//! time has passed and puts the idle code back. So a row that came too late is never left behind to be sent one turn of the
//! ring later.

use super::geometry::ROW_FRAMES;
use super::position::{self, Positions};
use super::ring::{self, Place};
use super::words::Words;
use core::ops::Range;

/// How far a writer keeps away from what is being taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margin {
    /// [`super::status::Head::tx_lead`].
    pub lead: u64,
    /// [`super::status::Head::tick_frames`].
    pub tick: u64,
}

impl Margin {
    /// The frames that can be written: `tx_taken + lead` up to `tx_taken + ring - tick`.
    ///
    /// The last tick of the ring is left out: the rows of the frames just below `tx_taken` stand there, and they may be on
    /// their way out.
    pub const fn writable(self, positions: &Positions, ring: u64) -> Range<u64> {
        let start = positions.tx_taken.saturating_add(self.lead);
        let end = positions
            .tx_taken
            .saturating_add(ring.saturating_sub(self.tick));
        start..if end > start { end } else { start }
    }
}

/// What became of a write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Frames that will leave at their time.
    pub written: u64,
    /// Frames whose time had passed. They were not written, or were taken back; one that was being taken in the same moment
    /// may have left all the same.
    pub late: u64,
    /// Frames beyond the writable future; they were not written.
    pub early: u64,
    /// Frames that were copied into the ring, those taken back included.
    pub copied: u64,
}

/// Writes `bytes` to leave at frame `first` and on, by the positions in `status`. Frames outside the writable future are left
/// out and counted; rows that were taken meanwhile get the idle code back, and their frames count as late. If the positions
/// cannot be read (their writer died at work), everything is late.
pub fn write(
    status: &impl Words,
    region: &impl Words,
    place: &Place,
    margin: Margin,
    first: u64,
    bytes: &[u8],
    idle: u8,
) -> Written {
    let count = bytes.len() as u64;
    let Some(before) = position::read(status) else {
        return Written {
            late: count,
            ..Written::default()
        };
    };
    let future = margin.writable(&before, place.geometry.frames());
    let end = first.saturating_add(count);
    let start = first.max(future.start).min(end);
    let stop = end.min(future.end).max(start);
    let skipped = start - first;
    let now = bytes
        .get(skipped as usize..(stop - first) as usize)
        .unwrap_or(&[]);
    ring::copy_in(region, place, start, now);
    let lost = settle(status, region, place, start..stop, idle);
    Written {
        written: stop - start - lost,
        late: skipped + lost,
        early: count - (stop - first),
        copied: stop - start,
    }
}

/// Puts the idle code back into frames that were written and are not wanted any more, as far as they are still writable.
pub fn clear(
    status: &impl Words,
    region: &impl Words,
    place: &Place,
    margin: Margin,
    frames: Range<u64>,
    idle: u8,
) {
    let Some(before) = position::read(status) else {
        return;
    };
    let future = margin.writable(&before, place.geometry.frames());
    let start = frames.start.max(future.start);
    let stop = frames.end.min(future.end).max(start);
    ring::fill(region, place, start, stop - start, idle);
    settle(status, region, place, start..stop, idle);
}

/// After a store into these frames: restores idle in every row that was taken meanwhile, and says how many of the frames
/// stood in them. Whole rows, since a store to a part of a row brought the rest of it back as well.
fn settle(
    status: &impl Words,
    region: &impl Words,
    place: &Place,
    frames: Range<u64>,
    idle: u8,
) -> u64 {
    if frames.is_empty() {
        return 0;
    }
    region.full();
    let taken = position::read(status).map_or(u64::MAX, |now| now.tx_taken);
    if taken <= frames.start {
        return 0;
    }
    let first_row = frames.start - frames.start % ROW_FRAMES;
    let rows_end = frames.end.saturating_add(ROW_FRAMES - 1) / ROW_FRAMES * ROW_FRAMES;
    let end = rows_end.min(taken);
    ring::fill(region, place, first_row, end - first_row, idle);
    taken.min(frames.end) - frames.start
}
