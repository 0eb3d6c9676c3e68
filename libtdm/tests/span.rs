// SPDX-License-Identifier: MIT OR Apache-2.0
//! A span over a socket, against the smallest server there can be: windows, claims, wake-ups, events, configuration.
#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

mod support;

use std::time::Duration;
use support::Server;
use tdm::abi::config::{LineConfig, flag};
use tdm::abi::event::{Event, Kind, alarm};
use tdm::{Error, Notice, Side, Slot, SlotSet, Span, Wake};

fn slot(number: u8) -> Slot {
    Slot::new(number).unwrap()
}

/// What slot `c` receives at frame `n`.
fn line(c: u8, n: u64) -> u8 {
    (n as u8).wrapping_mul(3).wrapping_add(c)
}

#[test]
fn windows_give_the_lines_bytes_wherever_they_wrap() {
    let server = Server::new();
    let span = Span::open(&server.address()).unwrap();
    server.run(10_000, line);
    for number in [0, 1, 16, 31] {
        let tap = span.tap(slot(number), Side::Receive);
        let mut wrapped = 0;
        for first in (tap.oldest()..10_000 - 160).step_by(83) {
            let window = tap.window(first, 160).unwrap();
            let mut copy = [0; 160];
            window.copy_to(&mut copy).unwrap();
            let expected: Vec<u8> = (first..first + 160).map(|n| line(number, n)).collect();
            assert_eq!(copy[..], expected);
            let iovecs = window.iovecs();
            let lengths: Vec<usize> = iovecs.as_slice().iter().map(|part| part.iov_len).collect();
            assert_eq!(lengths.iter().sum::<usize>(), 160);
            wrapped += usize::from(lengths.len() == 2);
        }
        assert!(wrapped > 0, "no window crossed the ring's end");
    }
}

#[test]
fn iovecs_are_sent_by_the_kernel_as_they_stand() {
    let server = Server::new();
    let span = Span::open(&server.address()).unwrap();
    server.run(8192, line);
    let tap = span.tap(slot(5), Side::Receive);
    // Slot 5 is shifted by 320 bytes: its ring ends at frame 8192 - 320.
    let window = tap.window(8192 - 400, 160).unwrap();
    let iovecs = window.iovecs();
    assert_eq!(iovecs.as_slice().len(), 2);
    let (reader, writer) = nix::unistd::pipe().unwrap();
    // SAFETY: the iovecs point into the tap's mapping, which lives.
    let sent = unsafe {
        libc::writev(
            std::os::fd::AsRawFd::as_raw_fd(&writer),
            iovecs.as_slice().as_ptr(),
            2,
        )
    };
    assert_eq!(sent, 160);
    window.check().unwrap();
    let mut out = [0; 160];
    assert_eq!(nix::unistd::read(&reader, &mut out).unwrap(), 160);
    let expected: Vec<u8> = (8192 - 400..8192 - 240).map(|n| line(5, n)).collect();
    assert_eq!(out[..], expected);
    assert_eq!(tap.meter().bytes(), 0, "nothing was copied in userspace");
    window.copy_to(&mut out).unwrap();
    assert_eq!(tap.meter().bytes(), 160);
}

#[test]
fn a_window_that_is_overtaken_says_so() {
    let server = Server::new();
    let span = Span::open(&server.address()).unwrap();
    server.run(8000, line);
    let tap = span.tap(slot(1), Side::Receive);
    let window = tap.window(7840, 160).unwrap();
    assert!(tap.window(7841, 160).is_err(), "not received yet");
    server.run(3936, line);
    assert!(window.check().is_err());
    assert!(tap.window(7840, 160).is_err());
    let window = tap.window(11_000, 160).unwrap();
    span.configure(LineConfig {
        flags: flag::ENABLED,
        ..LineConfig::E1_CCS_CRC4
    })
    .unwrap();
    assert!(window.check().is_err(), "a new epoch began");
    assert!(tap.window(11_000, 160).is_err());
}

#[test]
fn what_is_written_leaves_at_its_frame_and_idle_around_it() {
    let server = Server::new();
    let span = Span::open(&server.address()).unwrap();
    server.run(800, line);
    let slots = SlotSet::of(slot(3)).with(slot(16));
    let claim = span.claim(slots, "test").unwrap();
    claim.set_idle(SlotSet::of(slot(16)), 0x7e).unwrap();
    let transmit = claim.transmit(slot(16)).unwrap();
    let first = transmit.writable().start + 3;
    let bytes: Vec<u8> = (0..100).collect();
    assert_eq!(transmit.write(first, &bytes).written, 100);
    assert_eq!(transmit.meter().bytes(), 100);
    server.run(400, line);
    let tap = span.tap(slot(16), Side::Sent);
    let mut sent = [0; 110];
    tap.window(first - 5, 110)
        .unwrap()
        .copy_to(&mut sent)
        .unwrap();
    assert_eq!(sent, [&[0x7e; 5][..], &bytes, &[0x7e; 5]].concat()[..]);
    assert_eq!(transmit.late(), 0);
    assert_eq!(transmit.write(first, &bytes).late, 100);
    assert_eq!(transmit.late(), 100);
}

#[test]
fn a_held_slot_is_refused_with_its_holder_until_it_is_released() {
    let server = Server::new();
    let one = Span::open(&server.address()).unwrap();
    let other = Span::open(&server.address()).unwrap();
    let claim = one.claim(SlotSet::of(slot(7)), "first").unwrap();
    assert_eq!(other.claim_of(slot(7)), u64::from(claim.id()));
    let wanted = SlotSet::of(slot(7)).with(slot(8));
    match other.claim(wanted, "second") {
        Err(Error::Busy { slots, holder }) => {
            assert_eq!((slots, holder.as_str()), (vec![7], "first"));
        }
        outcome => panic!("{outcome:?}"),
    }
    assert!(claim.transmit(slot(8)).is_err());
    drop(claim);
    assert_eq!(other.claim_of(slot(7)), 0);
    assert!(other.claim(wanted, "second").is_ok());
    assert!(
        matches!(
            one.claim(SlotSet::of(slot(0)), "x"),
            Err(Error::Slots { .. })
        ),
        "timeslot 0 carries no payload"
    );
}

#[test]
fn wake_ups_come_at_the_granted_period_and_on_events() {
    let server = Server::new();
    let span = Span::open(&server.address()).unwrap();
    let wakeups = span
        .subscribe(Wake {
            phase: 45,
            ..Wake::every(155)
        })
        .unwrap();
    assert_eq!((wakeups.period(), wakeups.phase()), (160, 40));
    let mut woken = Vec::new();
    for _ in 0..60 {
        server.tick(line);
        if wakeups.take().unwrap() {
            woken.push(server.rx_frame());
        }
    }
    assert_eq!(woken, [40, 200, 360]);
    let mut events = span.events();
    let event = Event {
        frame: 480,
        kind: Kind::Alarms as u32,
        slot: None,
        value: alarm::LOS,
    };
    server.event(&event);
    assert!(wakeups.wait(Duration::from_secs(5)).unwrap());
    assert_eq!(events.next(), Some(Notice::Event(event)));
    assert_eq!(events.next(), None);
    drop(wakeups);
    assert_eq!(server.subscribers(), 0);
}

#[test]
fn lock_step_holds_the_clock_until_the_frames_are_consumed() {
    let server = Server::new();
    let span = Span::open(&server.address()).unwrap();
    let wakeups = span
        .subscribe(Wake {
            lock_step: true,
            ..Wake::every(8)
        })
        .unwrap();
    let tap = span.tap(slot(9), Side::Receive);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut all = Vec::new();
            while all.len() < 16_000 {
                assert!(wakeups.wait(Duration::from_secs(5)).unwrap());
                let now = tap.positions().rx_frame;
                let first = all.len() as u64;
                let mut part = vec![0; (now - first) as usize];
                tap.window(first, now - first)
                    .unwrap()
                    .copy_to(&mut part)
                    .unwrap();
                all.extend(part);
                wakeups.consumed(now);
            }
            all
        });
        server.run(16_000, line);
        let all = reader.join().unwrap();
        assert!((0..16_000).all(|n| all[n as usize] == line(9, n)));
    });
}

#[test]
fn an_unknown_span_is_answered_with_those_that_exist() {
    let server = Server::new();
    let address = format!("unix:{}#b", server.socket().display());
    let error = Span::open(&address.parse().unwrap()).unwrap_err();
    assert!(error.to_string().ends_with("it has: a"), "{error}");
    let error = Span::open(&"unix:/nonexistent/sock#a".parse().unwrap()).unwrap_err();
    assert!(error.to_string().contains("is tdm-emu running"), "{error}");
    let error = Span::open(&"/dev/nonexistent".parse().unwrap()).unwrap_err();
    assert!(error.to_string().contains("driver"), "{error}");
    assert_eq!(tdm::list(&server.socket()).unwrap().len(), 1);
}

#[test]
fn a_configuration_that_does_not_fit_is_refused_by_field() {
    let server = Server::new();
    let span = Span::open(&server.address()).unwrap();
    let error = span
        .configure(LineConfig {
            code: 3,
            ..LineConfig::E1_CCS_CRC4
        })
        .unwrap_err();
    assert!(error.to_string().contains("code = 3"), "{error}");
    assert_eq!(span.config(), LineConfig::E1_CCS_CRC4);
    assert_eq!(span.usable_slots().bits(), 0xffff_fffe);
}
