// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whatever arrives, writes stay inside the writable future: the ring's model checks each.

use g711::Law;
use playout::{Config, Quiet};
use proptest::prelude::*;
use rtp::Header;
use rtp::event::Payload;

use crate::ring::{Ring, Stream, config};

#[derive(Clone, Debug)]
enum Act {
    /// A packet so many sequence numbers and frames from where the stream is.
    Audio {
        step: i16,
        frames: i32,
        len: usize,
        law: bool,
        ssrc: u32,
    },
    Event {
        step: i16,
        frames: i32,
        code: u8,
        end: bool,
        duration: u16,
        marker: bool,
    },
    Visit {
        frames: u64,
    },
    Run {
        frames: u64,
    },
    Stop,
}

fn act() -> impl Strategy<Value = Act> {
    let step = || prop_oneof![8 => Just(0_i16), 4 => -5..6_i16, 1 => any::<i16>()];
    let frames = || prop_oneof![8 => Just(0), 4 => -600..600, 2 => -5000..5000, 1 => any::<i32>()];
    let len = prop_oneof![6 => Just(160_usize), 2 => 1..500_usize, 1 => Just(961)];
    prop_oneof![
        8 => (step(), frames(), len, any::<bool>(), prop_oneof![9 => Just(1_u32), 1 => 0..3_u32])
            .prop_map(|(step, frames, len, law, ssrc)| Act::Audio { step, frames, len, law, ssrc }),
        3 => (step(), frames(), 0..18_u8, any::<bool>(), any::<u16>(), any::<bool>()).prop_map(
            |(step, frames, code, end, duration, marker)| Act::Event { step, frames, code, end, duration, marker }),
        6 => (0..700_u64).prop_map(|frames| Act::Visit { frames }),
        6 => (0..500_u64).prop_map(|frames| Act::Run { frames }),
        1 => Just(Act::Stop),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_write_is_inside_the_writable_future(
        acts in proptest::collection::vec(act(), 1..120),
        target in 80..1600_u32,
        idle in any::<bool>(),
    ) {
        let quiet = if idle { Quiet::IdleAfter(900) } else { Quiet::ComfortNoise };
        let high = target + 160;
        let mut ring = Ring::new(Config { target, low: 40, high, quiet, ..config() });
        let (mut sequence, mut timestamp) = (0xFFFA_u16, 0xFFFF_FF00_u32);
        for act in acts {
            match act {
                Act::Audio { step, frames, len, law, ssrc } => {
                    let header = Header {
                        marker: false,
                        payload_type: 8,
                        sequence: sequence.wrapping_add_signed(step),
                        timestamp: timestamp.wrapping_add_signed(frames),
                        ssrc,
                    };
                    let law = if law { Law::A } else { Law::Mu };
                    ring.audio(&header, law, &vec![0x12; len]);
                    sequence = sequence.wrapping_add(1);
                    timestamp = timestamp.wrapping_add(len as u32);
                }
                Act::Event { step, frames, code, end, duration, marker } => {
                    let header = Header {
                        marker,
                        payload_type: 101,
                        sequence: sequence.wrapping_add_signed(step),
                        timestamp: timestamp.wrapping_add_signed(frames),
                        ssrc: 1,
                    };
                    ring.event(&header, Payload { code, end, volume: 10, duration });
                    sequence = sequence.wrapping_add(1);
                }
                Act::Visit { frames } => ring.visit(frames),
                Act::Run { frames } => ring.run(frames),
                Act::Stop => ring.playout.stop(),
            }
        }
        ring.visit(160);
        let c = ring.playout.counters();
        prop_assert!(ring.straight <= c.written_frames);
    }

    #[test]
    fn shuffled_within_the_fill_everything_is_played(keys in proptest::collection::vec(0..120_u64, 10..80)) {
        // Packets up to 15 ms late, so some overtake others; nothing is lost.
        let mut ring = Ring::new(Config { target: 240, high: 600, ..config() });
        let mut stream = Stream::new();
        let mut packets: Vec<(u64, Header, Vec<u8>)> = Vec::new();
        let mut truth = Vec::new();
        for (n, key) in keys.iter().enumerate() {
            let (header, payload) = stream.packet(80);
            truth.extend(payload.iter().copied().map(Some));
            let delay = if n == 0 { 0 } else { *key };
            packets.push((n as u64 * 80 + delay, header, payload));
        }
        packets.sort_by_key(|p| p.0);
        let end = keys.len() as u64 * 80 + 600;
        for now in (0..end).step_by(8) {
            for (_, header, payload) in packets.iter().filter(|p| (now.saturating_sub(7)..=now).contains(&p.0)) {
                ring.audio(header, Law::A, payload);
            }
            ring.visit(8);
            ring.run(8);
        }
        let played = ring.played();
        prop_assert_eq!(&played[..truth.len()], &truth[..]);
        prop_assert_eq!(ring.playout.counters().late, 0);
    }
}
