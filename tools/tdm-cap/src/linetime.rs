// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wall-clock times of frames.

use nix::time::{ClockId, clock_gettime};
use std::time::{Duration, SystemTime};
use tdm::Positions;
use tdm::abi::geometry::FRAME_NS;

/// Gives each frame a time: that of one tick, from which frames are counted. So times of neighbouring frames differ by what the line
/// made of them, not by when somebody looked. It follows the line's own rate where the span publishes one.
#[derive(Clone, Copy, Debug)]
pub struct LineTime {
    /// A frame, and the wall-clock time of its start in nanoseconds since 1970.
    anchor: (u64, i128),
    /// What is added to CLOCK_MONOTONIC to make it wall-clock time.
    offset: i128,
}

/// Wall-clock time less CLOCK_MONOTONIC, in nanoseconds.
///
/// # Errors
/// If the system has no such clock.
pub fn wall_offset() -> nix::Result<i128> {
    let monotonic = Duration::from(clock_gettime(ClockId::CLOCK_MONOTONIC)?);
    let wall = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Ok(wall.as_nanos() as i128 - monotonic.as_nanos() as i128)
}

impl LineTime {
    /// Begins at these positions; `offset` as from [`wall_offset`].
    #[must_use]
    pub fn new(positions: &Positions, offset: i128) -> Self {
        Self {
            anchor: (positions.rx_frame, i128::from(positions.tick_ns) + offset),
            offset,
        }
    }

    /// Moves on to these positions by the line's rate.
    pub fn advance(&mut self, positions: &Positions) {
        let frames = i128::from(positions.rx_frame) - i128::from(self.anchor.0);
        let nominal = frames * i128::from(FRAME_NS);
        let faster = nominal.saturating_mul(i128::from(positions.rate_ppb)) / 1_000_000_000;
        let at = self.anchor.1.saturating_add(nominal).saturating_sub(faster);
        self.anchor = (positions.rx_frame, at);
    }

    /// Begins again, after an epoch whose numbers say nothing about the time before.
    pub fn restart(&mut self, positions: &Positions) {
        *self = Self::new(positions, self.offset);
    }

    /// The time at which a frame had been received, in nanoseconds since 1970.
    #[must_use]
    pub fn end_of(&self, frame: u64) -> u64 {
        let frames = i128::from(frame) + 1 - i128::from(self.anchor.0);
        let ns = self.anchor.1.saturating_add(frames * i128::from(FRAME_NS));
        u64::try_from(ns.max(0)).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(rx_frame: u64, tick_ns: u64, rate_ppb: i64) -> Positions {
        Positions {
            epoch: 1,
            rx_frame,
            tx_taken: rx_frame,
            tick_ns,
            rate_ppb,
            ..Positions::default()
        }
    }

    #[test]
    fn frames_are_125_microseconds_apart_whenever_ticks_are_seen() {
        let mut time = LineTime::new(&at(8000, 5_000_000_000, 0), 1_000_000_000_000);
        assert_eq!(time.end_of(7999), 1_005_000_000_000);
        assert_eq!(time.end_of(8000), 1_005_000_125_000);
        time.advance(&at(16_000, 6_001_234_567, 0));
        assert_eq!(time.end_of(15_999), 1_006_000_000_000);
        time.restart(&at(16_000, 6_001_234_567, 0));
        assert_eq!(time.end_of(15_999), 1_006_001_234_567);
    }

    #[test]
    fn a_known_rate_is_followed() {
        let mut time = LineTime::new(&at(0, 0, 50_000), 0);
        for second in 1..=100 {
            time.advance(&at(second * 8000, 0, 50_000));
        }
        // A clock 50 ppm fast has counted 100 s in 99.995 s.
        assert_eq!(time.end_of(799_999), 99_995_000_000);
    }

    #[test]
    fn no_numbers_overflow() {
        let mut time = LineTime::new(&at(u64::MAX, u64::MAX, i64::MIN), i128::from(i64::MAX));
        time.advance(&at(0, 0, i64::MAX));
        time.advance(&at(u64::MAX, 0, i64::MIN));
        let _ = time.end_of(u64::MAX);
        let _ = time.end_of(0);
    }
}
