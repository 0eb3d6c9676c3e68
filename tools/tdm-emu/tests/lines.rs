// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lines through libtdm's client API: patterns both ways, impairments, loops, cross-connects, clock domains. Lock-step.

#![allow(clippy::unwrap_used)]

mod common;

use common::{PAIR, Tester, clock, lock_step, next, open, slot, slots};
use tdm::abi::event::{Kind, alarm};
use tdm::{Notice, Side, SlotSet, Span};
use tdm_emu::Emulator;
use tdm_emu::model::{Impairment, Kind as Wrong};
use tdm_line::pattern::{Generator, Pattern};

fn counter(span: &Span, name: &str) -> u64 {
    span.counters().find(|(n, _)| *n == name).unwrap().1
}

/// Runs the clock of `span` for so many milliseconds.
fn run(span: &Span, wakeups: &tdm::Wakeups, ms: u64, mut turn: impl FnMut()) {
    let end = span.positions().rx_frame + ms * 8;
    while span.positions().rx_frame < end {
        let now = next(span, wakeups);
        turn();
        wakeups.consumed(now);
    }
}

#[test]
fn two_cabled_spans_carry_patterns_both_ways_without_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = lock_step(folder.path(), PAIR);
    let (a, b) = (open(&emulator, "a"), open(&emulator, "b"));
    let all = slots(1, 31);
    let (claim_a, claim_b) = (a.claim(all, "test").unwrap(), b.claim(all, "test").unwrap());
    let wakeups = clock(&a, 160);
    let mut testers: Vec<Tester> = Vec::new();
    for number in 1..=31 {
        let pattern = Pattern::ALL[usize::from(number) % Pattern::ALL.len()];
        testers.push(Tester::new(&a, &claim_a, slot(number), pattern));
        testers.push(Tester::new(&b, &claim_b, slot(number), pattern));
    }
    run(&a, &wakeups, 2000, || {
        testers.iter_mut().for_each(|t| t.turn(320))
    });
    for tester in &testers {
        let report = tester.checker.report();
        assert!(tester.checker.is_locked());
        assert_eq!(
            (report.errors, report.losses),
            (0, 0),
            "slot {:?}",
            tester.tap.slot()
        );
        assert!(report.bits > 2000 * 64 / 2, "{report:?}");
    }
    assert_eq!((a.alarms(), b.alarms()), (0, 0));
    for name in [
        "crc_errors",
        "fas_errors",
        "slips_repeated",
        "slips_dropped",
        "gaps",
        "wakeups_lost",
    ] {
        assert_eq!(counter(&a, name), 0, "{name}");
    }
}

#[test]
fn the_sent_ring_holds_what_the_far_end_receives() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = lock_step(folder.path(), PAIR);
    let (a, b) = (open(&emulator, "a"), open(&emulator, "b"));
    let claim = a.claim(SlotSet::of(slot(5)), "test").unwrap();
    let transmit = claim.transmit(slot(5)).unwrap();
    let wakeups = clock(&a, 80);
    run(&a, &wakeups, 100, || {});
    let first = a.positions().tx_taken + 16;
    let speech: Vec<u8> = (0..200).map(|n| (n * 7) as u8).collect();
    assert_eq!(transmit.write(first, &speech).written, 200);
    run(&a, &wakeups, 60, || {});
    let mut sent = vec![0; 216];
    a.tap(slot(5), Side::Sent)
        .window(first - 8, 216)
        .unwrap()
        .copy_to(&mut sent)
        .unwrap();
    assert_eq!(sent[..8], [0xD5; 8]);
    assert_eq!(sent[8..208], speech);
    assert_eq!(sent[208..], [0xD5; 8]);
    // The far end's elastic store adds one tick.
    let mut received = vec![0; 200];
    b.tap(slot(5), Side::Receive)
        .window(first + 8, 200)
        .unwrap()
        .copy_to(&mut received)
        .unwrap();
    assert_eq!(received, speech);
}

/// Impairs what `a` receives and gives the alarms of both ends 400 ms later, then after another 600 ms without it.
fn alarms_of(kind: Wrong) -> [(u64, u64); 2] {
    let folder = tempfile::tempdir().unwrap();
    let emulator = lock_step(folder.path(), PAIR);
    let (a, b) = (open(&emulator, "a"), open(&emulator, "b"));
    let wakeups = clock(&a, 160);
    run(&a, &wakeups, 500, || {});
    assert_eq!((a.alarms(), b.alarms()), (0, 0));
    emulator
        .impair(
            "a",
            Impairment {
                kind,
                start_ms: 0,
                length_ms: Some(400),
            },
        )
        .unwrap();
    run(&a, &wakeups, 360, || {});
    let during = (a.alarms(), b.alarms());
    run(&a, &wakeups, 700, || {});
    [during, (a.alarms(), b.alarms())]
}

#[test]
fn each_kind_of_failure_raises_its_alarm_here_and_the_remote_alarm_there() {
    assert_eq!(alarms_of(Wrong::Los), [(alarm::LOS, alarm::RAI), (0, 0)]);
    assert_eq!(alarms_of(Wrong::Ais), [(alarm::AIS, alarm::RAI), (0, 0)]);
    assert_eq!(alarms_of(Wrong::Lof), [(alarm::LOF, alarm::RAI), (0, 0)]);
    assert_eq!(alarms_of(Wrong::Rai), [(alarm::RAI, 0), (0, 0)]);
    // So many errors that three alignment signals in a row are hit.
    assert_eq!(
        alarms_of(Wrong::BitErrors(0.3)),
        [(alarm::LOF, alarm::RAI), (0, 0)]
    );
}

#[test]
fn a_span_without_a_cable_has_no_signal_and_receives_ones() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = lock_step(folder.path(), "[[span]]\nname = \"a\"\n");
    let a = open(&emulator, "a");
    let mut events = a.events();
    let wakeups = clock(&a, 160);
    run(&a, &wakeups, 300, || {});
    assert_eq!(a.alarms(), alarm::LOS);
    let changes: Vec<u64> = std::iter::from_fn(|| events.next())
        .filter_map(|notice| match notice {
            Notice::Event(event) if event.kind == Kind::Alarms as u32 => Some(event.value),
            _ => None,
        })
        .collect();
    assert_eq!(changes, [alarm::LOS]);
    let mut received = [0; 16];
    let frame = a.positions().rx_frame - 16;
    a.tap(slot(1), Side::Receive)
        .window(frame, 16)
        .unwrap()
        .copy_to(&mut received)
        .unwrap();
    assert_eq!(received, [0xFF; 16]);
}

/// Sends a pattern from b to a under an impairment of a's receiver; what a's checker says.
fn impaired(emulator: &Emulator, kind: Wrong, ms: u64) -> (tdm_line::pattern::Report, Span) {
    let (a, b) = (open(emulator, "a"), open(emulator, "b"));
    let claim_a = a.claim(SlotSet::of(slot(9)), "test").unwrap();
    let claim_b = b.claim(SlotSet::of(slot(9)), "test").unwrap();
    let wakeups = clock(&a, 160);
    run(&a, &wakeups, 500, || {});
    let mut sender = Tester::new(&b, &claim_b, slot(9), Pattern::Prbs15);
    let mut receiver = Tester::new(&a, &claim_a, slot(9), Pattern::Prbs15);
    run(&a, &wakeups, 500, || {
        sender.turn(320);
        receiver.turn(320);
    });
    assert!(receiver.checker.is_locked());
    emulator
        .impair(
            "a",
            Impairment {
                kind,
                start_ms: 0,
                length_ms: None,
            },
        )
        .unwrap();
    run(&a, &wakeups, ms, || {
        sender.turn(320);
        receiver.turn(320);
    });
    (*receiver.checker.report(), a)
}

#[test]
fn bit_errors_come_at_their_rate_and_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = lock_step(folder.path(), PAIR);
    let (report, a) = impaired(&emulator, Wrong::BitErrors(1e-3), 4000);
    // 256,000 bits of one slot: 256 errors expected, six standard deviations either way.
    assert!((160..=352).contains(&report.errors), "{report:?}");
    assert_eq!(report.losses, 0);
    // Nearly every CRC-4 block of 2,048 bits is hit.
    assert!(
        counter(&a, "crc_errors") > 3000,
        "{}",
        counter(&a, "crc_errors")
    );
    assert!(counter(&a, "fas_errors") > 50);
    let b = open(&emulator, "b");
    assert!(counter(&b, "e_bit_errors") > 3000);
}

#[test]
fn slips_move_the_stream_by_one_frame_and_are_told() {
    for (frames, name) in [(1, "slips_repeated"), (-1, "slips_dropped")] {
        let folder = tempfile::tempdir().unwrap();
        let emulator = lock_step(folder.path(), PAIR);
        let (report, a) = impaired(&emulator, Wrong::Slip(frames), 500);
        assert_eq!((report.losses, report.locks), (1, 2), "{report:?}");
        assert_eq!(counter(&a, name), 1);
        assert_eq!(
            counter(&a, "slips_repeated") + counter(&a, "slips_dropped"),
            1
        );
        assert_eq!(a.alarms(), 0);
    }
}

#[test]
fn a_longer_line_delays() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = lock_step(
        folder.path(),
        &PAIR.replace("[[cable]]", "[[cable]]\ndelay = 37"),
    );
    let (a, b) = (open(&emulator, "a"), open(&emulator, "b"));
    let claim = a.claim(SlotSet::of(slot(1)), "test").unwrap();
    let wakeups = clock(&a, 80);
    run(&a, &wakeups, 100, || {});
    let first = a.positions().tx_taken + 16;
    let mut pattern = [0; 64];
    Generator::new(Pattern::Prbs9).fill(&mut pattern);
    claim.transmit(slot(1)).unwrap().write(first, &pattern);
    run(&a, &wakeups, 60, || {});
    let mut received = [0; 64];
    b.tap(slot(1), Side::Receive)
        .window(first + 8 + 37, 64)
        .unwrap()
        .copy_to(&mut received)
        .unwrap();
    assert_eq!(received, pattern);
}

#[test]
fn spans_on_different_clocks_slip_at_the_difference() {
    let folder = tempfile::tempdir().unwrap();
    // 1,000 ppm: one frame every 125 ms.
    let text = "
        [[domain]]
        name = \"fast\"
        ppm = 1000
        [[span]]
        name = \"a\"
        [[span]]
        name = \"b\"
        domain = \"fast\"
        [[cable]]
        ends = [\"a\", \"b\"]
    ";
    let emulator = lock_step(folder.path(), text);
    let (a, b) = (open(&emulator, "a"), open(&emulator, "b"));
    assert_ne!(a.facts().clock_domain, b.facts().clock_domain);
    let wakeups = clock(&a, 160);
    run(&a, &wakeups, 10_000, || {});
    let gained = b.positions().rx_frame - a.positions().rx_frame;
    assert!((72..=88).contains(&gained), "{gained}");
    // a's sender is fast: a drops frames; b repeats them. Slips count only once the receiver is aligned.
    let dropped = counter(&a, "slips_dropped");
    let repeated = counter(&b, "slips_repeated");
    assert!((78..=81).contains(&dropped), "{dropped}");
    assert!((78..=81).contains(&repeated), "{repeated}");
    assert_eq!(
        (counter(&a, "slips_repeated"), counter(&b, "slips_dropped")),
        (0, 0)
    );
}

#[test]
fn loops_and_cross_connects_carry() {
    let folder = tempfile::tempdir().unwrap();
    let text = "
        [[span]]
        name = \"a\"
        [[span]]
        name = \"b\"
        [[span]]
        name = \"c\"
        [[loop]]
        span = \"a\"
        [[cross]]
        ends = [\"b:1-3\", \"c:17-19\"]
        [[cross]]
        ends = [\"b:4\", \"b:5\"]
    ";
    let emulator = lock_step(folder.path(), text);
    let spans = ["a", "b", "c"].map(|name| open(&emulator, name));
    let claims = spans
        .each_ref()
        .map(|span| span.claim(slots(1, 31), "test").unwrap());
    let wakeups = clock(&spans[0], 160);
    // Sender and receiver of each path.
    let paths = [
        (0, 7, 0, 7),
        (1, 2, 2, 18),
        (2, 17, 1, 1),
        (1, 4, 1, 5),
        (1, 5, 1, 4),
    ];
    let mut pairs: Vec<(Tester, Tester)> = paths
        .iter()
        .map(|(from, out, to, back)| {
            let tester = |span: usize, at| {
                Tester::new(&spans[span], &claims[span], slot(at), Pattern::Prbs11)
            };
            (tester(*from, *out), tester(*to, *back))
        })
        .collect();
    run(&spans[0], &wakeups, 800, || {
        for (sender, receiver) in &mut pairs {
            sender.turn(320);
            receiver.listen();
        }
    });
    for ((_, receiver), path) in pairs.iter().zip(paths) {
        assert!(receiver.checker.is_locked(), "{path:?}");
        assert_eq!(receiver.checker.report().errors, 0, "{path:?}");
    }
    assert!(spans.iter().all(|span| span.alarms() == 0));
}

#[test]
fn the_same_seed_gives_the_same_line_byte_for_byte() {
    let listen = |seed: u64| {
        let folder = tempfile::tempdir().unwrap();
        let text =
            format!("{PAIR}\n[[impair]]\nspan = \"a\"\nkind = \"bit-errors\"\nrate = 1e-4\n");
        let socket = folder.path().join("s");
        let head = format!(
            "socket = {:?}\nseed = {seed}\n[clock]\nmode = \"lock-step\"\n",
            socket.display().to_string()
        );
        let emulator = Emulator::spawn(&(head + &text).parse().unwrap()).unwrap();
        let a = open(&emulator, "a");
        let wakeups = clock(&a, 1600);
        let mut heard = Vec::new();
        let tap = a.tap(slot(3), Side::Receive);
        for _ in 0..10 {
            let now = next(&a, &wakeups);
            let mut part = vec![0; 1600];
            tap.window(now - 1600, 1600)
                .unwrap()
                .copy_to(&mut part)
                .unwrap();
            heard.extend(part);
            wakeups.consumed(now);
        }
        heard
    };
    let first = listen(1);
    assert_eq!(first, listen(1));
    assert_ne!(first, listen(2));
}

#[test]
fn sixteen_spans_run_in_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::new();
    for n in 0..16 {
        text += &format!("[[span]]\nname = \"s{n}\"\n");
    }
    for n in 0..8 {
        text += &format!("[[cable]]\nends = [\"s{}\", \"s{}\"]\n", 2 * n, 2 * n + 1);
    }
    let emulator = lock_step(folder.path(), &text);
    assert_eq!(tdm::list(emulator.socket()).unwrap().len(), 16);
    let spans: Vec<Span> = (0..16).map(|n| open(&emulator, &format!("s{n}"))).collect();
    let claims: Vec<_> = spans
        .iter()
        .map(|span| span.claim(slots(1, 31), "test").unwrap())
        .collect();
    let wakeups = clock(&spans[0], 160);
    let mut testers: Vec<Tester> = spans
        .iter()
        .zip(&claims)
        .flat_map(|(span, claim)| {
            (1..=31).map(|n| Tester::new(span, claim, slot(n), Pattern::Prbs15))
        })
        .collect();
    run(&spans[0], &wakeups, 600, || {
        testers.iter_mut().for_each(|t| t.turn(320))
    });
    for tester in &testers {
        assert!(tester.checker.is_locked());
        assert_eq!(tester.checker.report().errors, 0);
    }
}
