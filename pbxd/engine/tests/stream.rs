// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a stream is besides its samples: addresses, events, tones, reports.
#![allow(clippy::unwrap_used)]

mod common;

use common::far::Far;
use common::rig::{Call, Rig, far_octet, pattern};
use dsp::{DtmfKey, Scale};
use g711::Law;
use media_engine::*;
use rtp::Header;
use rtp::rtcp::{Item, items};
use std::net::UdpSocket;
use std::time::Duration;

fn on_both(test: impl Fn(BackendKind)) {
    for backend in [BackendKind::Uring, BackendKind::Plain] {
        test(backend);
    }
}

fn kinds(rig: &Rig) -> Vec<EventKind> {
    rig.events().into_iter().map(|event| event.kind).collect()
}

/// The power of one frequency in A-law octets, in dBm0 (Goertzel's recurrence).
fn level(octets: &[u8], hertz: f64) -> f64 {
    let step = 2.0 * (std::f64::consts::TAU * hertz / 8000.0).cos();
    let (mut a, mut b) = (0.0, 0.0);
    for octet in octets {
        (a, b) = (f64::from(Law::A.decode(*octet)) + step * a - b, a);
    }
    let n = octets.len() as f64;
    let power = (a * a + b * b - step * a * b) * 2.0 / (n * n);
    f64::from(Scale::of(Law::A).dbm0(power as f32))
}

#[test]
fn an_unknown_far_end_is_learnt_and_a_stranger_is_not() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let (id, to) = rig.open(0, 1, Media::default());
        rig.card.ticks(50);
        let mut far = Far::new(1);
        let mut stranger = Far::new(2);
        (far.to, stranger.to) = (to, to);
        far.send(8, &[0x55; 160]);
        rig.card.ticks(50);
        assert_eq!(
            kinds(&rig),
            [EventKind::Latched {
                from: far.address()
            }]
        );
        far.drain();
        assert!(far.received.len() >= 2, "media goes where it comes from");
        stranger.send(8, &[0x11; 160]);
        rig.card.ticks(10);
        let stats = rig.engine.channel_stats(id).unwrap().unwrap();
        assert_eq!((stats.from_rtp.packets, stats.from_rtp.strays), (1, 1));
        assert!(kinds(&rig).is_empty());
        // The same source from another address: a NAT that changed its mind.
        let mut moved = Far::new(1);
        (moved.to, moved.sequence, moved.timestamp) = (to, far.sequence, far.timestamp);
        moved.send(8, &[0x55; 160]);
        rig.card.ticks(50);
        assert_eq!(
            kinds(&rig),
            [EventKind::Latched {
                from: moved.address()
            }]
        );
        moved.drain();
        assert!(moved.received.len() >= 2);
    });
}

#[test]
fn without_symmetry_only_the_agreed_address_counts() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let mut call = rig.call(
            0,
            1,
            Media {
                symmetric: false,
                ..Media::default()
            },
        );
        let mut stranger = Far::new(call.far.ssrc);
        stranger.to = call.far.to;
        stranger.send(8, &[0x11; 160]);
        call.far.send(8, &[0x11; 160]);
        rig.card.ticks(50);
        let stats = rig.stats(&call);
        assert_eq!((stats.from_rtp.packets, stats.from_rtp.strays), (1, 1));
        stranger.drain();
        assert!(stranger.received.is_empty());
        call.far.drain();
        assert!(!call.far.received.is_empty());
    });
}

/// Sends the packets of an event of `updates` × 20 ms as phones do, audio under it, and three ends.
fn press(rig: &mut Rig, call: &mut Call, code: u8, updates: u16) {
    let start = call.far.timestamp;
    let event = |call: &mut Call, duration: u16, end: bool, marker: bool| {
        let payload = rtp::event::Payload {
            code,
            end,
            volume: 8,
            duration,
        };
        let header = Header {
            marker,
            payload_type: 101,
            sequence: call.far.sequence,
            timestamp: start,
            ssrc: call.far.ssrc,
        };
        call.far.sequence = call.far.sequence.wrapping_add(1);
        let mut octets = header.to_octets().to_vec();
        octets.extend(payload.to_octets());
        call.far.send_raw(&octets);
    };
    for n in 1..=updates {
        event(call, n * 160, false, n == 1);
        rig.card.ticks(20);
        rig.collect(std::slice::from_mut(call));
    }
    for _ in 0..3 {
        event(call, updates * 160 + 160, true, false);
    }
    call.far.timestamp = start.wrapping_add(u32::from(updates) * 160 + 160);
}

#[test]
fn telephone_events_sound_on_the_line_and_are_told_once() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let mut calls = [rig.call(0, 1, Media::default())];
        for digit in [1u8, 10, 13] {
            for _ in 0..10 {
                calls[0].far.send(8, &[0xd5; 160]);
                rig.card.ticks(20);
                rig.collect(&mut calls);
            }
            calls[0].sent.clear();
            press(&mut rig, &mut calls[0], digit, 5);
            for _ in 0..15 {
                calls[0].far.send(8, &[0xd5; 160]);
                rig.card.ticks(20);
                rig.collect(&mut calls);
            }
            let key = DtmfKey::from_code(digit).unwrap();
            assert_eq!(
                kinds(&rig),
                [EventKind::Dtmf {
                    digit: key.symbol()
                }]
            );
            let (low, high) = key.frequencies();
            let sounding: Vec<_> = calls[0]
                .sent
                .windows(320)
                .step_by(80)
                .filter(|part| level(part, low.into()) > -20.0 && level(part, high.into()) > -20.0)
                .collect();
            assert!(
                sounding.len() >= 7,
                "digit {digit}: {} windows",
                sounding.len()
            );
        }
        let stats = rig.stats(&calls[0]);
        assert_eq!(stats.from_rtp.events, 3);
        assert_eq!(stats.playout.events, 3);
    });
}

#[test]
fn call_progress_tones() {
    on_both(|backend| {
        let mut rig = Rig::new(backend, 1, pattern());
        let mut calls = [rig.call(
            0,
            1,
            Media {
                direction: Direction::SendOnly,
                ..Media::default()
            },
        )];
        rig.engine.tone(calls[0].id, Some(Tone::Busy)).unwrap();
        rig.run(&mut calls, 1200, 8, 160);
        let sent = std::mem::take(&mut calls[0].sent);
        let begin = sent
            .iter()
            .position(|octet| *octet != 0xd5)
            .expect("the tone must sound");
        let part = |from: usize| &sent[begin + from..begin + from + 800];
        assert!((level(part(400), 425.0) + 10.0).abs() < 0.5);
        assert!(level(part(4400), 425.0) < -50.0, "half a second each");
        assert!((level(part(8100), 425.0) + 10.0).abs() < 0.5);
        rig.engine.tone(calls[0].id, None).unwrap();
        rig.run(&mut calls, 100, 8, 160);
        let tail = &calls[0].sent[calls[0].sent.len() - 600..];
        assert!(tail.iter().all(|octet| *octet == 0xd5), "it ends at once");
        assert!(
            !calls[0].far.received.is_empty(),
            "the line is heard meanwhile"
        );
        // A tone covers what comes by RTP, and gives way to it.
        let both = Media {
            remote: Some(calls[0].far.address()),
            ..Media::default()
        };
        rig.engine.modify(calls[0].id, both).unwrap();
        rig.engine.tone(calls[0].id, Some(Tone::Ringback)).unwrap();
        calls[0].sent.clear();
        rig.run(&mut calls, 500, 8, 160);
        assert!((level(&calls[0].sent[1000..3000], 425.0) + 10.0).abs() < 0.5);
        rig.engine.tone(calls[0].id, None).unwrap();
        calls[0].sent.clear();
        rig.run(&mut calls, 300, 8, 160);
        let n = calls[0].far.timestamp.wrapping_sub(u32::MAX - 1000) as usize - 960;
        let last: Vec<_> = (n..n + 160)
            .map(|n| far_octet(calls[0].far.ssrc, n))
            .collect();
        assert!(calls[0].sent.windows(160).any(|sent| sent == last));
    });
}

#[test]
fn reports_both_ways_and_goodbye() {
    on_both(|backend| {
        let mut settings = common::rig::settings(backend);
        settings.rtcp_interval = Duration::from_secs(1);
        settings.cname = "pbx@example.net".to_owned();
        let mut rig = Rig::with(settings, 1, pattern());
        let control = UdpSocket::bind("127.0.0.1:0").unwrap();
        control.set_nonblocking(true).unwrap();
        let media = Media {
            remote_rtcp: Some(control.local_addr().unwrap()),
            ..Media::default()
        };
        let mut calls = [rig.call(0, 1, media)];
        let mut reports = Vec::new();
        let mut octets = [0; 500];
        let mut back = None;
        for _ in 0..50 {
            rig.run(&mut calls, 100, 8, 160);
            while let Ok((length, from)) = control.recv_from(&mut octets) {
                back = Some(from);
                reports.push(octets[..length].to_vec());
            }
        }
        assert!(
            (3..=9).contains(&reports.len()),
            "{} reports in 5 s",
            reports.len()
        );
        let first: Vec<_> = items(&reports[0]).map(|item| item.unwrap()).collect();
        let Item::Report {
            ssrc,
            sender: Some(info),
            block: Some(block),
        } = first[0]
        else {
            panic!("{first:?}");
        };
        assert_eq!(ssrc, calls[0].far.received[0].header.ssrc);
        assert_eq!(block.ssrc, calls[0].far.ssrc);
        assert_eq!(block.cumulative_lost, 0);
        assert!(info.packets > 10 && info.octets == info.packets * 160);
        // NTP and RTP time belong together: two reports agree on the line's rate.
        let last: Vec<_> = items(reports.last().unwrap())
            .map(|item| item.unwrap())
            .collect();
        let Item::Report {
            sender: Some(later),
            ..
        } = last[0]
        else {
            panic!("{last:?}");
        };
        let seconds = (later.ntp - info.ntp) as f64 / (1u64 << 32) as f64;
        let samples = f64::from(later.timestamp.wrapping_sub(info.timestamp));
        assert!(
            (samples / 8000.0 - seconds).abs() < 0.001,
            "{samples} in {seconds}"
        );
        // The far end reports a loss, and leaves.
        let mut report = vec![0x81, 201, 0, 7];
        report.extend(calls[0].far.ssrc.to_be_bytes());
        report.extend(ssrc.to_be_bytes());
        report.extend([64, 0, 0, 5]);
        report.extend([0; 16]);
        report.extend([0x81, 203, 0, 1]);
        report.extend(calls[0].far.ssrc.to_be_bytes());
        let back = back.unwrap();
        control.send_to(&report, back).unwrap();
        control.send_to(&[1, 2, 3], back).unwrap();
        rig.card.ticks(5);
        assert_eq!(kinds(&rig), [EventKind::Goodbye]);
        let stats = rig.stats(&calls[0]);
        assert_eq!(stats.remote, Some((64, 5, 0)));
        assert_eq!(stats.rtcp[0], reports.len() as u32);
        assert_eq!((stats.rtcp[1], stats.rtcp[2]), (2, 1));
        // We leave too.
        rig.close(calls[0].id);
        let (length, _) = control.recv_from(&mut octets).unwrap();
        let said: Vec<_> = items(&octets[..length]).map(|item| item.unwrap()).collect();
        assert!(
            said.iter()
                .any(|item| matches!(item, Item::Bye { ssrc: Some(left) } if *left == ssrc)),
            "{said:?}"
        );
    });
}
