// SPDX-License-Identifier: MIT OR Apache-2.0
//! Calls between a card in lock-step and UDP on the loopback, byte for byte in both directions, on both backends.
#![allow(clippy::unwrap_used)]

mod common;

use common::card::TICK;
use common::rig::{
    Call, Rig, check_from_rtp, check_to_rtp, far_octet, line_octet, pattern, settings,
};
use g711::Law;
use media_engine::*;
use std::time::Duration;
use tdm::Slot;

/// Runs a test on each backend. A kernel without io_uring fails here: it is to be seen.
fn on_both(test: impl Fn(BackendKind)) {
    for backend in [BackendKind::Uring, BackendKind::Plain] {
        test(backend);
    }
}

/// Many calls of many spans, for a while; the line's octets and the far ends' cross unchanged.
fn bridge(backend: BackendKind, spans: usize, slots: u8, milliseconds: usize, packet: usize) {
    let mut rig = Rig::new(backend, spans, pattern());
    rig.card.ticks(10);
    let since = rig.card.positions(0).rx_frame;
    let media = Media {
        packet_time: (packet / 8) as u8,
        ..Media::default()
    };
    let mut calls: Vec<Call> = Vec::new();
    for span in 0..spans {
        for slot in 1..=slots {
            // Eight spans of 30 B channels: slot 16 is the D channel's.
            if slot != 16 || slots == 31 {
                calls.push(rig.call(span, slot, media));
            }
        }
    }
    rig.run(&mut calls, milliseconds, 8, packet);
    for call in &calls {
        let packets = check_to_rtp(call, packet, since);
        assert!(
            packets * packet / 8 + 3 * packet / 8 >= milliseconds,
            "{packets} packets"
        );
        let sent = call.far.timestamp.wrapping_sub(u32::MAX - 1000) as usize;
        // A packet is played its own length and 5 ms later, and leaves the card's depth after that.
        check_from_rtp(call, 0, sent - 3 * packet);
        let stats = rig.stats(call);
        assert_eq!(stats.to_rtp.packets, packets as u64);
        assert_eq!(stats.to_rtp.octets, (packets * packet) as u64);
        assert_eq!(
            stats.to_rtp.copied, 0,
            "the line's audio leaves without a copy"
        );
        let lost = (
            stats.to_rtp.lost,
            stats.to_rtp.missed,
            stats.to_rtp.errors,
            stats.to_rtp.no_slot,
        );
        assert_eq!(lost, (0, 0, 0, 0));
        let playout = stats.playout;
        assert_eq!(
            (playout.lost, playout.late, playout.starved_frames),
            (0, 0, 0),
            "{playout:?}"
        );
        assert_eq!(
            (playout.dropped_for_drift, playout.repeated_for_drift),
            (0, 0)
        );
        assert_eq!(stats.from_rtp.late_frames, 0);
    }
    let stats = rig.engine.stats(true).unwrap().remove(0);
    assert_eq!(stats.backend, backend);
    assert_eq!(stats.channels, calls.len() as u64);
    assert_eq!(
        (stats.missed_ticks, stats.exchange_errors, stats.events_lost),
        (0, 0, 0)
    );
    assert!(stats.latency.len() >= calls.len() as u64);
    for call in &calls {
        assert_eq!(
            rig.close(call.id).0.to_rtp.packets,
            call.far.received.len() as u64
        );
    }
    assert!(rig.engine.channel_stats(calls[0].id).unwrap().is_none());
    assert_eq!(rig.engine.stats(false).unwrap()[0].latency.len(), 0);
}

#[test]
fn one_call() {
    on_both(|backend| bridge(backend, 1, 1, 2000, 160));
}

#[test]
fn every_packet_time() {
    on_both(|backend| {
        for packet in [80, 160, 240, 320, 400, 480] {
            bridge(backend, 1, 2, 400, packet);
        }
    });
}

#[test]
fn thirty_one_calls() {
    on_both(|backend| bridge(backend, 1, 31, 600, 160));
}

/// 240 calls; TANDEM_LINE_SECONDS of line time each, 1 by default, 60 in the long run.
#[test]
fn two_hundred_and_forty_calls() {
    let seconds = std::env::var("TANDEM_LINE_SECONDS").ok();
    let seconds = seconds.map_or(1, |text| {
        text.parse().expect("TANDEM_LINE_SECONDS is a number")
    });
    on_both(|backend| bridge(backend, 8, 31, seconds * 1000, 160));
}

#[test]
fn a_law_is_converted_and_its_copies_are_counted() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let media = Media {
            law: Law::Mu,
            ..Media::default()
        };
        let mut calls = [rig.call(0, 5, media)];
        rig.run(&mut calls, 500, 0, 160);
        let [call] = calls;
        let first = &call.far.received[0];
        assert_eq!(first.header.payload_type, 0);
        let mut on_line = vec![0; 160];
        let found = (8000..9000).any(|begin| {
            for (n, octet) in on_line.iter_mut().enumerate() {
                let code = line_octet(0, call.slot, begin + n as u64);
                *octet = Law::A.convert(Law::Mu, code);
            }
            on_line == first.payload
        });
        assert!(
            found,
            "the first packet must be the line's audio in the other law"
        );
        let to_line: Vec<_> = (0..320)
            .map(|n| Law::Mu.convert(Law::A, far_octet(call.far.ssrc, n)))
            .collect();
        assert!(call.sent.windows(320).any(|sent| sent == to_line));
        let stats = rig.stats(&call);
        // Out of the ring, and into the send slot.
        assert_eq!(stats.to_rtp.copied, 2 * stats.to_rtp.octets);
        assert!(stats.playout.converted_frames > 0);
    });
}

#[test]
fn directions() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let media = |call: &Call, direction| Media {
            direction,
            remote: Some(call.far.address()),
            ..Media::default()
        };
        let mut calls = [rig.call(
            0,
            1,
            Media {
                direction: Direction::ReceiveOnly,
                ..Media::default()
            },
        )];
        rig.run(&mut calls, 200, 8, 160);
        assert!(
            calls[0].far.received.is_empty(),
            "early media one way: nothing is sent"
        );
        check_from_rtp(&calls[0], 0, 1000);
        // Hold: nothing either way, and the line goes idle at once.
        let hold = media(&calls[0], Direction::Inactive);
        rig.engine.modify(calls[0].id, hold).unwrap();
        rig.run(&mut calls, 100, 8, 160);
        let tail = &calls[0].sent[calls[0].sent.len() - 600..];
        assert!(tail.iter().all(|octet| *octet == 0xd5));
        assert!(calls[0].far.received.is_empty());
        assert!(rig.stats(&calls[0]).from_rtp.unwanted >= 4);
        // Only towards RTP.
        let send = media(&calls[0], Direction::SendOnly);
        rig.engine.modify(calls[0].id, send).unwrap();
        rig.run(&mut calls, 200, 8, 160);
        assert!(calls[0].far.received.len() >= 8);
        assert!(calls[0].far.received[0].header.marker);
        let both = media(&calls[0], Direction::SendReceive);
        rig.engine.modify(calls[0].id, both).unwrap();
        calls[0].far.received.clear();
        let before = calls[0].sent.len();
        rig.run(&mut calls, 300, 8, 160);
        assert!(calls[0].far.received.len() >= 14);
        let playing = calls[0].sent[before + 400..]
            .iter()
            .filter(|octet| **octet != 0xd5);
        assert!(playing.count() > 1500);
    });
}

#[test]
fn timestamps_go_on_over_a_hold_and_a_new_packet_time() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let mut calls = [rig.call(0, 1, Media::default())];
        rig.run(&mut calls, 100, 8, 160);
        let remote = Some(calls[0].far.address());
        let hold = Media {
            direction: Direction::Inactive,
            remote,
            ..Media::default()
        };
        rig.engine.modify(calls[0].id, hold).unwrap();
        rig.run(&mut calls, 300, 8, 160);
        let again = Media {
            packet_time: 30,
            remote,
            ..Media::default()
        };
        rig.engine.modify(calls[0].id, again).unwrap();
        rig.run(&mut calls, 300, 8, 160);
        let received = &calls[0].far.received;
        let first = &received[0];
        let begin = (8000..9000)
            .find(|begin| {
                (0..160)
                    .all(|n| first.payload[n as usize] == line_octet(0, calls[0].slot, begin + n))
            })
            .unwrap();
        for one in received {
            let at = begin + u64::from(one.header.timestamp.wrapping_sub(first.header.timestamp));
            for (n, octet) in one.payload.iter().enumerate() {
                assert_eq!(*octet, line_octet(0, calls[0].slot, at + n as u64));
            }
        }
        assert!(
            received
                .iter()
                .filter(|one| one.payload.len() == 240)
                .count()
                >= 8
        );
        assert_eq!(received.iter().filter(|one| one.header.marker).count(), 2);
    });
}

#[test]
fn a_late_worker_sends_what_is_due_and_leaves_out_what_is_too_old() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let mut calls = [rig.call(0, 1, Media::default())];
        rig.run(&mut calls, 100, 8, 160);
        rig.card.advance(60 * TICK); // three packets at once
        rig.collect(&mut calls);
        let stats = rig.stats(&calls[0]);
        assert_eq!((stats.to_rtp.late, stats.to_rtp.missed), (2, 0));
        rig.card.advance(200 * TICK); // ten: four are sent
        rig.collect(&mut calls);
        let stats = rig.stats(&calls[0]);
        assert_eq!((stats.to_rtp.late, stats.to_rtp.missed), (5, 6));
        assert!(rig.engine.stats(false).unwrap()[0].missed_ticks >= 258);
        assert!(
            stats.playout.starved_frames > 0,
            "the line ran dry meanwhile"
        );
        // Sequence numbers have no hole, timestamps do, and the octets are right.
        calls[0].far.received.drain(..1);
        let received = &calls[0].far.received;
        for pair in received.windows(2) {
            assert_eq!(
                pair[1].header.sequence,
                pair[0].header.sequence.wrapping_add(1)
            );
        }
        let holes = received.windows(2).filter(|pair| {
            pair[1]
                .header
                .timestamp
                .wrapping_sub(pair[0].header.timestamp)
                != 160
        });
        assert_eq!(holes.count(), 1);
    });
}

#[test]
fn a_restart_of_the_span_is_survived() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let mut calls = [rig.call(0, 1, Media::default())];
        rig.run(&mut calls, 200, 8, 160);
        rig.card.restart(4000);
        calls[0].jump(4000);
        calls[0].far.received.clear();
        rig.run(&mut calls, 400, 8, 160);
        let received = &calls[0].far.received;
        assert!(received.len() >= 17, "{}", received.len());
        let stats = rig.stats(&calls[0]);
        assert!(stats.to_rtp.missed > 0);
        assert_eq!(stats.to_rtp.lost, 0);
        let tail = &calls[0].sent[calls[0].sent.len() - 800..];
        assert!(
            tail.iter().filter(|octet| **octet != 0xd5).count() > 700,
            "the far end is heard again"
        );
    });
}

#[test]
fn loss_reordering_and_duplicates() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let mut calls = [rig.call(0, 1, Media::default())];
        let call = &mut calls[0];
        let payloads: Vec<Vec<u8>> = (0..60)
            .map(|packet| {
                (0..160)
                    .map(|n| far_octet(call.far.ssrc, packet * 160 + n))
                    .collect()
            })
            .collect();
        let mut packets: Vec<_> = payloads
            .iter()
            .map(|payload| call.far.packet(8, payload))
            .collect();
        packets.swap(20, 21);
        packets[40] = packets[39].clone();
        for (n, packet) in packets.iter().enumerate() {
            if n != 30 {
                calls[0].far.send_raw(packet);
            }
            for _ in 0..20 {
                rig.card.tick();
            }
            rig.collect(&mut calls);
        }
        let stats = rig.stats(&calls[0]);
        // One was dropped, one was sent twice in the place of another.
        assert_eq!(stats.playout.lost, 2, "{:?}", stats.playout);
        assert_eq!(stats.playout.duplicates, 1);
        assert!(stats.playout.concealed_frames >= 320 - 80);
        let begin = calls[0]
            .sent
            .windows(160)
            .position(|sent| sent == payloads[0])
            .unwrap();
        let mut same = 0;
        for (n, payload) in payloads.iter().enumerate() {
            let sent = calls[0].sent.get(begin + n * 160..begin + (n + 1) * 160);
            same += usize::from(sent == Some(payload));
        }
        // The two lost ones, those with joints after them, and what is still on its way.
        assert!(
            same >= 52,
            "{same} of 60 packets stand whole at their place"
        );
    });
}

#[test]
fn a_faster_far_end_is_steered_and_never_runs_away() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let mut calls = [rig.call(0, 1, Media::default())];
        // One packet of silence each 19.75 ms: more than any clock, so that it shows soon.
        let mut due = 0;
        for quarter in 0..4 * 8000 {
            if quarter == due {
                calls[0].far.send(8, &[0xd5; 160]);
                due += 79;
            }
            if quarter % 4 == 3 {
                rig.card.tick();
            }
        }
        let stats = rig.stats(&calls[0]);
        assert!(stats.playout.dropped_for_drift > 400, "{:?}", stats.playout);
        assert_eq!(stats.playout.resyncs, 0);
        assert_eq!(stats.from_rtp.late_frames, 0);
    });
}

#[test]
fn a_flood_on_one_port_waits_and_hurts_nobody_else() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let mut calls = [
            rig.call(0, 1, Media::default()),
            rig.call(0, 2, Media::default()),
        ];
        rig.run(&mut calls, 100, 8, 160);
        for _ in 0..120 {
            calls[0].far.send(8, &[0x55; 160]);
        }
        calls[1].far.received.clear();
        rig.run(&mut calls[1..], 200, 8, 160);
        let stats = rig.stats(&calls[0]);
        assert!(
            stats.from_rtp.packets >= 120,
            "every datagram was taken in the end"
        );
        let io = rig.engine.stats(false).unwrap().remove(0).io;
        if backend == BackendKind::Uring {
            assert!(io.no_buffers > 0 && io.rearmed > 0, "{io:?}");
        }
        assert_eq!(calls[1].far.received.len(), 10);
        assert_eq!(rig.stats(&calls[1]).playout.lost, 0);
    });
}

#[test]
fn what_is_no_rtp_is_counted() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let call = rig.call(0, 1, Media::default());
        call.far.send_raw(b"");
        call.far.send_raw(b"GET / HTTP/1.0\r\n\r\n");
        call.far.send_raw(&[0x80; 12]);
        call.far.send_raw(&[0; 1400]);
        let mut unknown = Far2::packet(&call, 96);
        call.far.send_raw(&unknown);
        unknown[1] = 13;
        call.far.send_raw(&unknown);
        rig.card.ticks(5);
        let stats = rig.stats(&call).from_rtp;
        // 0x80 twelve times is version 2, payload type 0, without a payload: good for a NAT, and played by nobody.
        assert_eq!((stats.packets, stats.octets, stats.malformed), (1, 0, 2));
        assert_eq!(rig.stats(&call).playout.bad_length, 1);
        assert_eq!(stats.unknown_payload, 2);
        assert_eq!(rig.engine.stats(false).unwrap()[0].io.oversize, 1);
    });
}

struct Far2;

impl Far2 {
    fn packet(call: &Call, payload_type: u8) -> Vec<u8> {
        let header = rtp::Header {
            marker: false,
            payload_type,
            sequence: 1,
            timestamp: 2,
            ssrc: call.far.ssrc,
        };
        let mut octets = header.to_octets().to_vec();
        octets.extend([0; 160]);
        octets
    }
}

#[test]
fn channels_open_and_close_in_storms() {
    on_both(|backend| {
        let mut settings = settings(backend);
        settings.channels_per_worker = 40;
        let mut rig = Rig::with(settings, 1, pattern());
        for round in 0..6 {
            let mut calls: Vec<_> = (1..=31)
                .map(|slot| rig.call(0, slot, Media::default()))
                .collect();
            rig.run(&mut calls, 60 + round, 8, 160);
            for call in &calls {
                rig.engine.close(call.id).unwrap();
            }
            let mut closed = 0;
            for _ in 0..500 {
                common::card::readable(rig.engine.event_fd(), 10);
                let events = rig.events();
                closed += events
                    .iter()
                    .filter(|event| matches!(event.kind, EventKind::Closed { .. }))
                    .count();
                if closed == calls.len() {
                    break;
                }
            }
            assert_eq!(closed, calls.len());
            rig.card.ticks(30);
            for call in &calls {
                let sent = rig
                    .card
                    .sent(0, call.slot, rig.card.positions(0).tx_taken - 64);
                assert!(
                    sent.iter().all(|octet| *octet == 0xd5),
                    "a closed channel's slot is idle"
                );
            }
        }
        let calls: Vec<_> = (0..40)
            .map(|n| rig.open(0, 1 + n % 31, Media::default()).0)
            .collect();
        let bind = || std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let refused = rig.engine.open_channel(ChannelConfig {
            span: rig.spans[0],
            transmit: rig.claims[0].transmit(Slot::new(1).unwrap()).unwrap(),
            line_law: Law::A,
            sockets: PortPair::new(bind(), bind()).unwrap(),
            media: Media::default(),
            tones: dsp::progress("us").unwrap(),
        });
        assert!(
            matches!(refused, Err(EngineError::Full { bound: 40 })),
            "{refused:?}"
        );
        assert_eq!(
            rig.engine.stats(false).unwrap()[0].channels,
            calls.len() as u64
        );
    });
}

#[test]
fn a_span_is_given_up_with_its_channels() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 2, pattern());
        let mut calls = [
            rig.call(0, 1, Media::default()),
            rig.call(1, 1, Media::default()),
        ];
        rig.run(&mut calls, 100, 8, 160);
        let gone = rig.spans[0];
        rig.engine.detach_span(gone).unwrap();
        assert!(matches!(
            rig.engine.detach_span(gone),
            Err(EngineError::UnknownSpan)
        ));
        // A clock in lock-step waits until the subscription has ended, which the control side does.
        assert!(common::card::readable(rig.engine.event_fd(), 5000));
        let closed: Vec<_> = rig
            .events()
            .into_iter()
            .filter(|e| matches!(e.kind, EventKind::Closed { .. }))
            .collect();
        assert_eq!(closed.len(), 1);
        assert_eq!(closed[0].channel, calls[0].id);
        while rig.card.subscribers(0) > 0 {
            assert!(rig.engine.next_event().is_none());
        }
        rig.run(&mut calls[1..], 100, 8, 160);
        check_to_rtp(&calls[1], 160, 8000);
        let again = rig.engine.attach_span(rig.card.span(0)).unwrap();
        assert_ne!(again, gone);
        rig.spans[0] = again;
        let mut calls = [rig.call(0, 2, Media::default())];
        rig.run(&mut calls, 100, 8, 160);
        check_to_rtp(&calls[0], 160, 8000);
    });
}

#[test]
fn the_media_time_out_and_its_end() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let media = Media {
            timeout: Some(Duration::from_millis(500)),
            ..Media::default()
        };
        let mut calls = [rig.call(0, 1, media)];
        rig.run(&mut calls, 200, 8, 160);
        rig.card.ticks(600);
        let kinds: Vec<_> = rig.events().into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [EventKind::MediaTimeout]);
        rig.card.ticks(600);
        assert!(rig.events().is_empty(), "it is told once");
        rig.run(&mut calls, 100, 8, 160);
        let kinds: Vec<_> = rig.events().into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [EventKind::MediaResumed]);
    });
}
