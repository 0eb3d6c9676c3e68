// SPDX-License-Identifier: MIT OR Apache-2.0
//! From packets to a row of samples.

use crate::ear::IDLE;
use rtp::{Header, sequence_distance, timestamp_distance};

/// Samples assembled at most: two minutes.
const LIMIT: usize = 8000 * 120;

/// A packet that came.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    /// When.
    pub(crate) at_ns: u64,
    /// Its header.
    pub(crate) header: Header,
    /// Its samples.
    pub(crate) payload: Vec<u8>,
}

/// A stream as its timestamps order it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Assembled {
    /// The samples; idle where packets are missing.
    pub(crate) octets: Vec<u8>,
    /// Where each packet's first sample stands, and when it arrived.
    pub(crate) packets: Vec<(usize, u64)>,
    /// Packets that are missing by their sequence numbers.
    pub(crate) lost: u64,
    /// Packets of other sources than the first one, and those before the first.
    pub(crate) strays: u64,
}

/// Puts packets in order.
pub(crate) fn assemble(arrivals: &[Arrival]) -> Assembled {
    let mut result = Assembled::default();
    let Some(first) = arrivals.first() else {
        return result;
    };
    let mut numbers = Vec::new();
    for arrival in arrivals {
        let number = i32::from(sequence_distance(
            first.header.sequence,
            arrival.header.sequence,
        ));
        let place = timestamp_distance(first.header.timestamp, arrival.header.timestamp);
        let place = usize::try_from(place)
            .ok()
            .filter(|place| place + arrival.payload.len() <= LIMIT);
        let (Some(place), true) = (place, arrival.header.ssrc == first.header.ssrc) else {
            result.strays += 1;
            continue;
        };
        let end = place + arrival.payload.len();
        if result.octets.len() < end {
            result.octets.resize(end, IDLE);
        }
        if let Some(room) = result.octets.get_mut(place..end) {
            room.copy_from_slice(&arrival.payload);
        }
        result.packets.push((place, arrival.at_ns));
        numbers.push(number);
    }
    numbers.sort_unstable();
    numbers.dedup();
    if let (Some(low), Some(high)) = (numbers.first(), numbers.last()) {
        result.lost = u64::from(high.abs_diff(*low) + 1) - numbers.len() as u64;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrival(number: u16, value: u8) -> Arrival {
        let header = Header {
            marker: false,
            payload_type: 8,
            sequence: 65_535_u16.wrapping_add(number),
            timestamp: (u32::MAX - 99).wrapping_add(u32::from(number) * 160),
            ssrc: 1,
        };
        Arrival {
            at_ns: u64::from(number),
            header,
            payload: vec![value; 160],
        }
    }

    #[test]
    fn order_and_gaps_follow_the_headers_across_the_wrap() {
        let mut stray = arrival(2, 9);
        stray.header.ssrc = 2;
        let arrivals = [
            arrival(0, 1),
            arrival(2, 3),
            stray,
            arrival(1, 2),
            arrival(4, 5),
            arrival(4, 5),
        ];
        let result = assemble(&arrivals);
        assert_eq!(
            (result.octets.len(), result.lost, result.strays),
            (800, 1, 1)
        );
        let heads: Vec<u8> = result.octets.iter().step_by(160).copied().collect();
        assert_eq!(heads, [1, 2, 3, IDLE, 5]);
        assert_eq!(
            result.packets,
            [(0, 0), (320, 2), (160, 1), (640, 4), (640, 4)]
        );
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(assemble(&[]).octets.is_empty());
    }

    #[test]
    fn a_wild_timestamp_is_a_stray() {
        let mut wild = arrival(1, 2);
        wild.header.timestamp = wild.header.timestamp.wrapping_add(1 << 29);
        assert_eq!(assemble(&[arrival(0, 1), wild]).strays, 1);
    }
}
