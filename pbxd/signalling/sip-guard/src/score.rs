// SPDX-License-Identifier: MIT OR Apache-2.0
//! A score that halves.

use core::time::Duration;

/// Thousandths of points.
const ONE: u64 = 1_000;

/// The score of one source.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Score {
    thousandths: u64,
    at: Duration,
}

impl Score {
    /// Thousandths at a time: halved for each half-life passed, and straight lines between.
    fn now(&self, now: Duration, half_life: Duration) -> u64 {
        let passed = now.saturating_sub(self.at).as_millis();
        let half_life = half_life.as_millis().max(1);
        let halvings = u32::try_from(passed / half_life).unwrap_or(u32::MAX);
        let whole = self.thousandths.checked_shr(halvings).unwrap_or(0);
        let part = u128::from(whole) * (passed % half_life) / (2 * half_life);
        whole.saturating_sub(u64::try_from(part).unwrap_or(u64::MAX))
    }

    /// Adds hundredths of points; gives the score in points.
    pub(crate) fn add(&mut self, now: Duration, half_life: Duration, hundredths: u64) -> u32 {
        self.thousandths = self
            .now(now, half_life)
            .saturating_add(hundredths.saturating_mul(ONE / 100));
        self.at = self.at.max(now);
        self.points()
    }

    pub(crate) fn clear(&mut self) {
        self.thousandths = 0;
    }

    fn points(&self) -> u32 {
        u32::try_from(self.thousandths / ONE).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_halves_without_steps() {
        let half = Duration::from_secs(100);
        let mut score = Score::default();
        assert_eq!(score.add(Duration::ZERO, half, 8_000), 80);
        let at = |s| score.now(Duration::from_secs(s), half);
        assert_eq!(
            [0, 50, 100, 150, 200].map(at),
            [80_000, 60_000, 40_000, 30_000, 20_000]
        );
        assert_eq!(at(100_000_000), 0);
        let falling: Vec<u64> = (0..1_000).map(at).collect();
        assert!(falling.windows(2).all(|w| w[0] >= w[1]));
        assert_eq!(score.add(Duration::from_secs(100), half, 150), 41);
    }
}
