// SPDX-License-Identifier: MIT OR Apache-2.0
//! RTCP: written by us and read by `rtcp-types`; timing; round trip.

use core::time::Duration;

use proptest::prelude::*;
use rtcp_types::{Compound, Packet};
use rtp::rtcp::{CNAME_OCTETS, Cname, Item, MAX_OCTETS, ParseError, Rtcp, RtcpConfig, items};
use rtp::{Header, Sender, Source};

fn config(seed: u64) -> RtcpConfig {
    RtcpConfig {
        cname: Cname::new("tandem@192.0.2.1"),
        interval: Duration::from_secs(5),
        ntp_at_epoch: 0xE000_0000_0000_0000,
        seed,
    }
}

fn source(ssrc: u32) -> Source {
    let header = Header {
        marker: false,
        payload_type: 8,
        sequence: 9,
        timestamp: 0,
        ssrc,
    };
    let mut source = Source::new(&header, 0);
    source.input(&header, 0, true);
    source
}

fn at(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn a_compound_reads_back_with_the_oracle() {
    let mut sender = Sender::new(0xAAAA, 1, 1000);
    sender.next(8, true, 160, 160);
    let mut buffer = [0; MAX_OCTETS];
    let mut rtcp = Rtcp::new(config(1), Duration::ZERO);
    let mut heard = source(0xBBBB);
    let n = rtcp.bye(at(1500), 13_000, &sender, Some(&mut heard), &mut buffer);
    let packets: Vec<_> = Compound::parse(&buffer[..n])
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let [Packet::Sr(sr), Packet::Sdes(sdes), Packet::Bye(bye)] = &packets[..] else {
        panic!("{packets:?}");
    };
    assert_eq!(
        (sr.ssrc(), sr.packet_count(), sr.octet_count()),
        (0xAAAA, 1, 160)
    );
    assert_eq!(
        (sr.ntp_timestamp(), sr.rtp_timestamp()),
        (0xE000_0001_8000_0000, 13_000)
    );
    let block = sr.report_blocks().next().unwrap();
    assert_eq!(
        (block.ssrc(), block.extended_sequence_number()),
        (0xBBBB, 9)
    );
    let chunk = sdes.chunks().next().unwrap();
    let item = chunk.items().next().unwrap();
    assert_eq!(
        (chunk.ssrc(), item.type_(), item.value()),
        (0xAAAA, 1, &b"tandem@192.0.2.1"[..])
    );
    assert_eq!(bye.ssrcs().collect::<Vec<_>>(), [0xAAAA]);
    // Nothing sent since: the next one is a receiver report.
    let n = rtcp.bye(at(1600), 13_800, &sender, None, &mut buffer);
    let first = items(&buffer[..n]).next().unwrap().unwrap();
    assert_eq!(
        first,
        Item::Report {
            ssrc: 0xAAAA,
            sender: None,
            block: None
        }
    );
}

#[test]
fn every_length_of_name_is_padded_right() {
    let sender = Sender::new(1, 1, 1);
    for len in 0..=CNAME_OCTETS + 3 {
        let name = "n".repeat(len);
        let cname = Cname::new(&name);
        let mut rtcp = Rtcp::new(RtcpConfig { cname, ..config(1) }, Duration::ZERO);
        let mut buffer = [0xFF; MAX_OCTETS];
        let n = rtcp.bye(at(1), 0, &sender, Some(&mut source(2)), &mut buffer);
        let packets: Vec<_> = Compound::parse(&buffer[..n])
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let Packet::Sdes(sdes) = &packets[1] else {
            panic!("{packets:?}")
        };
        let chunk = sdes.chunks().next().unwrap();
        assert_eq!(
            chunk.items().next().unwrap().length(),
            len.min(CNAME_OCTETS)
        );
        assert_eq!(packets.len(), 3);
    }
    assert_eq!(Cname::new(&"ä".repeat(30)), Cname::new(&"ä".repeat(23)));
}

#[test]
fn reports_come_at_spread_times_around_five_seconds() {
    let sender = Sender::new(1, 1, 1);
    let mut buffer = [0; MAX_OCTETS];
    let mut waits = Vec::new();
    for seed in 0..200 {
        let mut rtcp = Rtcp::new(config(seed), Duration::ZERO);
        let first = rtcp.poll_timeout().unwrap();
        assert!((at(1026)..at(3079)).contains(&first), "{first:?}");
        let early = first - Duration::from_nanos(1);
        assert_eq!(rtcp.report(early, 0, &sender, None, &mut buffer), None);
        assert!(rtcp.report(first, 0, &sender, None, &mut buffer).is_some());
        let wait = rtcp.poll_timeout().unwrap() - first;
        assert!((at(2052)..at(6157)).contains(&wait), "{wait:?}");
        waits.push(wait.as_secs_f64());
    }
    let mean = waits.iter().sum::<f64>() / 200.0;
    assert!((3.9..4.3).contains(&mean), "{mean}"); // 5 s / 1.218
}

#[test]
fn the_round_trip_leaves_out_the_far_ends_delay() {
    let (mut a, mut b) = (Rtcp::new(config(1), at(0)), Rtcp::new(config(2), at(0)));
    let (mut sa, sb) = (Sender::new(0xA, 1, 1), Sender::new(0xB, 1, 1));
    sa.next(8, true, 160, 160);
    let mut buffer = [0; MAX_OCTETS];
    let n = a.bye(at(10_000), 0, &sa, None, &mut buffer);
    b.input(at(10_030), &buffer[..n], 0xB).unwrap(); // 30 ms there
    assert!(b.left());
    let mut heard = source(0xA);
    let n = b.bye(at(12_000), 0, &sb, Some(&mut heard), &mut buffer);
    a.input(at(12_050), &buffer[..n], 0xA).unwrap(); // 50 ms back
    let report = a.remote().unwrap();
    let trip = report.round_trip.unwrap().as_secs_f64();
    assert!((trip - 0.080).abs() < 0.0001, "{trip}");
    assert_eq!(report.block.ssrc, 0xA);
    // A report on another source is not ours, and a report without an SR gives no time.
    let mut c = Rtcp::new(config(3), at(0));
    c.input(at(12_050), &buffer[..n], 0xC).unwrap();
    assert_eq!(c.remote(), None);
}

#[test]
fn negative_losses_survive() {
    let mut s = source(5);
    let header = Header {
        marker: false,
        payload_type: 8,
        sequence: 9,
        timestamp: 0,
        ssrc: 5,
    };
    for _ in 0..3 {
        s.input(&header, 0, true);
    }
    let mut buffer = [0; MAX_OCTETS];
    let mut rtcp = Rtcp::new(config(1), at(0));
    let n = rtcp.bye(at(1), 0, &Sender::new(1, 1, 1), Some(&mut s), &mut buffer);
    let Item::Report {
        block: Some(block), ..
    } = items(&buffer[..n]).next().unwrap().unwrap()
    else {
        panic!()
    };
    assert_eq!(block.cumulative_lost, -3);
}

#[test]
fn malformed_packets_are_named_and_counted() {
    let error = |octets: &[u8]| items(octets).find_map(Result::err).unwrap();
    assert_eq!(error(&[]), ParseError::Short { at: 0 });
    assert_eq!(error(&[0x80, 200, 0, 9]), ParseError::Short { at: 0 });
    assert_eq!(
        error(&[0x40, 200, 0, 0]),
        ParseError::Version { at: 0, found: 1 }
    );
    assert_eq!(
        error(&[0x80, 200, 0, 0]),
        ParseError::Contents {
            at: 0,
            packet_type: 200
        }
    );
    assert_eq!(error(&[0x80, 204, 0, 0, 0x80]), ParseError::Short { at: 4 });
    let mut rtcp = Rtcp::new(config(1), at(0));
    assert!(rtcp.input(at(1), &[0x80, 203, 0, 0, 1], 1).is_err());
    assert_eq!(
        (rtcp.received(), rtcp.malformed(), rtcp.left()),
        (1, 1, true)
    );
}

proptest! {
    #[test]
    fn arbitrary_octets_never_panic(
        packets in proptest::collection::vec((0_u8..32, 198_u8..208, proptest::collection::vec(any::<u8>(), 0..64)), 0..5),
        cut in 0_usize..8,
    ) {
        let mut octets = Vec::new();
        for (count, packet_type, body) in &packets {
            octets.extend([0x80 | count, *packet_type, 0, (body.len() / 4) as u8]);
            octets.extend(&body[..body.len() / 4 * 4]);
        }
        octets.truncate(octets.len().saturating_sub(cut));
        let mut rtcp = Rtcp::new(config(1), at(0));
        let _ = rtcp.input(at(1), &octets, 1);
        prop_assert!(items(&octets).count() <= packets.len() + 1);
        // Where the oracle takes a compound, we do.
        if let Ok(compound) = Compound::parse(&octets) {
            if compound.into_iter().all(|p| p.is_ok()) {
                prop_assert!(items(&octets).all(|i| i.is_ok()));
            }
        }
    }
}
