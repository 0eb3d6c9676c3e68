// SPDX-License-Identifier: MIT OR Apache-2.0
//! Packets in order, out of order, twice, late, and in the other law.

use g711::Law;
use playout::{Config, ConfigError, Playout, Quiet};

use crate::ring::{Ring, Stream, config};

#[test]
fn a_stream_without_loss_is_byte_exact_and_copied_straight() {
    for (packet, visit) in [
        (80, 8),
        (160, 8),
        (160, 160),
        (240, 8),
        (320, 80),
        (480, 480),
    ] {
        let mut ring = Ring::new(Config::new(Law::A, packet as u32));
        let mut stream = Stream::new();
        let mut truth = Vec::new();
        // One hour of packets would do no more than 20 s.
        for at in (0..160_000_u64).step_by(visit) {
            if at % packet as u64 == 0 {
                let (header, payload) = stream.packet(packet);
                ring.audio(&header, Law::A, &payload);
                truth.extend(payload.into_iter().map(Some));
            }
            ring.visit(visit as u64);
            ring.run(visit as u64);
        }
        let played = ring.played();
        assert!(
            played == truth[..played.len()],
            "packet {packet} visit {visit}"
        );
        assert!(played.len() > 159_000 - 1000);
        let c = ring.playout.counters();
        assert_eq!(ring.straight, c.written_frames);
        assert_eq!(
            (c.late, c.lost, c.concealed_frames, c.starved_frames),
            (0, 0, 0, 0)
        );
        assert_eq!(
            (c.dropped_for_drift, c.repeated_for_drift, c.resyncs),
            (0, 0, 0)
        );
    }
}

#[test]
fn a_change_of_packet_time_goes_unheard() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    let mut truth = Vec::new();
    for len in [160, 160, 80, 80, 240, 160, 480, 160, 80] {
        let (header, payload) = stream.packet(len);
        ring.audio(&header, Law::A, &payload);
        truth.extend(payload.into_iter().map(Some));
        for _ in 0..len / 80 {
            ring.visit(80);
            ring.run(80);
        }
    }
    let played = ring.played();
    assert_eq!(played, truth[..played.len()]);
    assert!(played.len() > 1200);
}

/// 40 packets of 160, delivered in this order (indices), one per 20 ms after the first few.
fn deliver(order: &[usize]) -> (Ring, Vec<Option<u8>>) {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    let packets: Vec<_> = (0..40).map(|_| stream.packet(160)).collect();
    for index in order {
        let (header, payload) = &packets[*index];
        ring.audio(header, Law::A, payload);
        ring.visit(16);
        for _ in 0..10 {
            ring.run(16);
            ring.visit(16);
        }
    }
    ring.run(200);
    let truth = packets
        .iter()
        .flat_map(|(_, p)| p.iter().copied().map(Some))
        .collect();
    (ring, truth)
}

#[test]
fn reordered_packets_go_to_their_frames() {
    // The fill is 200 frames: a packet may come one packet time late.
    let (ring, truth) = deliver(&[0, 1, 3, 2, 4, 6, 5, 7, 8]);
    let c = *ring.playout.counters();
    assert_eq!((c.reordered, c.late, c.lost, c.duplicates), (2, 0, 0, 0));
    assert_eq!(c.concealed_frames, 0);
    let played = ring.played();
    assert_eq!(played[..8 * 160], truth[..8 * 160]);
}

#[test]
fn duplicates_are_dropped() {
    let (ring, truth) = deliver(&[0, 1, 1, 2]);
    let c = ring.playout.counters();
    assert_eq!((c.duplicates, c.written_packets), (1, 3));
    assert_eq!(ring.played()[..240], truth[..240]);
}

#[test]
fn what_was_taken_is_late_and_what_was_not_is_rewritten() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    let packets: Vec<_> = (0..10).map(|_| stream.packet(160)).collect();
    for n in [0, 1, 2] {
        ring.audio(&packets[n].0, Law::A, &packets[n].1);
        ring.run(160);
    }
    // Packet 3 is missing; 4 and 5 come in time; the hole is concealed and half of it taken.
    for n in [4, 5] {
        ring.audio(&packets[n].0, Law::A, &packets[n].1);
        for _ in 0..10 {
            ring.visit(16);
            ring.run(16);
        }
    }
    // Packet 3 belongs 200 + 480 after the first edge.
    let begins = 16 + 200 + 480;
    let late = ring.edge() - begins;
    assert!((40..160).contains(&late), "{late}");
    let before = ring.playout.counters().concealed_frames;
    assert!((late..=160).contains(&before), "{before}");
    ring.audio(&packets[3].0, Law::A, &packets[3].1);
    let c = *ring.playout.counters();
    assert_eq!((c.late, c.late_frames), (0, late as u32));
    assert_eq!(u64::from(c.rewritten_frames), before - late);
    ring.run(32);
    ring.visit(16);
    assert_eq!(ring.playout.counters().concealed_frames, before);
    // One that is wholly late is only counted.
    ring.run(400);
    let (header, payload) = &packets[6];
    ring.audio(&packets[7].0, Law::A, &packets[7].1);
    ring.run(400);
    ring.audio(header, Law::A, payload);
    assert_eq!(ring.playout.counters().late, c.late + 1);
}

#[test]
fn half_a_late_packet_replaces_the_concealment_of_its_second_half() {
    let mut ring = Ring::new(Config {
        target: 80,
        low: 24,
        high: 400,
        ..config()
    });
    let mut stream = Stream::new();
    let packets: Vec<_> = (0..4).map(|_| stream.packet(160)).collect();
    ring.audio(&packets[0].0, Law::A, &packets[0].1);
    ring.visit(160);
    ring.run(160);
    ring.visit(240); // the next packet is not there: concealed up to 240 frames on
    ring.run(160);
    // It belongs at 16 + 80 + 160 = 256; the edge is 336: half of it is taken.
    ring.audio(&packets[1].0, Law::A, &packets[1].1);
    let c = *ring.playout.counters();
    assert_eq!((c.late_frames, c.rewritten_frames, c.shifts), (80, 80, 0));
    ring.run(96);
    let expected: Vec<_> = packets[1].1[112..].iter().copied().map(Some).collect();
    // After 32 frames of overlap the packet stands as it is.
    assert_eq!(ring.sent[336 + 32..336 + 80], expected);
}

#[test]
fn the_other_law_is_converted() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    let mut truth = Vec::new();
    for _ in 0..10 {
        let (header, payload) = stream.packet(160);
        ring.audio(&header, Law::Mu, &payload);
        truth.extend(payload.iter().map(|c| Some(g711::mu_to_a(*c))));
        ring.visit(160);
        ring.run(160);
    }
    let played = ring.played();
    assert_eq!(played, truth[..played.len()]);
    assert_eq!(ring.playout.counters().converted_frames, 1600);
    assert_eq!(ring.straight, 0);
}

#[test]
fn a_jump_or_a_new_source_is_placed_anew() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    let play = |ring: &mut Ring, stream: &mut Stream| {
        for _ in 0..20 {
            let (header, payload) = stream.packet(160);
            ring.audio(&header, Law::A, &payload);
            ring.visit(160);
            ring.run(160);
        }
        *ring.playout.counters()
    };
    assert_eq!(play(&mut ring, &mut stream).resyncs, 0);
    stream.timestamp = stream.timestamp.wrapping_add(1_000_000);
    assert_eq!(play(&mut ring, &mut stream).resyncs, 1);
    stream.timestamp = stream.timestamp.wrapping_sub(500_000);
    assert_eq!(play(&mut ring, &mut stream).resyncs, 2);
    stream.ssrc += 1;
    stream.sequence = stream.sequence.wrapping_add(20_000);
    assert_eq!(play(&mut ring, &mut stream).resyncs, 3);
    stream.sequence = stream.sequence.wrapping_add(20_000);
    let c = play(&mut ring, &mut stream);
    assert_eq!((c.resyncs, c.foreign), (4, 1));
    assert_eq!(ring.playout.receiver().changes(), 1);
    // Each time the delay is the target's again, or near it.
    assert_eq!(c.late, 0);
}

#[test]
fn stopping_leaves_the_ring_idle_until_the_next_packet() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    let (header, payload) = stream.packet(160);
    ring.audio(&header, Law::A, &payload);
    ring.visit(160);
    ring.run(800);
    ring.playout.stop();
    assert!(!ring.playout.is_started());
    let from = ring.sent.len();
    ring.visit(160);
    ring.run(160);
    assert!(ring.sent[from..].iter().all(Option::is_none));
    let (header, payload) = stream.packet(160);
    ring.audio(&header, Law::A, &payload);
    ring.run(400);
    let truth: Vec<_> = payload.into_iter().map(Some).collect();
    assert_eq!(ring.sent[from + 160 + 16 + 200..][..160], truth);
}

#[test]
fn impossible_figures_and_packets_are_refused() {
    let new = |config| Playout::new(config).map(|_| ()).unwrap_err();
    assert_eq!(
        new(Config {
            target: 79,
            ..config()
        }),
        ConfigError::Target(79)
    );
    assert_eq!(
        new(Config {
            target: 1601,
            ..config()
        }),
        ConfigError::Target(1601)
    );
    assert_eq!(
        new(Config {
            low: 200,
            ..config()
        }),
        ConfigError::Window
    );
    assert_eq!(
        new(Config {
            max_fill: 2001,
            ..config()
        }),
        ConfigError::Window
    );
    for packet in [1, 80, 160, 480, 10_000] {
        assert!(Playout::new(Config::new(Law::Mu, packet)).is_ok());
    }
    assert!(
        Playout::new(Config {
            quiet: Quiet::IdleAfter(0),
            ..config()
        })
        .is_ok()
    );
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    for len in [0, 961] {
        let (header, payload) = stream.packet(len);
        ring.audio(&header, Law::A, &payload);
    }
    assert_eq!(ring.playout.counters().bad_length, 2);
}

#[test]
fn a_call_costs_little_more_than_its_shadow() {
    let size = size_of::<Playout>();
    assert!((4096..5500).contains(&size), "{size}");
}
