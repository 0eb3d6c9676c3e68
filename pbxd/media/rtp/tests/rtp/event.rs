// SPDX-License-Identifier: MIT OR Apache-2.0
//! Telephone events.

use proptest::prelude::*;
use rtp::Header;
use rtp::event::{Event, EventReceiver, Payload, TooShort};

fn packet(marker: bool, timestamp: u32, code: u8, duration: u16, end: bool) -> (Header, [u8; 4]) {
    let header = Header {
        marker,
        payload_type: 101,
        sequence: 0,
        timestamp,
        ssrc: 1,
    };
    (
        header,
        Payload {
            code,
            end,
            volume: 10,
            duration,
        }
        .to_octets(),
    )
}

fn feed(r: &mut EventReceiver, p: (Header, [u8; 4])) -> [Option<Event>; 2] {
    r.input(&p.0, &p.1).expect("four octets")
}

fn event(code: u8, start: u32, duration: u32, ended: bool) -> Option<Event> {
    Some(Event {
        code,
        start,
        duration,
        volume: 10,
        ended,
    })
}

#[test]
fn a_payload_is_read_and_written() {
    let octets = [11, 0x8A, 0x03, 0x20];
    let payload = Payload {
        code: 11,
        end: true,
        volume: 10,
        duration: 800,
    };
    assert_eq!(Payload::parse(&octets), Ok(payload));
    assert_eq!(payload.to_octets(), octets);
    assert_eq!(Payload::parse(&octets[..3]), Err(TooShort(3)));
}

#[test]
fn start_updates_and_three_ends() {
    let mut r = EventReceiver::new();
    assert_eq!(
        feed(&mut r, packet(true, 1000, 5, 160, false)),
        [None, event(5, 1000, 160, false)]
    );
    assert_eq!(
        feed(&mut r, packet(false, 1000, 5, 320, false)),
        [None, event(5, 1000, 320, false)]
    );
    assert_eq!(
        feed(&mut r, packet(false, 1000, 5, 240, false)),
        [None, None]
    );
    assert_eq!(r.active(), event(5, 1000, 320, false));
    assert_eq!(
        feed(&mut r, packet(false, 1000, 5, 480, true)),
        [None, event(5, 1000, 480, true)]
    );
    assert_eq!(
        feed(&mut r, packet(false, 1000, 5, 480, true)),
        [None, None]
    );
    assert_eq!(
        feed(&mut r, packet(false, 1000, 5, 480, true)),
        [None, None]
    );
    assert_eq!((r.active(), r.repeated(), r.lost_ends()), (None, 3, 0));
}

#[test]
fn an_end_alone_is_the_whole_event() {
    let mut r = EventReceiver::new();
    assert_eq!(
        feed(&mut r, packet(false, 1000, 5, 480, true)),
        [None, event(5, 1000, 480, true)]
    );
}

#[test]
fn the_next_event_ends_one_whose_ends_were_lost() {
    let mut r = EventReceiver::new();
    feed(&mut r, packet(true, 1000, 5, 400, false));
    assert_eq!(
        feed(&mut r, packet(true, 2000, 5, 160, false)),
        [event(5, 1000, 400, true), event(5, 2000, 160, false)]
    );
    assert_eq!(
        feed(&mut r, packet(false, 1000, 5, 480, true)),
        [None, None]
    );
    assert_eq!((r.stale(), r.lost_ends()), (1, 1));
    assert_eq!(r.give_up(), event(5, 2000, 160, true));
    assert_eq!(r.give_up(), None);
}

#[test]
fn long_events_go_on_in_segments() {
    let mut r = EventReceiver::new();
    let start = 0xFFFF_F000; // the timestamps wrap within the event
    feed(&mut r, packet(true, start, 1, 0xFFFF, false));
    let second = start.wrapping_add(0xFFFF);
    assert_eq!(
        feed(&mut r, packet(false, second, 1, 160, false)),
        [None, event(1, start, 0xFFFF + 160, false)]
    );
    let third = second.wrapping_add(0xFFFF);
    assert_eq!(
        feed(&mut r, packet(false, third, 1, 1000, true)),
        [None, event(1, start, 2 * 0xFFFF + 1000, true)]
    );
    // The same place with a marker is a new event.
    let fourth = third.wrapping_add(0xFFFF);
    assert_eq!(
        feed(&mut r, packet(true, fourth, 1, 160, false))[1],
        event(1, fourth, 160, false)
    );
}

proptest! {
    #[test]
    fn whatever_comes_events_are_whole(packets in proptest::collection::vec(
        (any::<bool>(), 0_u32..8, 0_u8..3, any::<u16>(), any::<bool>()), 0..200)) {
        let mut r = EventReceiver::new();
        let mut last: Option<Event> = None;
        for (marker, step, code, duration, end) in packets {
            for report in feed(&mut r, packet(marker, step * 0xFFFF, code, duration, end)).into_iter().flatten() {
                if let Some(before) = last.filter(|b| b.start == report.start && b.code == report.code) {
                    // An event only grows, and says nothing after its end.
                    prop_assert!(report.duration >= before.duration && !before.ended);
                } else {
                    prop_assert!(last.is_none_or(|b| b.ended));
                }
                last = Some(report);
            }
        }
    }
}
