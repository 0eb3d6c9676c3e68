// SPDX-License-Identifier: MIT OR Apache-2.0
//! Loss, held-up streams, silence suppression.

use dsp::{Component, Meter, Oscillators, Scale};
use g711::Law;
use playout::{Config, Quiet};

use crate::ring::{Ring, Stream, config};

fn voice() -> Oscillators {
    let parts = [(125.0, -16.0), (250.0, -18.0), (500.0, -22.0)];
    Oscillators::new(
        Scale::of(Law::A),
        &parts.map(|(hertz, dbm0)| Component { hertz, dbm0 }),
    )
}

fn speak(voice: &mut Oscillators, stream: &mut Stream) -> (rtp::Header, Vec<u8>) {
    let mut samples = [0; 160];
    voice.fill(&mut samples);
    let codes = samples.iter().map(|s| Law::A.encode(*s)).collect();
    (stream.header(8, 160), codes)
}

fn dbm0(codes: &[Option<u8>]) -> f32 {
    let codes: Vec<u8> = codes.iter().flatten().copied().collect();
    let mut meter = Meter::new();
    meter.input_codes(Law::A, &codes);
    Scale::of(Law::A).dbm0(meter.mean_square())
}

#[test]
fn a_lost_packet_is_hardly_heard() {
    let mut ring = Ring::new(config());
    let (mut stream, mut v) = (Stream::new(), voice());
    let mut truth = Vec::new();
    for n in 0..50 {
        let (header, payload) = speak(&mut v, &mut stream);
        truth.extend(payload.iter().map(|c| Law::A.decode(*c)));
        if n != 20 && n != 33 && n != 34 {
            ring.audio(&header, Law::A, &payload);
        }
        ring.visit(160);
        ring.run(160);
    }
    let c = ring.playout.counters();
    assert_eq!((c.lost, c.concealed_frames, c.noise_frames), (3, 480, 0));
    let played = ring.played();
    assert!(played.iter().all(Option::is_some));
    let error: f64 = played
        .iter()
        .zip(&truth)
        .map(|(p, t)| f64::from(Law::A.decode(p.unwrap())) - f64::from(*t))
        .map(|e| e * e)
        .sum();
    let energy: f64 = truth.iter().map(|t| f64::from(*t).powi(2)).sum();
    // 3 of 50 packets dropped to silence would be an error of 0.06.
    assert!(error / energy < 0.01, "{}", error / energy);
}

#[test]
fn a_stream_that_ends_fades_to_noise_or_idle() {
    for (quiet, idle_after) in [
        (Quiet::ComfortNoise, None),
        (Quiet::IdleAfter(1600), Some(1600)),
    ] {
        let mut ring = Ring::new(Config { quiet, ..config() });
        let (mut stream, mut v) = (Stream::new(), voice());
        for _ in 0..10 {
            let (header, payload) = speak(&mut v, &mut stream);
            ring.audio(&header, Law::A, &payload);
            ring.visit(160);
            ring.run(160);
        }
        for _ in 0..20 {
            ring.visit(160);
            ring.run(160);
        }
        let end = 16 + 200 + 1600;
        let levels: Vec<f32> = ring.sent[end..end + 640].chunks(80).map(dbm0).collect();
        assert!(levels[0] > -20.0 && levels[6] < -40.0, "{levels:?}");
        let c = ring.playout.counters();
        assert_eq!(c.concealed_frames, 480);
        assert_eq!(c.idle_frames > 0, idle_after.is_some());
        let tail = &ring.sent[end + 1700..end + 2500];
        match idle_after {
            None => assert!((-70.0..-40.0).contains(&dbm0(tail)), "{}", dbm0(tail)),
            Some(_) => assert!(tail.iter().all(|o| *o == Some(0xD5)), "{tail:?}"),
        }
        assert_eq!(c.starved_frames, 0);
    }
}

#[test]
fn a_held_up_stream_goes_on_later_and_loses_nothing() {
    let mut ring = Ring::new(config());
    let (mut stream, mut v) = (Stream::new(), voice());
    let mut held = Vec::new();
    for n in 0..600 {
        let packet = speak(&mut v, &mut stream);
        held.push(packet);
        // For 100 ms the network delivers nothing, then all at once.
        if !(100..105).contains(&n) {
            for (header, payload) in held.drain(..) {
                ring.audio(&header, Law::A, &payload);
            }
        }
        ring.visit(160);
        ring.run(160);
    }
    let c = *ring.playout.counters();
    assert_eq!((c.shifts, c.late, c.lost, c.resyncs), (1, 0, 0, 0));
    assert_eq!(c.written_packets, 600);
    // The delay is brought back afterwards, sample by sample in speech.
    assert!(c.dropped_for_drift > 300, "{}", c.dropped_for_drift);
}

#[test]
fn a_talk_spurt_after_silence_is_placed_anew() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    for spurt in 0..5_u32 {
        for _ in 0..20 {
            let (header, payload) = stream.packet(160);
            ring.audio(&header, Law::A, &payload);
            ring.visit(160);
            ring.run(160);
        }
        // Silence of 500 ms, after which the sender's clock has slipped by 0 to 120 ms.
        for _ in 0..25 {
            ring.visit(160);
            ring.run(160);
        }
        stream.timestamp = stream.timestamp.wrapping_add(4000 - spurt * 240);
        stream.marker = true;
    }
    let c = ring.playout.counters();
    assert_eq!((c.late, c.late_frames, c.resyncs, c.lost), (0, 0, 0, 0));
    assert!(c.spurts >= 3, "{c:?}");
    assert_eq!(c.written_frames, 5 * 20 * 160);
}

#[test]
fn a_caller_that_comes_too_late_is_counted() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    let (header, payload) = stream.packet(160);
    ring.audio(&header, Law::A, &payload);
    ring.run(1000);
    ring.visit(160);
    assert_eq!(
        ring.playout.counters().starved_frames,
        1016 - (16 + 200 + 160)
    );
}
