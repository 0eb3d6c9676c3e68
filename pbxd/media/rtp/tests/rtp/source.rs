// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sequence validation, loss, jitter, and the change of source.

use proptest::prelude::*;
use rtp::{Header, Received, Receiver, ReceiverConfig, Source, Verdict};

fn header(ssrc: u32, sequence: u16) -> Header {
    Header {
        marker: false,
        payload_type: 8,
        sequence,
        timestamp: u32::from(sequence).wrapping_mul(160),
        ssrc,
    }
}

/// A source that has taken these sequence numbers, on time.
fn source(sequences: &[u16]) -> (Source, Vec<Verdict>) {
    let mut source = Source::new(&header(1, sequences[0]), 0);
    let take = |s: &u16| {
        let header = header(1, *s);
        source.input(&header, header.timestamp, true)
    };
    let verdicts = sequences.iter().map(take).collect();
    (source, verdicts)
}

#[test]
fn in_order_over_the_wrap() {
    let (s, v) = source(&[0xFFFE, 0xFFFF, 0, 1]);
    assert_eq!(
        v[0],
        Verdict::Ahead {
            extended: 0xFFFE,
            missing: 0
        }
    );
    assert_eq!(
        v[2],
        Verdict::Ahead {
            extended: 0x1_0000,
            missing: 0
        }
    );
    assert_eq!(
        (s.extended(), s.expected(), s.received(), s.lost()),
        (0x1_0001, 4, 4, 0)
    );
}

#[test]
fn a_first_packet_numbered_0_counts_no_wrap() {
    let (s, v) = source(&[0, 1]);
    assert_eq!(
        v[1],
        Verdict::Ahead {
            extended: 1,
            missing: 0
        }
    );
    assert_eq!((s.expected(), s.lost()), (2, 0));
}

#[test]
fn loss_reordering_and_duplicates_over_the_wrap() {
    let (s, v) = source(&[0xFFFD, 0, 0xFFFF, 0, 2]);
    assert_eq!(
        v[1..],
        [
            Verdict::Ahead {
                extended: 0x1_0000,
                missing: 2
            },
            Verdict::Behind {
                extended: 0xFFFF,
                behind: 1
            },
            Verdict::Behind {
                extended: 0x1_0000,
                behind: 0
            },
            Verdict::Ahead {
                extended: 0x1_0002,
                missing: 1
            },
        ]
    );
    // 0xFFFE and 1 are lost, one packet came twice.
    assert_eq!((s.expected(), s.received(), s.lost()), (6, 5, 1));
}

#[test]
fn a_jump_needs_a_second_packet_in_order() {
    let (s, v) = source(&[10, 20_000, 11, 30_000, 30_001, 30_002]);
    assert_eq!(
        v[1..],
        [
            Verdict::Jump,
            Verdict::Ahead {
                extended: 11,
                missing: 0
            },
            Verdict::Jump,
            Verdict::Restarted { extended: 30_001 },
            Verdict::Ahead {
                extended: 30_002,
                missing: 0
            },
        ]
    );
    assert_eq!((s.expected(), s.lost()), (2, 0));
}

#[test]
fn probation_wants_packets_in_order() {
    let mut s = Source::new(&header(1, 5), 2);
    let mut take = |n| {
        let h = header(1, n);
        s.input(&h, h.timestamp, true)
    };
    assert_eq!(take(5), Verdict::Probation);
    assert_eq!(take(6), Verdict::Probation);
    assert_eq!(take(8), Verdict::Probation);
    assert_eq!(take(9), Verdict::Probation);
    assert_eq!(
        take(10),
        Verdict::Ahead {
            extended: 10,
            missing: 0
        }
    );
    assert!(s.is_valid());
    assert_eq!((s.expected(), s.received()), (1, 1));
}

#[test]
fn the_fraction_lost_is_that_of_the_interval() {
    let (mut s, _) = source(&[0, 1, 2, 4]);
    let report = s.report(9, 8);
    assert_eq!((report.fraction_lost, report.cumulative_lost), (51, 1));
    assert_eq!(
        (
            report.last_sr,
            report.delay_since_last_sr,
            report.extended_sequence
        ),
        (9, 8, 4)
    );
    for n in 5..9 {
        let h = header(1, n);
        s.input(&h, h.timestamp, true);
    }
    let report = s.report(0, 0);
    assert_eq!((report.fraction_lost, report.cumulative_lost), (0, 1));
    assert_eq!(s.report(0, 0).fraction_lost, 0);
    let (mut s, _) = source(&[0, 1, 1, 1]);
    assert_eq!(s.report(0, 0).cumulative_lost, -2);
}

#[test]
fn jitter_settles_at_the_mean_deviation() {
    let mut s = Source::new(&header(1, 0), 0);
    for n in 0..1000_u16 {
        let h = header(1, n);
        // Every second packet is 40 samples (5 ms) late: transit always changes by 40.
        s.input(&h, h.timestamp.wrapping_add(u32::from(n % 2) * 40), true);
    }
    assert!((38..=40).contains(&s.jitter()), "{}", s.jitter());
    let before = s.jitter();
    // Telephone events repeat a timestamp and are not timed.
    s.input(&header(1, 1000), 1_000_000, false);
    assert_eq!(s.jitter(), before);
}

#[test]
fn a_new_source_takes_over_at_once_or_after_its_probation() {
    let mut r = Receiver::new(ReceiverConfig::default());
    assert!(matches!(
        r.input(&header(1, 5), 0, true),
        Received::Changed(_)
    ));
    assert!(matches!(
        r.input(&header(1, 6), 0, true),
        Received::Current(_)
    ));
    assert!(matches!(
        r.input(&header(2, 900), 0, true),
        Received::Changed(_)
    ));
    assert_eq!((r.changes(), r.source().unwrap().ssrc()), (1, 2));

    let mut r = Receiver::new(ReceiverConfig { probation: 1 });
    assert_eq!(r.input(&header(1, 5), 0, true), Received::Foreign);
    assert!(matches!(
        r.input(&header(1, 6), 0, true),
        Received::Changed(_)
    ));
    assert_eq!(r.input(&header(2, 900), 0, true), Received::Foreign);
    // The old source speaks again: the new one starts over.
    assert!(matches!(
        r.input(&header(1, 7), 0, true),
        Received::Current(_)
    ));
    assert_eq!(r.input(&header(2, 901), 0, true), Received::Foreign);
    assert!(matches!(
        r.input(&header(2, 902), 0, true),
        Received::Changed(_)
    ));
    assert_eq!((r.changes(), r.foreign()), (1, 3));
}

proptest! {
    #[test]
    fn shuffled_within_the_window_nothing_counts_as_lost(first: u16, keys in proptest::collection::vec(0_u16..30, 1..300)) {
        // Send times disturbed by up to 30 packets: a bounded reordering, the first one kept first.
        let mut order: Vec<(usize, u16)> = keys.iter().enumerate()
            .map(|(n, k)| (if n == 0 { 0 } else { n + usize::from(*k) }, n as u16)).collect();
        order.sort_unstable();
        let sequences: Vec<u16> = order.iter().map(|(_, n)| first.wrapping_add(*n)).collect();
        let (s, _) = source(&sequences);
        prop_assert_eq!(s.expected() as usize, sequences.len());
        prop_assert_eq!(s.lost(), 0);
    }

    #[test]
    fn arbitrary_numbers_never_panic(packets in proptest::collection::vec((0_u32..3, any::<u16>(), any::<u32>()), 0..300)) {
        let mut r = Receiver::new(ReceiverConfig { probation: 1 });
        for (ssrc, sequence, arrival) in packets {
            r.input(&header(ssrc, sequence), arrival, true);
            if let Some(s) = r.source_mut() {
                s.report(0, 0);
            }
        }
    }
}
