// SPDX-License-Identifier: MIT OR Apache-2.0
//! Segments that touch slide by 16 samples when the response is cut off at an edge.

use super::Reference;
use crate::constants::{SEGMENT, SEGMENTS, double as k};
use crate::walk::{Edges, shift};

impl Reference {
    pub(super) fn walk(&mut self) {
        if self.levels.lf > k::TRUST {
            return;
        }
        let total: f64 = self.f.iter().map(|v| v * v).sum::<f64>() + 1e-12;
        let edges = |first: usize, last: usize| -> Edges {
            let energy = |from: usize, to: usize| -> f64 {
                self.f[from..to].iter().map(|v| v * v).sum::<f64>() / total
            };
            let (start, end) = (first * SEGMENT, (last + 1) * SEGMENT);
            Edges {
                early: energy(start, start + 8) as f32,
                late: energy(end - 8, end) as f32,
                early16: energy(start, start + 16) as f32,
                late16: energy(end - 16, end) as f32,
            }
        };
        let threshold = k::WALK + k::WALK_LEAK * self.levels.lf;
        let delays = self.delays.map(|d| d as i32);
        let limit = self.config.tail() as i32 - SEGMENT as i32;
        let mut wishes = self.walk;
        let moved = shift(&delays, &mut wishes, limit, threshold as f32, edges);
        self.walk = wishes;
        if let Some(delays) = moved.filter(|_| !self.copying.on_probation()) {
            let delays: [usize; SEGMENTS] = delays.map(|d| d as usize);
            self.remap(delays);
        }
    }
}
