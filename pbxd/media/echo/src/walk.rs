// SPDX-License-Identifier: MIT OR Apache-2.0
//! How far a run of touching segments slides when the foreground shows that the response is cut off.

use crate::constants::{SEGMENT, SEGMENTS, WALK_HOLD, WALK_STEP};

/// Shares of the foreground's energy at the edges of a run of segments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edges {
    /// First and last 8 taps.
    pub(crate) early: f32,
    pub(crate) late: f32,
    /// First and last 16 taps.
    pub(crate) early16: f32,
    pub(crate) late16: f32,
}

impl Edges {
    /// +1: later, −1: earlier.
    fn wish(&self, threshold: f32) -> i32 {
        if self.late > threshold && self.early16 < 0.25 * self.late {
            1
        } else if self.early > threshold && self.late16 < 0.25 * self.early {
            -1
        } else {
            0
        }
    }
}

/// New delays, if a run has wished the same often enough. `edges` looks at the segments from its first to its second
/// argument; `wishes` are counted at the first segment of each run.
pub(crate) fn shift(
    delays: &[i32; SEGMENTS],
    wishes: &mut [i32; SEGMENTS],
    limit: i32,
    threshold: f32,
    edges: impl Fn(usize, usize) -> Edges,
) -> Option<[i32; SEGMENTS]> {
    let segment = SEGMENT as i32;
    let mut moved = *delays;
    let mut first = 0;
    while first < SEGMENTS {
        let mut last = first;
        while last + 1 < SEGMENTS && delays[last + 1] == delays[last] + segment {
            last += 1;
        }
        let wish = edges(first, last).wish(threshold);
        let same = wish != 0 && wishes[first].signum() == wish;
        wishes[first] = if same { wishes[first] + wish } else { wish };
        if wishes[first].abs() >= WALK_HOLD {
            wishes[first] = 0;
            let later = moved.get(last + 1).map_or(limit, |next| next - segment);
            let earlier = if first > 0 {
                moved[first - 1] + segment
            } else {
                0
            };
            let most = (later - moved[last]).max(0);
            let least = (earlier - moved[first]).min(0);
            let step = (wish * WALK_STEP).clamp(least, most);
            moved[first..=last].iter_mut().for_each(|d| *d += step);
        }
        first = last + 1;
    }
    (moved != *delays).then_some(moved)
}
