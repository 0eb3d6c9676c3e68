// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wall-clock time of records.

use core::fmt;
use core::time::Duration;
use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted. Shown as RFC 3339 in UTC.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct UnixMs(pub i64);

impl UnixMs {
    /// The wall clock.
    pub fn now() -> Self {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The exchange's clock and the wall clock, read at the same moment: turns the times of events into wall-clock times,
/// also when the wall clock is set in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The wall clock.
    pub wall: UnixMs,
    /// The exchange's clock.
    pub exchange: Duration,
}

impl Anchor {
    /// The wall-clock time of a moment on the exchange's clock.
    pub fn wall_at(&self, at: Duration) -> UnixMs {
        let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        UnixMs(
            self.wall
                .0
                .saturating_add(ms(at))
                .saturating_sub(ms(self.exchange)),
        )
    }
}

impl fmt::Display for UnixMs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, ms) = (self.0.div_euclid(86_400_000), self.0.rem_euclid(86_400_000));
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
            ms % 1000
        )
    }
}

/// Year, month and day of a count of days since 1970-01-01, in the Gregorian calendar. Years are counted from March, so
/// that the leap day is the last day of a year; 400 years have 146,097 days.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let march_month = (5 * day + 2) / 153;
    let day = day - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_dates() {
        // Reference values from date(1).
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_219_200_123, "2026-11-21T00:00:00.123Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(UnixMs(ms).to_string(), text);
        }
    }

    #[test]
    fn an_anchor_moves_times_over() {
        let anchor = Anchor {
            wall: UnixMs(10_000),
            exchange: Duration::from_secs(4),
        };
        assert_eq!(anchor.wall_at(Duration::from_secs(1)), UnixMs(7_000));
        assert_eq!(anchor.wall_at(Duration::from_secs(6)), UnixMs(12_000));
    }
}
