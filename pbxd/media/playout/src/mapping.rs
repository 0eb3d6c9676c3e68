// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which timestamp is played at which frame.

/// A fixed relation between timestamps and frames.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mapping {
    /// The newest timestamp placed, with its wraps.
    near: i64,
    /// Frame minus timestamp.
    offset: i64,
}

impl Mapping {
    /// The mapping that plays `timestamp` at `frame`.
    pub(crate) fn anchored(timestamp: u32, frame: i64) -> Self {
        let near = i64::from(timestamp);
        Self {
            near,
            offset: frame - near,
        }
    }

    /// The frame of a timestamp.
    pub(crate) fn frame(&self, timestamp: u32) -> i64 {
        rtp::after(self.near, timestamp) + self.offset
    }

    /// Keeps up with the newest timestamp, so that the next wrap is seen.
    pub(crate) fn follow(&mut self, timestamp: u32) {
        self.near = rtp::after(self.near, timestamp);
    }

    /// Plays everything `frames` later; earlier if negative.
    pub(crate) fn delay(&mut self, frames: i64) {
        self.offset += frames;
    }
}
