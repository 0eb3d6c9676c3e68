// SPDX-License-Identifier: MIT OR Apache-2.0
//! The playout: the input is a series of acts of eight octets each (a packet, an event, a visit,
//! line time, a stop). Every write must lie in the writable future of the ring.

use ::playout::{Config, Playout, RANGE, Write};
use ::rtp::Header;
use ::rtp::event::Payload;
use g711::Law;

fn check(edge: u64, write: Write, payload: usize) {
    assert!(!write.is_empty() && write.frame() >= edge, "{write:?} behind {edge}");
    assert!(write.frame() + u64::from(write.len()) <= edge + RANGE, "{write:?} beyond {edge}");
    if let Write::Packet { start, len, .. } = write {
        assert!(usize::from(start) + usize::from(len) <= payload);
    }
}

/// One run.
pub fn run(data: &[u8]) {
    let Ok(mut playout) = Playout::new(Config::new(Law::A, 160)) else {
        return;
    };
    let mut edge = 16_u64;
    let (mut sequence, mut timestamp) = (0xFFF0_u16, 0xFFFF_FF00_u32);
    for act in data.chunks_exact(8).take(500) {
        let [kind, a, b, c, d, e, f, g] = *act else {
            continue;
        };
        let header = Header {
            marker: kind & 0x80 != 0,
            payload_type: 8,
            sequence: sequence.wrapping_add_signed(i16::from(a as i8)),
            timestamp: timestamp.wrapping_add(u32::from_be_bytes([b, c, d, e])),
            ssrc: u32::from(kind & 0x40 != 0 && g > 250),
        };
        match kind & 0x07 {
            0..=2 => {
                let octets = vec![g; if f < 128 { 160 } else { usize::from(f) * 4 }];
                let law = if kind & 0x20 == 0 { Law::A } else { Law::Mu };
                for write in playout.audio(edge, edge as u32, &header, law, &octets) {
                    check(edge, write, octets.len());
                }
                sequence = sequence.wrapping_add(1);
                timestamp = timestamp.wrapping_add(octets.len() as u32);
            }
            3 => {
                let duration = u16::from_be_bytes([f, g]);
                let payload = Payload { code: kind >> 3 & 0x0F, end: g & 1 != 0, volume: 10, duration };
                playout.event(edge, edge as u32, &header, &payload.to_octets());
                sequence = sequence.wrapping_add(1);
            }
            4 | 5 => {
                let mut rounds = 0;
                while let Some(write) = playout.poll_write(edge, edge + u64::from(g) * 4) {
                    check(edge, write, 0);
                    rounds += 1;
                    assert!(rounds < 2000, "filling the ring must end");
                }
            }
            6 => edge += u64::from(u16::from_be_bytes([f, g]) & 0x03FF),
            _ => playout.stop(),
        }
    }
}
