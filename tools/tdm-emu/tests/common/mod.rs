// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the tests share. Every test is in lock-step unless it says otherwise.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::path::Path;
use std::time::Duration;
use tdm::{Claim, Side, Slot, SlotSet, Span, Tap, Transmit, Wake, Wakeups};
use tdm_emu::{Config, Emulator};
use tdm_line::pattern::{Checker, Generator, Pattern};

/// How long a wake-up may take on a machine that is busy with other things.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// An emulator in lock-step, on a socket in a fresh folder.
pub fn lock_step(folder: &Path, rest: &str) -> Emulator {
    emulator(folder, "[clock]\nmode = \"lock-step\"\n", rest)
}

/// An emulator with its clock's table.
pub fn emulator(folder: &Path, clock: &str, rest: &str) -> Emulator {
    let socket = folder.join("emu.sock");
    let text = format!("socket = {:?}\n{clock}{rest}", socket.display().to_string());
    let config: Config = text
        .parse()
        .unwrap_or_else(|error| panic!("{error}\n{text}"));
    Emulator::spawn(&config).unwrap()
}

/// Two spans with a cable.
pub const PAIR: &str = "
[[span]]
name = \"a\"
[[span]]
name = \"b\"
[[cable]]
ends = [\"a\", \"b\"]
";

pub fn open(emulator: &Emulator, span: &str) -> Span {
    Span::open(&emulator.address(span)).unwrap()
}

pub fn slot(number: u8) -> Slot {
    Slot::new(number).unwrap()
}

/// The slots from `first` to `last`.
pub fn slots(first: u8, last: u8) -> SlotSet {
    (first..=last).fold(SlotSet::EMPTY, |set, number| set.with(slot(number)))
}

/// A lock-step subscription of every `period` frames.
pub fn clock(span: &Span, period: u32) -> Wakeups {
    span.subscribe(Wake {
        period,
        phase: 0,
        events: false,
        lock_step: true,
    })
    .unwrap()
}

/// Waits for the next lock-step wake-up and gives its position.
pub fn next(span: &Span, wakeups: &Wakeups) -> u64 {
    let deadline = std::time::Instant::now() + PATIENCE;
    while !wakeups.wait(Duration::from_millis(500)).unwrap() {
        assert!(std::time::Instant::now() < deadline, "no wake-up");
    }
    span.positions().rx_frame
}

/// One slot that sends a pattern and checks another span's.
pub struct Tester {
    pub generator: Generator,
    pub checker: Checker,
    pub transmit: Transmit,
    pub tap: Tap,
    /// Where sending and reading stand, from the first turn on.
    sent: Option<u64>,
    read: Option<u64>,
}

impl Tester {
    pub fn new(span: &Span, claim: &Claim, at: Slot, pattern: Pattern) -> Self {
        Tester {
            generator: Generator::new(pattern),
            checker: Checker::new(pattern),
            transmit: claim.transmit(at).unwrap(),
            tap: span.tap(at, Side::Receive),
            sent: None,
            read: None,
        }
    }

    /// Sends up to `ahead` frames beyond the lead, and checks everything received.
    pub fn turn(&mut self, ahead: u64) {
        let positions = self.tap.positions();
        let first = positions.tx_taken + 8;
        let (sent, until) = (self.sent.unwrap_or(first), first + ahead);
        if until > sent {
            let mut octets = vec![0; (until - sent) as usize];
            self.generator.fill(&mut octets);
            let written = self.transmit.write(sent, &octets);
            assert_eq!((written.late, written.early), (0, 0));
            self.sent = Some(until);
        }
        self.listen();
    }

    /// Checks everything received.
    pub fn listen(&mut self) {
        let positions = self.tap.positions();
        let read = self.read.unwrap_or(positions.rx_frame);
        let mut octets = vec![0; (positions.rx_frame - read) as usize];
        if !octets.is_empty() {
            self.tap
                .window(read, octets.len() as u64)
                .unwrap()
                .copy_to(&mut octets)
                .unwrap();
            self.checker.push_all(&octets);
        }
        self.read = Some(positions.rx_frame);
    }
}
