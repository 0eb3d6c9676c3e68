// SPDX-License-Identifier: MIT OR Apache-2.0
//! The header, field by field and against arbitrary octets.

use proptest::prelude::*;
use rtp::{HEADER_OCTETS, Header, Packet, ParseError, Sender};

#[test]
fn all_parts_of_a_header_are_found() {
    let mut octets = vec![0xB2, 0x88, 0x12, 0x34, 0, 0, 0, 160, 0xDE, 0xAD, 0xBE, 0xEF];
    octets.extend([0, 0, 0, 1, 0, 0, 0, 2]); // two contributing sources
    octets.extend([0xBE, 0xDE, 0, 1, 9, 9, 9, 9]); // an extension of one word
    octets.extend([1, 2, 3, 0, 0, 3]); // payload and three octets of padding
    let packet = Packet::parse(&octets).unwrap();
    assert_eq!(
        packet.header,
        Header {
            marker: true,
            payload_type: 8,
            sequence: 0x1234,
            timestamp: 160,
            ssrc: 0xDEAD_BEEF
        }
    );
    assert_eq!(packet.contributing().collect::<Vec<_>>(), [1, 2]);
    assert_eq!(packet.extension, Some((0xBEDE, &[9_u8; 4][..])));
    assert_eq!(packet.payload, [1, 2, 3]);
    assert_eq!(packet.payload_range(), 28..31);
    assert_eq!(octets[packet.payload_range()], [1, 2, 3]);
}

#[test]
fn faults_are_named() {
    let plain = |first: u8, tail: &[u8]| {
        let mut octets = vec![first, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        octets.extend(tail);
        Packet::parse(&octets).map(|_| ()).unwrap_err()
    };
    let short = |part, octets| ParseError::Short { part, octets };
    assert_eq!(Packet::parse(&[0x80; 11]).unwrap_err(), short("header", 11));
    assert_eq!(plain(0x40, &[]), ParseError::Version(1));
    assert_eq!(plain(0x81, &[0; 3]), short("CSRC list", 15));
    assert_eq!(plain(0x90, &[0; 3]), short("extension", 15));
    assert_eq!(plain(0x90, &[0, 0, 0, 1]), short("extension", 16));
    assert_eq!(plain(0xA0, &[]), short("padding", 12));
    assert_eq!(
        plain(0xA0, &[0]),
        ParseError::Padding {
            padding: 0,
            payload: 1
        }
    );
    assert_eq!(
        plain(0xA0, &[2]),
        ParseError::Padding {
            padding: 2,
            payload: 1
        }
    );
}

#[test]
fn a_sender_numbers_packets_and_counts_them() {
    let mut sender = Sender::new(7, 0xFFFF, 0xFFFF_FFF0);
    let first = sender.next(8, true, 160, 160);
    assert_eq!(
        (first.sequence, first.timestamp, first.marker),
        (0xFFFF, 0xFFFF_FFF0, true)
    );
    sender.skip(80);
    let second = sender.next(0, false, 160, 160);
    assert_eq!(
        (second.sequence, second.timestamp, second.ssrc),
        (0, 224, 7)
    );
    assert_eq!(
        (sender.packets(), sender.octets(), sender.timestamp()),
        (2, 320, 384)
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        marker: bool, payload_type in 0_u8..128, sequence: u16, timestamp: u32, ssrc: u32,
        payload in proptest::collection::vec(any::<u8>(), 0..500),
    ) {
        let header = Header { marker, payload_type, sequence, timestamp, ssrc };
        let mut octets = header.to_octets().to_vec();
        octets.extend(&payload);
        let packet = Packet::parse(&octets).unwrap();
        prop_assert_eq!(packet.header, header);
        prop_assert_eq!(packet.payload, &payload);
        prop_assert_eq!(packet.payload_range().start, HEADER_OCTETS);
    }

    #[test]
    fn arbitrary_octets_never_panic(
        first: u8, mut octets in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        // Mostly version 2, or little is reached.
        if let Some(place) = octets.first_mut() {
            *place = first | 0x80;
        }
        if let Ok(packet) = Packet::parse(&octets) {
            prop_assert_eq!(&octets[packet.payload_range()], packet.payload);
            prop_assert!(packet.contributing().count() <= 15);
        }
    }
}
