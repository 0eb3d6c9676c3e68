// SPDX-License-Identifier: MIT OR Apache-2.0
//! A token bucket.

use core::time::Duration;

/// Tokens in millionths, so that slow rates lose nothing between two requests.
const ONE: u64 = 1_000_000;

/// Tokens of one source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    tokens: u64,
    at: Duration,
}

impl Bucket {
    pub(crate) fn full(now: Duration, burst: u32) -> Self {
        Self {
            tokens: u64::from(burst) * ONE,
            at: now,
        }
    }

    /// Takes one token. `rate` is tokens a second, `burst` the most there may be.
    pub(crate) fn take(&mut self, now: Duration, rate: u32, burst: u32) -> bool {
        let passed = now.saturating_sub(self.at).as_micros();
        let grown = u64::try_from(passed)
            .unwrap_or(u64::MAX)
            .saturating_mul(rate.into());
        self.tokens = self
            .tokens
            .saturating_add(grown)
            .min(u64::from(burst) * ONE);
        self.at = self.at.max(now);
        match self.tokens.checked_sub(ONE) {
            Some(left) => {
                self.tokens = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_the_rate() {
        let mut bucket = Bucket::full(Duration::ZERO, 3);
        let mut take = |ms| bucket.take(Duration::from_millis(ms), 2, 3);
        assert_eq!([0, 0, 0, 0].map(&mut take), [true, true, true, false]);
        assert_eq!(
            [499, 500, 999, 1_000].map(&mut take),
            [false, true, false, true]
        );
        assert_eq!([60_000; 4].map(&mut take), [true, true, true, false]);
    }
}
