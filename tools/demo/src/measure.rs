// SPDX-License-Identifier: MIT OR Apache-2.0
//! From what was sent and heard to figures.

use crate::align::{BLOCK, Comparison, compare};
use crate::ear::Heard;
use crate::level::dbm0;
use crate::report::{Direction, Latency};
use crate::stream::{Assembled, PACKET_NS};
use hdrhistogram::Histogram;

/// The longest latency that is told apart, in microseconds.
const LATENCY_MAX_US: u64 = 60_000_000;
/// Nanoseconds of a microsecond.
const MICROSECOND: u64 = 1_000;

/// From the phone to the exchange: `speech` left in packets at `sent_ns`, and this was heard on the exchange's span.
pub(crate) fn to_line(speech: &[u8], sent_ns: &[u64], heard: &Heard) -> Direction {
    let found = compare(speech, &heard.received.octets);
    let latencies = found.iter().flat_map(|found| {
        found
            .places
            .iter()
            .zip(sent_ns)
            .filter_map(|(place, sent_ns)| {
                // A packet is sent when its last sample was spoken.
                let spoken = sent_ns.saturating_sub(PACKET_NS);
                let frame = heard.received.first + (*place)? as u64;
                heard.timeline.entered(frame)?.checked_sub(spoken)
            })
    });
    let latency = latency(latencies);
    direction(speech, &heard.received.octets, found.as_ref(), latency)
}

/// From the exchange to the phone: `speech` left on the exchange's span, and these packets came.
pub(crate) fn to_phone(speech: &[u8], heard: &Heard, came: &Assembled) -> Direction {
    let left = compare(speech, &heard.sent.octets);
    let found = compare(speech, &came.octets);
    let mut packets = came.packets.clone();
    packets.sort_unstable();
    let latencies = left.iter().zip(&found).flat_map(|(left, found)| {
        left.places
            .iter()
            .zip(&found.places)
            .filter_map(|(left, place)| {
                let (left, place) = ((*left)?, (*place)?);
                // The packet that brought the block's first sample.
                let at = packets
                    .partition_point(|(first, _)| *first <= place)
                    .checked_sub(1)?;
                let (first, arrived) = packets.get(at)?;
                let ahead = place - first;
                // Its own first sample is so much older.
                let frame =
                    heard.sent.first + left.checked_sub(ahead).filter(|_| ahead < BLOCK)? as u64;
                arrived.checked_sub(heard.timeline.on_line(frame)?)
            })
    });
    let latency = latency(latencies);
    direction(speech, &came.octets, found.as_ref(), latency)
}

/// The figures that both directions have; packets and copies are for others to fill in.
fn direction(
    speech: &[u8],
    heard: &[u8],
    found: Option<&Comparison>,
    latency: Option<Latency>,
) -> Direction {
    let stretch = found
        .and_then(Comparison::stretch)
        .and_then(|range| heard.get(range));
    let (sent_level, heard_level) = (dbm0(speech), stretch.map(dbm0));
    Direction {
        found: found.is_some(),
        samples: speech.len(),
        identical: found.map_or(0, |found| found.identical),
        identical_percent: found.map_or(0.0, Comparison::percent),
        slips: found.map_or(0, |found| found.slips),
        level_sent_dbm0: sent_level,
        level_heard_dbm0: heard_level,
        level_difference_db: heard_level.map(|heard| heard - sent_level),
        latency,
        ..Direction::default()
    }
}

/// Sums nanoseconds up.
fn latency(values: impl Iterator<Item = u64>) -> Option<Latency> {
    let mut histogram = Histogram::<u64>::new_with_bounds(1, LATENCY_MAX_US, 3).ok()?;
    for value in values {
        histogram.saturating_record(value / MICROSECOND);
    }
    let ms = |us: u64| us as f64 / 1000.0;
    (!histogram.is_empty()).then(|| Latency {
        packets: histogram.len(),
        median_ms: ms(histogram.value_at_quantile(0.5)),
        p99_ms: ms(histogram.value_at_quantile(0.99)),
        max_ms: ms(histogram.max()),
    })
}

#[cfg(test)]
mod tests {
    use super::latency;

    #[test]
    fn quantiles_in_milliseconds() {
        let found = latency((1..=1000).map(|n| n * 100_000)).unwrap();
        assert_eq!(found.packets, 1000);
        assert!((found.median_ms - 50.0).abs() < 0.1, "{found:?}");
        assert!((found.p99_ms - 99.0).abs() < 0.2, "{found:?}");
        assert!((found.max_ms - 100.0).abs() < 0.1, "{found:?}");
        assert_eq!(latency(std::iter::empty()), None);
    }
}
