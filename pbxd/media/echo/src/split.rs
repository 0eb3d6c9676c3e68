// SPDX-License-Identifier: MIT OR Apache-2.0
//! Three separate segments for an echo that one window cannot hold.

use crate::constants::{SCOUT_SEGMENT, SEGMENTS};

/// Longest scout: a tail of 256 ms.
pub(crate) const SCOUT_MOST: usize = 512;

/// The three segments without overlap that cover the most energy, in order, and how much that is. `sums` are the prefix
/// sums of the energy of at most [`SCOUT_MOST`] taps; found by dynamic programming over (segments used, tap).
pub(crate) fn best_segments(sums: &[f32]) -> ([i32; SEGMENTS], f32) {
    let taps = (sums.len() - 1).min(SCOUT_MOST);
    let mut best = [[0f32; SCOUT_MOST + 1]; SEGMENTS + 1];
    let mut start = [[0u16; SCOUT_MOST + 1]; SEGMENTS + 1];
    for used in 1..=SEGMENTS {
        for end in 1..=taps {
            let (mut value, mut from) = (best[used][end - 1], start[used][end - 1]);
            if let Some(begin) = end.checked_sub(SCOUT_SEGMENT) {
                let with = best[used - 1][begin] + sums[end] - sums[begin];
                if with > value {
                    (value, from) = (with, begin as u16);
                }
            }
            best[used][end] = value;
            start[used][end] = from;
        }
    }
    let mut place = [0; SEGMENTS];
    let mut end = taps;
    for used in (1..=SEGMENTS).rev() {
        let from = start[used][end];
        place[used - 1] = i32::from(from);
        end = usize::from(from);
    }
    (place, best[SEGMENTS][taps])
}
