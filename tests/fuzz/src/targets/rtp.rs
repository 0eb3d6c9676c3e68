// SPDX-License-Identifier: MIT OR Apache-2.0
//! RTP packets: the input is a series of them, each behind its length in two octets.
//!
//! Every packet that can be read goes through the receiver and, by its marker's neighbour bit, as
//! audio or as a telephone event. Numbers that reports are made of must stay in their ranges.

use ::rtp::event::EventReceiver;
use ::rtp::{Packet, Receiver, ReceiverConfig};

/// One run.
pub fn run(data: &[u8]) {
    let mut receiver = Receiver::new(ReceiverConfig { probation: 1 });
    let mut events = EventReceiver::new();
    let mut rest = data;
    let mut now = 0_u32;
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (octets, after) = after.split_at(length);
        rest = after;
        now = now.wrapping_add(160);
        let Ok(packet) = Packet::parse(octets) else {
            continue;
        };
        assert_eq!(octets.get(packet.payload_range()), Some(packet.payload));
        assert!(packet.contributing().count() <= 15);
        let timed = packet.header.payload_type < 96;
        receiver.input(&packet.header, now, timed);
        if !timed {
            if let Ok(reports) = events.input(&packet.header, packet.payload) {
                let ended = reports.first().copied().flatten();
                assert!(ended.is_none_or(|e| e.ended), "an event given up is over");
            }
        }
        if let Some(source) = receiver.source_mut() {
            let report = source.report(0, 0);
            assert!((-0x80_0000..=0x7F_FFFF).contains(&report.cumulative_lost));
        }
    }
}
