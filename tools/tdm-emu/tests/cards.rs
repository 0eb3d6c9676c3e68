// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards through their vfio-user socket: a client that plays QEMU, and a driver on it. Lock-step.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Tester, clock, emulator, next, open, slot, slots};
use driver::Driver;
use nix::errno::Errno;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tdm_emu::model::{Impairment, Kind};
use tdm_line::pattern::Pattern;
use vfio::Client;

#[path = "common/driver.rs"]
mod driver;
#[path = "common/vfio.rs"]
mod vfio;

const LOCK_STEP: &str = "[clock]\nmode = \"lock-step\"\n";

fn card(folder: &std::path::Path, rest: &str) -> String {
    let socket = folder.join("card.sock").display().to_string();
    format!("[[card]]\nname = \"c\"\nsocket = {socket:?}\n{rest}")
}

/// Waits until something is so.
fn until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + common::PATIENCE;
    while !so() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_client_finds_a_pci_device() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = emulator(
        folder.path(),
        LOCK_STEP,
        &card(folder.path(), "switch = 3\n"),
    );
    let mut client = Client::connect(&folder.path().join("card.sock"));
    assert_eq!(client.device_info(), [16, 3, 9, 5]);
    assert_eq!(client.region_bytes(0), 128);
    assert_eq!(client.region_bytes(7), 256);
    assert_eq!(client.region_bytes(1), 0);
    assert_eq!(client.irq_info(0), [16, 7, 0, 1]);
    assert_eq!(client.irq_info(1)[3], 0);
    assert_eq!(client.read(7, 0, 4).unwrap(), [0x61, 0xD1, 0x20, 0x14]);
    assert_eq!(client.read(0, 0x1C, 4).unwrap(), [0, 0x0F, 0, 0x30]);
    drop(client);
    // The next client finds it as after power-on.
    let mut client = Client::connect(&folder.path().join("card.sock"));
    assert_eq!(client.read(7, 4, 2).unwrap(), [0, 0]);
    assert!(emulator.card("c").is_some() && emulator.card("d").is_none());
}

#[test]
fn what_cannot_be_done_is_refused_and_the_connection_stays() {
    let folder = tempfile::tempdir().unwrap();
    let _emulator = emulator(folder.path(), LOCK_STEP, &card(folder.path(), ""));
    let mut client = Client::connect(&folder.path().join("card.sock"));
    assert_eq!(client.read(0, 126, 4), Err(Errno::EINVAL));
    assert_eq!(client.read(1, 0, 4), Err(Errno::EINVAL));
    assert_eq!(client.read(0, u64::MAX, 4), Err(Errno::EINVAL));
    assert_eq!(client.write(7, 255, &[0; 4]), Err(Errno::EINVAL));
    assert_eq!(client.request(6, &[0; 16], None), Err(Errno::EOPNOTSUPP));
    assert_eq!(client.request(9, &[0; 3], None), Err(Errno::EINVAL));
    let memory = client.memory(4096);
    assert_eq!(
        client.map(&memory, 0, 0x1000, 8192),
        Err(Errno::EINVAL),
        "longer than its file"
    );
    assert_eq!(client.map(&memory, 0, 0x1000, 4096), Ok(()));
    assert_eq!(client.map(&memory, 0, 0x1800, 2048), Err(Errno::EEXIST));
    client.unmap(0x1000, 4096);
    assert_eq!(client.map(&memory, 0, 0x1800, 2048), Ok(()));
    assert_eq!(client.read(0, 0x18, 4).unwrap()[2..], [0x1A, 0xC0]);
}

#[test]
fn a_message_of_impossible_size_ends_the_connection_only() {
    let folder = tempfile::tempdir().unwrap();
    let _emulator = emulator(folder.path(), LOCK_STEP, &card(folder.path(), ""));
    let path = folder.path().join("card.sock");
    for size in [0_u32, 15, 1 << 30] {
        let mut client = Client::connect(&path);
        client.send_header(9, size);
        assert!(client.is_closed());
    }
    let mut client = Client::connect(&path);
    assert_eq!(client.read(7, 0, 2).unwrap(), [0x61, 0xD1]);
}

#[test]
fn a_card_and_a_memfd_span_carry_patterns_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let rest = format!(
        "[[span]]\nname = \"a\"\n{}[[cable]]\nends = [\"a\", \"c/1\"]\n[[loop]]\nspan = \"c/2\"\n",
        card(folder.path(), "trace = 1000000\n")
    );
    let emulator = emulator(folder.path(), LOCK_STEP, &rest);
    let a = open(&emulator, "a");
    let claim = a.claim(slots(1, 31), "test").unwrap();
    let wakeups = clock(&a, 40);
    let mut tester = Tester::new(&a, &claim, slot(5), Pattern::Prbs15);
    let mut driver = Driver::new(Client::connect(&folder.path().join("card.sock")), 4);
    driver.start(0);
    driver.start(1);
    let done = Arc::new(AtomicBool::new(false));
    let thread = std::thread::spawn({
        let done = done.clone();
        move || {
            while !done.load(Ordering::Acquire) {
                driver.serve();
            }
            driver
        }
    });
    let end = a.positions().rx_frame + 8 * 1500;
    while a.positions().rx_frame < end {
        let now = next(&a, &wakeups);
        tester.turn(160);
        wakeups.consumed(now);
    }
    // The clock must not wait for the test while the driver stops.
    drop(wakeups);
    let report = emulator.card("c").unwrap();
    done.store(true, Ordering::Release);
    let driver = thread.join().unwrap();
    assert_eq!(a.alarms(), 0);
    assert_eq!(report.status[..2], [0, 0]);
    assert_eq!(report.status[2] & 0xA0, 0xA0, "nothing is plugged in there");
    for (what, checker) in [
        ("at the span", &tester.checker),
        ("at the card", driver.checker(0)),
        ("in the loop", driver.checker(1)),
    ] {
        assert!(checker.is_locked(), "{what}");
        let report = checker.report();
        assert_eq!((report.errors, report.losses), (0, 0), "{what}");
        assert!(report.bits > 1000 * 64, "{what}: {report:?}");
    }
    let counters = report.counters;
    assert_eq!(counters.overruns, 0);
    assert_eq!(counters.dma_faults, 0);
    assert_eq!(counters.intx.fallback, 0);
    // A host that stalls this process for 20 ms has the line raised again, and that is an interrupt with nothing left to serve.
    assert!(counters.intx.spurious <= counters.intx.stalled);
    assert!(counters.intx.fired >= counters.dma_ticks);
    let trace = emulator.take_trace("c");
    let writes = tdm_emu::card::trace::framer_writes(&trace, 0);
    assert_eq!(writes[..2], [(0x1D, 0x4C), (0x1E, 0xC3)]);
}

#[test]
fn impairments_reach_a_card_like_a_span() {
    let folder = tempfile::tempdir().unwrap();
    let rest = card(folder.path(), "lines = [\"w\", \"x\", \"y\", \"z\"]\n")
        + "[[cable]]\nends = [\"w\", \"x\"]\n";
    let emulator = emulator(folder.path(), LOCK_STEP, &rest);
    let mut driver = Driver::new(Client::connect(&folder.path().join("card.sock")), 2);
    driver.start(0);
    driver.start(1);
    let status = |driver: &mut Driver, wanted: [u8; 2]| {
        let deadline = Instant::now() + common::PATIENCE;
        loop {
            driver.serve();
            let status = emulator.card("c").unwrap().status;
            if status[..2] == wanted {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{status:02x?}, expected {wanted:02x?}"
            );
        }
    };
    status(&mut driver, [0, 0]);
    for (kind, here, there) in [(Kind::Los, 0xA2, 0x10), (Kind::Ais, 0x60, 0x10)] {
        emulator
            .impair(
                "w",
                Impairment {
                    kind,
                    start_ms: 0,
                    length_ms: None,
                },
            )
            .unwrap();
        status(&mut driver, [here, there]);
        emulator.clear_impairments("w").unwrap();
        status(&mut driver, [0, 0]);
    }
}

#[test]
fn a_guest_that_does_not_acknowledge_stops_a_lock_step_clock() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = emulator(folder.path(), LOCK_STEP, &card(folder.path(), ""));
    let mut driver = Driver::new(Client::connect(&folder.path().join("card.sock")), 2);
    driver.start(0);
    until("a tick", || {
        emulator.card("c").unwrap().counters.dma_ticks == 1
    });
    let before = emulator.line_time();
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(emulator.line_time(), before);
    // Nobody looked: the line was raised again after 20 ms.
    until("a second signal", || {
        emulator.card("c").unwrap().counters.intx.stalled > 0
    });
    driver.serve();
    until("the next tick", || emulator.line_time() > before);
    // A guest that is gone lets the clock run.
    drop(driver);
    let before = emulator.line_time();
    until("the clock", || {
        emulator.line_time() > before + Duration::from_millis(20)
    });
}

#[test]
fn commands_over_the_control_socket() {
    use std::io::{BufRead, BufReader, Write};
    let folder = tempfile::tempdir().unwrap();
    let control = folder.path().join("control.sock");
    let clock = format!("control = {:?}\n{LOCK_STEP}", control.display().to_string());
    let _emulator = emulator(folder.path(), &clock, &card(folder.path(), ""));
    let stream = std::os::unix::net::UnixStream::connect(&control).unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let mut ask = |command: &str| {
        (&stream)
            .write_all(format!("{command}\n").as_bytes())
            .unwrap();
        lines.next().unwrap().unwrap()
    };
    assert_eq!(ask("impair c/2 los for 100"), "ok");
    assert_eq!(ask("impair c/2 slip -1"), "ok");
    assert_eq!(ask("impair c/2 bit-errors 1e-3"), "ok");
    assert_eq!(ask("clear c/2"), "ok");
    assert!(ask("card c").contains(" dma_ticks=0 "));
    assert!(ask("time")[3..].parse::<u64>().is_ok());
    assert!(ask("impair c/9 los").contains("there are: c/1, c/2"));
    for wrong in [
        "",
        "impair c/1",
        "impair c/1 bit-errors 2",
        "card x",
        "\u{fffd}",
    ] {
        assert!(ask(wrong).starts_with("error "), "{wrong}");
    }
    // A line without an end is the last one.
    assert!(ask(&"x".repeat(300)).starts_with("error "));
}
