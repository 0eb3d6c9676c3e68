// SPDX-License-Identifier: MIT OR Apache-2.0
//! Clients: claims, wake-ups, configuration, and those that mean no good. Lock-step unless a test says otherwise.

#![allow(clippy::unwrap_used)]

mod common;

use common::{PAIR, PATIENCE, clock, emulator, lock_step, next, open, slot, slots};
use nix::sys::socket::{
    AddressFamily, ControlMessage, MsgFlags, SockFlag, SockType, UnixAddr, connect, recv, send,
    sendmsg, socket,
};
use std::io::IoSlice;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};
use tdm::abi::config::{LineConfig, flag, framing};
use tdm::abi::event::{Kind, alarm};
use tdm::{Error, Notice, SlotSet, Wake};

/// Polls until it holds.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_claim_shuts_others_out_and_names_its_holder() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = lock_step(folder.path(), PAIR);
    let (one, other) = (open(&emulator, "a"), open(&emulator, "a"));
    let claim = one.claim(slots(1, 4), "first customer").unwrap();
    match other.claim(slots(3, 9), "second") {
        Err(Error::Busy { slots, holder }) => {
            assert_eq!((slots, holder.as_str()), (vec![3, 4], "first customer"))
        }
        refused => panic!("{refused:?}"),
    }
    assert_ne!(other.claim_of(slot(4)), 0);
    assert!(other.claim(slots(5, 9), "second").is_ok());
    drop(claim);
    assert!(other.claim(slots(1, 4), "second").is_ok());
    // Timeslot 0 is not for sale.
    assert!(matches!(
        one.claim(SlotSet::of(slot(0)), "x"),
        Err(Error::Slots { .. })
    ));
}

#[test]
fn a_client_that_dies_frees_its_claims_and_its_slots_send_idle() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = lock_step(folder.path(), PAIR);
    let (victim, other) = (open(&emulator, "a"), open(&emulator, "a"));
    let mut events = other.events();
    let claim = victim.claim(SlotSet::of(slot(1)), "victim").unwrap();
    claim.set_idle(SlotSet::of(slot(1)), 0x7E).unwrap();
    let transmit = claim.transmit(slot(1)).unwrap();
    let wakeups = clock(&other, 80);
    let first = victim.positions().tx_taken + 16;
    transmit.write(first, &[0x11; 2000]);
    let now = next(&other, &wakeups);
    wakeups.consumed(now);
    let now = next(&other, &wakeups);
    // What a kill does: the connection closes without a farewell. Nothing of libtdm runs.
    std::mem::forget(claim);
    std::mem::forget(wakeups_of_the_dead(&victim));
    close_connection(victim);
    eventually("the claim ends", || other.claim_of(slot(1)) == 0);
    let taken = other.positions().tx_taken;
    wakeups.consumed(now);
    for _ in 0..10 {
        let now = next(&other, &wakeups);
        wakeups.consumed(now);
    }
    let mut sent = [0; 64];
    other
        .tap(slot(1), tdm::Side::Sent)
        .window(taken, 64)
        .unwrap()
        .copy_to(&mut sent)
        .unwrap();
    assert_eq!(sent, [0xD5; 64], "idle from the tick of death on");
    let ended = std::iter::from_fn(|| events.next()).any(
        |notice| matches!(notice, Notice::Event(event) if event.kind == Kind::ClaimEnded as u32),
    );
    assert!(ended);
    // An old mapping writes where nobody listens.
    transmit.write(other.positions().tx_taken + 16, &[0x22; 100]);
    assert!(other.claim(SlotSet::of(slot(1)), "heir").is_ok());
}

/// A lock-step subscription that is never answered must not outlive its connection.
fn wakeups_of_the_dead(victim: &tdm::Span) -> tdm::Wakeups {
    victim
        .subscribe(Wake {
            period: 8,
            phase: 0,
            events: true,
            lock_step: true,
        })
        .unwrap()
}

/// Closes a span's socket under its feet, as the end of its process would.
fn close_connection(span: tdm::Span) {
    use std::os::fd::AsFd;
    nix::sys::socket::shutdown(span.as_fd().as_raw_fd(), nix::sys::socket::Shutdown::Both).unwrap();
    std::mem::forget(span);
}

#[test]
fn wake_ups_are_granted_in_ticks_and_come_at_their_phase() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = lock_step(folder.path(), PAIR);
    let a = open(&emulator, "a");
    let wakeups = a
        .subscribe(Wake {
            period: 155,
            phase: 21,
            events: false,
            lock_step: true,
        })
        .unwrap();
    assert_eq!((wakeups.period(), wakeups.phase()), (160, 16));
    for _ in 0..10 {
        let now = next(&a, &wakeups);
        assert_eq!(now % 160, 16);
        wakeups.consumed(now);
    }
}

#[test]
fn the_lock_step_clock_waits_and_names_whom_it_waits_for() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[clock]\nmode = \"lock-step\"\npatience_ms = 20\n";
    let emulator = emulator(folder.path(), text, PAIR);
    let a = open(&emulator, "a");
    let (fast, slow) = (clock(&a, 8), clock(&a, 800));
    for _ in 0..100 {
        let now = next(&a, &fast);
        fast.consumed(now);
    }
    let held = next(&a, &slow);
    eventually("a stall is counted", || emulator.statistics().stalls > 0);
    assert_eq!(a.positions().rx_frame, held, "not a tick further");
    slow.consumed(held);
    assert!(next(&a, &fast) > 0);
    // Without the last subscriber the clock stands.
    drop((fast, slow));
    let ticks = emulator.statistics().ticks;
    std::thread::sleep(Duration::from_millis(30));
    assert!(emulator.statistics().ticks <= ticks + 1);
}

#[test]
fn a_configuration_begins_an_epoch_and_ends_claims_that_no_longer_fit() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = lock_step(folder.path(), PAIR);
    let a = open(&emulator, "a");
    let mut events = a.events();
    let d_channel = a.claim(SlotSet::of(slot(16)), "d").unwrap();
    let voice = a.claim(slots(1, 3), "b").unwrap();
    let epoch = a.positions().epoch;
    let cas = LineConfig {
        framing: framing::CAS,
        ..LineConfig::E1_CCS_CRC4
    };
    a.configure(cas).unwrap();
    assert_eq!(a.positions().epoch, epoch + 1);
    assert_eq!(a.config(), cas);
    assert!(!a.usable_slots().contains(slot(16)));
    assert_eq!(a.claim_of(slot(16)), 0);
    assert_eq!(a.claim_of(slot(1)), u64::from(voice.id()));
    let kinds: Vec<u32> = std::iter::from_fn(|| events.next())
        .filter_map(|notice| {
            if let Notice::Event(event) = notice {
                Some(event.kind)
            } else {
                None
            }
        })
        .collect();
    assert_eq!(
        kinds,
        [
            Kind::ClaimEnded as u32,
            Kind::Epoch as u32,
            Kind::Config as u32
        ]
    );
    drop(d_channel);
    a.configure(LineConfig {
        flags: flag::CRC,
        ..cas
    })
    .unwrap();
    assert_eq!(a.alarms(), alarm::DOWN);
    let t1 = LineConfig {
        line: 2,
        framing: framing::ESF,
        code: 3,
        ..LineConfig::E1_CCS_CRC4
    };
    assert!(a.configure(t1).is_err(), "no T1 yet");
}

#[test]
fn abcd_bits_cross_at_their_frame() {
    use tdm::abi::command::{Command, kind};
    let folder = tempfile::tempdir().unwrap();
    let text = PAIR.replace("\n[[span]]", "\n[[span]]\ncas = true");
    let emulator = lock_step(folder.path(), &text);
    let (a, b) = (open(&emulator, "a"), open(&emulator, "b"));
    let mut events = b.events();
    let claim = a.claim(slots(1, 2), "cas").unwrap();
    let wakeups = clock(&a, 8);
    for _ in 0..200 {
        let now = next(&a, &wakeups);
        wakeups.consumed(now);
    }
    let at = a.positions().tx_taken + 80;
    let command = |frame, value| Command {
        frame,
        slot: 2,
        kind: kind::ABCD,
        value,
        reserved: 0,
    };
    claim
        .command(&[command(at, 0b1001), command(at + 400, 0b0001)])
        .unwrap();
    assert!(
        claim
            .command(&[Command {
                slot: 3,
                ..command(at, 1)
            }])
            .is_err(),
        "not its slot"
    );
    for _ in 0..100 {
        let now = next(&a, &wakeups);
        wakeups.consumed(now);
    }
    let seen: Vec<(u64, u64)> = std::iter::from_fn(|| events.next())
        .filter_map(|notice| match notice {
            Notice::Event(e) if e.kind == Kind::Abcd as u32 && e.slot == Some(slot(2)) => {
                Some((e.frame, e.value))
            }
            _ => None,
        })
        .collect();
    let [(first, 0b1001), (second, 0b0001)] = seen[..] else {
        panic!("{seen:?}")
    };
    assert_eq!(second - first, 400);
    assert_eq!(b.abcd_of(slot(2)), 0b0001);
}

#[test]
fn a_real_time_clock_runs_and_tells_what_it_lost() {
    // Real time; nothing is asserted about its speed.
    let folder = tempfile::tempdir().unwrap();
    let emulator = emulator(
        folder.path(),
        "[clock]\nmode = \"scaled\"\nfactor = 0.1\n",
        PAIR,
    );
    let a = open(&emulator, "a");
    let wakeups = a.subscribe(Wake::every(160)).unwrap();
    let mut last = 0;
    for _ in 0..20 {
        let now = next(&a, &wakeups);
        assert!(now >= last);
        last = now;
    }
    assert!(last >= 160);
}

fn raw(path: &Path) -> OwnedFd {
    let fd = socket(
        AddressFamily::Unix,
        SockType::SeqPacket,
        SockFlag::SOCK_CLOEXEC,
        None,
    )
    .unwrap();
    connect(fd.as_raw_fd(), &UnixAddr::new(path).unwrap()).unwrap();
    fd
}

/// A deterministic stream of octets.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut random = tdm_emu::model::Random::new(seed, 0);
    (0..length).map(|_| random.next_bits() as u8).collect()
}

fn header(kind: u32, length: u32) -> Vec<u8> {
    [kind, 7, 0, length]
        .iter()
        .flat_map(|word| word.to_ne_bytes())
        .collect()
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn hostile_clients_hurt_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = lock_step(folder.path(), PAIR);
    let a = open(&emulator, "a");
    let claim = a.claim(slots(1, 31), "honest").unwrap();
    let wakeups = clock(&a, 80);
    let before = open_files();
    let now = next(&a, &wakeups);
    wakeups.consumed(now);

    // Garbage of all lengths.
    for seed in 0..100 {
        let fd = raw(emulator.socket());
        let _ = send(
            fd.as_raw_fd(),
            &noise(seed, 1 + seed as usize * 7),
            MsgFlags::MSG_NOSIGNAL,
        );
    }
    // Well-formed headers with garbage behind them, many on one connection.
    for kind in 0..12 {
        let fd = raw(emulator.socket());
        for length in [0, 4, 8, 16, 24, 64, 88, 200, 496] {
            let mut message = header(kind, length);
            message.extend(noise(u64::from(kind * length), length as usize));
            let _ = send(fd.as_raw_fd(), &message, MsgFlags::MSG_NOSIGNAL);
        }
    }
    // Too long, and with a length that lies.
    let fd = raw(emulator.socket());
    let _ = send(fd.as_raw_fd(), &noise(1, 60_000), MsgFlags::MSG_NOSIGNAL);
    let fd = raw(emulator.socket());
    let _ = send(fd.as_raw_fd(), &header(1, 400), MsgFlags::MSG_NOSIGNAL);
    // More descriptors than a message may carry.
    for count in [1, 4, 5, 100, 250] {
        let fd = raw(emulator.socket());
        let mut message = header(6, 24);
        message.extend([0; 24]);
        let fds = vec![fd.as_raw_fd(); count];
        let _ = sendmsg::<UnixAddr>(
            fd.as_raw_fd(),
            &[IoSlice::new(&message)],
            &[ControlMessage::ScmRights(&fds)],
            MsgFlags::MSG_NOSIGNAL,
            None,
        );
    }
    // One that asks and never reads.
    let deaf = raw(emulator.socket());
    // Describe has 4 + 4 + 8 + 8 + 8 + 64 octets.
    let mut right = header(1, 96);
    right.extend([0; 96]);
    for _ in 0..10_000 {
        if send(
            deaf.as_raw_fd(),
            &right,
            MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT,
        )
        .is_err()
        {
            std::thread::yield_now();
        }
        if emulator.statistics().unread > 0 {
            break;
        }
    }
    // A descriptor that is no eventfd.
    let (reader, writer) = std::os::unix::net::UnixStream::pair().unwrap();
    let pipe = raw(emulator.socket());
    subscribe_with(&pipe, &writer);
    drop((fd, deaf, pipe, reader, writer));

    eventually("all are gone", || {
        let statistics = emulator.statistics();
        statistics.malformed > 100 && statistics.accepted > 100 && open_files() <= before
    });
    // The honest one never noticed.
    for _ in 0..20 {
        let now = next(&a, &wakeups);
        wakeups.consumed(now);
    }
    assert_eq!(a.claim_of(slot(31)), u64::from(claim.id()));
    assert_eq!(a.alarms(), 0);
    let other = open(&emulator, "b");
    assert!(other.claim(slots(1, 31), "late guest").is_ok());
}

/// Opens span b by hand and subscribes with something that is no eventfd; the answer must be EINVAL.
fn subscribe_with(fd: &OwnedFd, thing: &impl AsRawFd) {
    let mut open = header(2, 88);
    open.extend(tdm::abi::status::ABI_VERSION.to_ne_bytes());
    open.extend([0; 16]);
    open.extend(tdm::abi::text::pack("b"));
    send(fd.as_raw_fd(), &open, MsgFlags::MSG_NOSIGNAL).unwrap();
    let mut answer = [0; 512];
    recv(fd.as_raw_fd(), &mut answer, MsgFlags::empty()).unwrap();
    assert_eq!(status(&answer), 0, "OPEN");
    let mut subscribe = header(6, 24);
    subscribe.extend(
        [8u32, 0, 0, u32::MAX, 0, 0]
            .iter()
            .flat_map(|word| word.to_ne_bytes()),
    );
    sendmsg::<UnixAddr>(
        fd.as_raw_fd(),
        &[IoSlice::new(&subscribe)],
        &[ControlMessage::ScmRights(&[thing.as_raw_fd()])],
        MsgFlags::MSG_NOSIGNAL,
        None,
    )
    .unwrap();
    recv(fd.as_raw_fd(), &mut answer, MsgFlags::empty()).unwrap();
    assert_eq!(status(&answer), nix::libc::EINVAL, "SUBSCRIBE");
}

fn status(answer: &[u8; 512]) -> i32 {
    i32::from_ne_bytes([answer[8], answer[9], answer[10], answer[11]])
}

#[test]
fn a_dead_emulators_socket_is_taken_over_and_a_living_ones_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("emu.sock");
    let stale = socket(
        AddressFamily::Unix,
        SockType::SeqPacket,
        SockFlag::SOCK_CLOEXEC,
        None,
    )
    .unwrap();
    nix::sys::socket::bind(stale.as_raw_fd(), &UnixAddr::new(&path).unwrap()).unwrap();
    drop(stale);
    let first = lock_step(folder.path(), PAIR);
    let text = format!("socket = {:?}\n{PAIR}", path.display().to_string());
    assert!(tdm_emu::Emulator::spawn(&text.parse().unwrap()).is_err());
    let span = open(&first, "a");
    let wakeups = span.subscribe(Wake::every(8)).unwrap();
    drop(first);
    assert!(!path.exists());
    eventually("the client hears of the end", || {
        matches!(wakeups.wait(Duration::from_millis(10)), Err(Error::Gone))
    });
    std::fs::write(&path, "precious").unwrap();
    assert!(tdm_emu::Emulator::spawn(&text.parse().unwrap()).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
}
