// SPDX-License-Identifier: MIT OR Apache-2.0
//! Telephone events on the line.

use dsp::{DtmfKey, RATE};
use g711::Law;
use rtp::event::Payload;

use crate::ring::{Ring, Stream, config};

/// Strength of a frequency in codes, as the share of a full-scale sine.
fn strength(codes: &[Option<u8>], hertz: f32) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (n, code) in codes.iter().enumerate() {
        let s = f64::from(Law::A.decode(code.unwrap_or(0xD5)));
        let angle = std::f64::consts::TAU * n as f64 * f64::from(hertz) / f64::from(RATE);
        re += s * angle.cos();
        im += s * angle.sin();
    }
    2.0 * re.hypot(im) / codes.len() as f64 / 32_768.0
}

/// The stretches of 5 ms in which a key sounds: (key, first frame, frames).
fn keys(sent: &[Option<u8>]) -> Vec<(char, usize, usize)> {
    let mut found: Vec<(char, usize, usize)> = Vec::new();
    for (n, block) in sent.chunks_exact(40).enumerate() {
        // Neighbouring DTMF frequencies are 73 Hz apart: 20 ms around the block tell them apart.
        let at = n * 40;
        let Some(wide) = sent.get(at.saturating_sub(60)..at + 100) else {
            continue;
        };
        let strongest = (0..16).filter_map(DtmfKey::from_code).map(|key| {
            let (low, high) = key.frequencies();
            (strength(wide, low).min(strength(wide, high)), key)
        });
        let Some((_, key)) = strongest.max_by(|a, b| a.0.total_cmp(&b.0)) else {
            continue;
        };
        let (low, _) = key.frequencies();
        if strength(block, low) > 0.05 {
            match found.last_mut() {
                Some((k, first, len)) if *k == key.symbol() && *first + *len == at => *len += 40,
                _ => found.push((key.symbol(), at, 40)),
            }
        }
    }
    found
}

/// A sender of events in place of audio: `update` frames a packet, three ends.
fn press(ring: &mut Ring, stream: &mut Stream, key: u8, frames: u16, lost: &dyn Fn(usize) -> bool) {
    let start = stream.timestamp;
    let updates = usize::from(frames / 160);
    for n in 0..updates + 2 {
        let end = n + 1 >= updates;
        let duration = frames.min((n as u16 + 1) * 160);
        let mut header = stream.header(101, 0);
        header.timestamp = start;
        header.marker = n == 0;
        if !lost(n) {
            ring.event(
                &header,
                Payload {
                    code: key,
                    end,
                    volume: 10,
                    duration,
                },
            );
        }
        // The ends are sent one right after the other.
        if n < updates {
            ring.visit(160);
            ring.run(160);
        }
    }
    stream.timestamp = start.wrapping_add(u32::from(frames));
}

fn speak(ring: &mut Ring, stream: &mut Stream, packets: usize) {
    for _ in 0..packets {
        // Quiet speech: no key could be found in it.
        let header = stream.header(8, 160);
        ring.audio(&header, Law::A, &[0xD4; 160]);
        ring.visit(160);
        ring.run(160);
    }
}

#[test]
fn a_key_sounds_at_its_place_for_its_length() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    speak(&mut ring, &mut stream, 10);
    press(&mut ring, &mut stream, 5, 800, &|_| false);
    speak(&mut ring, &mut stream, 10);
    let found = keys(&ring.sent);
    assert_eq!(found.len(), 1, "{found:?}");
    let (key, first, len) = found[0];
    // 10 packets after the beginning at 216.
    assert_eq!(key, '5');
    assert!((1816 - 40..=1816 + 40).contains(&first), "{first}");
    assert!((800 - 40..=800 + 80).contains(&len), "{len}");
    let c = ring.playout.counters();
    assert_eq!(
        (c.events, c.events_dropped, c.tone_frames),
        (1, 0, 800 + 320)
    );
    // The pause after the tone mutes 40 ms of the audio that follows.
    assert_eq!(c.muted_frames, 320);
    assert_eq!((c.late, c.resyncs, c.starved_frames), (0, 0, 0));
}

#[test]
fn audio_under_a_key_is_muted() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    speak(&mut ring, &mut stream, 5);
    let start = stream.timestamp;
    // The sender goes on with loud audio beside the event.
    for n in 0..10_u16 {
        let mut event = stream.header(101, 0);
        event.timestamp = start;
        event.marker = n == 0;
        let payload = Payload {
            code: 1,
            end: n == 9,
            volume: 10,
            duration: (n + 1) * 160,
        };
        if n < 5 || n == 9 {
            ring.event(&event, payload);
        }
        let header = stream.header(8, 160);
        ring.audio(&header, Law::A, &[0x2A; 160]);
        ring.visit(160);
        ring.run(160);
    }
    for _ in 0..5 {
        ring.visit(160);
        ring.run(160);
    }
    let begins = 216 + 800;
    let under = &ring.sent[begins..begins + 1600 + 320];
    assert!(under.iter().all(|o| *o != Some(0x2A)));
    assert_eq!(ring.playout.counters().muted_frames, 1600);
}

#[test]
fn short_keys_are_stretched_and_kept_apart() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    speak(&mut ring, &mut stream, 5);
    // Four keys of 20 ms right behind each other, the same one twice.
    for key in [1, 1, 2, 11] {
        press(&mut ring, &mut stream, key, 160, &|_| false);
    }
    speak(&mut ring, &mut stream, 20);
    let found = keys(&ring.sent);
    let symbols: String = found.iter().map(|f| f.0).collect();
    assert_eq!(symbols, "112#", "{found:?}");
    for f in &found {
        assert!((280..=400).contains(&f.2), "{found:?}");
    }
    for pair in found.windows(2) {
        assert!(pair[1].1 - pair[0].1 >= 600, "{found:?}");
    }
}

#[test]
fn lost_packets_do_not_lose_or_lengthen_keys_much() {
    // Losing the first two, the middle, or all ends.
    for (name, lost) in [
        ("first", &(|n: usize| n < 2) as &dyn Fn(usize) -> bool),
        ("middle", &|n: usize| n == 2),
        ("ends", &|n: usize| n >= 4),
    ] {
        let mut ring = Ring::new(config());
        let mut stream = Stream::new();
        speak(&mut ring, &mut stream, 5);
        press(&mut ring, &mut stream, 9, 800, lost);
        speak(&mut ring, &mut stream, 20);
        let found = keys(&ring.sent);
        assert_eq!(found.len(), 1, "{name} {found:?}");
        assert_eq!(found[0].0, '9', "{name}");
        let longest = if name == "ends" { 640 + 800 } else { 880 };
        assert!(
            (600..=longest + 40).contains(&found[0].2),
            "{name} {found:?}"
        );
    }
}

#[test]
fn a_long_key_sounds_on() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    speak(&mut ring, &mut stream, 5);
    press(&mut ring, &mut stream, 0, 48_000, &|n| n % 3 == 1);
    speak(&mut ring, &mut stream, 10);
    let found = keys(&ring.sent);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!((47_900..=48_200).contains(&found[0].2), "{found:?}");
}

#[test]
fn a_stream_may_begin_with_a_key() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    press(&mut ring, &mut stream, 3, 480, &|_| false);
    speak(&mut ring, &mut stream, 10);
    let found = keys(&ring.sent);
    assert_eq!((found.len(), found[0].0), (1, '3'), "{found:?}");
}

#[test]
fn events_that_are_no_keys_are_counted() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    press(&mut ring, &mut stream, 16, 160, &|_| false);
    let header = stream.header(101, 0);
    let edge = ring.edge();
    ring.playout.event(edge, 0, &header, &[1, 2]);
    let c = ring.playout.counters();
    assert_eq!((c.events, c.events_malformed), (0, 1));
    assert!(c.events_dropped >= 1);
}

/// A stalled machine must not make two keys of one: 15 ms late is no gap, and the length stays.
#[test]
fn a_late_visit_does_not_break_a_key() {
    let mut ring = Ring::new(config());
    let mut stream = Stream::new();
    speak(&mut ring, &mut stream, 10);
    let start = stream.timestamp;
    let payload = |n: u16| Payload {
        code: 5,
        end: n == 7,
        volume: 10,
        duration: n * 160,
    };
    for n in 0..=7 {
        let mut header = stream.header(101, 0);
        header.timestamp = start;
        header.marker = n == 0;
        // Every third visit comes late, and the packet is seen by it.
        let late = if n % 3 == 2 { 120 } else { 0 };
        ring.run(late);
        ring.event(&header, payload(n));
        ring.visit(160);
        ring.run(160 - late);
    }
    for _ in 0..4 {
        ring.visit(160);
        ring.run(160);
    }
    let found = keys(&ring.sent);
    assert_eq!(found.len(), 1, "{found:?}");
    let (key, _, len) = found[0];
    assert_eq!(key, '5');
    assert!((1120 - 40..=1120 + 80).contains(&len), "{len}");
    let c = ring.playout.counters();
    assert_eq!((c.tone_frames, c.starved_frames), (1120 + 320, 0));
}
