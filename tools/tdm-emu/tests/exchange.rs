// SPDX-License-Identifier: MIT OR Apache-2.0
//! Scripted exchanges, with our own stack as the customer on the span, in lock-step; and the D-channel socket.

#![allow(clippy::unwrap_used)]

mod common;

use common::{PATIENCE, clock, lock_step, next, open, slot, slots};
use q931::ie::Bearer;
use q931::{
    CallEvent, CallId, ChannelChoice, Config as Layer3, Event, Extras, Setup, Side, Stack,
    StackOutput,
};
use std::collections::VecDeque;
use std::os::fd::AsRawFd;
use std::time::Duration;
use tdm::{Claim, Span, Tap, Transmit, Wakeups};
use tdm_emu::Emulator;
use tdm_line::hdlc::{Decoder, Encoder, Event as Hdlc, Limits, Rate};

/// A customer on a span: D channel and one B channel's audio, driven by the lock-step clock.
struct Customer {
    span: Span,
    claim: Claim,
    wakeups: Wakeups,
    stack: Stack,
    decoder: Decoder<[u8; 266]>,
    encoder: Encoder,
    queue: VecDeque<Vec<u8>>,
    tap: Tap,
    transmit: Transmit,
    sent: u64,
    read: u64,
    events: Vec<Event>,
}

impl Customer {
    fn new(emulator: &Emulator, span: &str, side: Side) -> Self {
        let span = open(emulator, span);
        let claim = span.claim(slots(1, 31), "customer").unwrap();
        let d = slot(16);
        claim.set_idle(tdm::SlotSet::of(d), 0x7E).unwrap();
        let positions = span.positions();
        Customer {
            wakeups: clock(&span, 80),
            stack: Stack::new(q921::Config::pri(side), Layer3::e1(side)),
            decoder: Decoder::new(Rate::Full, Limits::LAPD, [0; 266]),
            encoder: Encoder::new(Rate::Full),
            queue: VecDeque::new(),
            tap: span.tap(d, tdm::Side::Receive),
            transmit: claim.transmit(d).unwrap(),
            sent: positions.tx_taken + 8,
            read: positions.rx_frame,
            events: Vec::new(),
            span,
            claim,
        }
    }

    fn now(&self) -> Duration {
        Duration::from_micros(self.span.positions().rx_frame * 125)
    }

    /// One wake-up: 10 ms of line time.
    fn turn(&mut self) {
        let frame = next(&self.span, &self.wakeups);
        let now = self.now();
        let mut octets = vec![0; (frame - self.read) as usize];
        if !octets.is_empty() {
            self.tap
                .window(self.read, octets.len() as u64)
                .unwrap()
                .copy_to(&mut octets)
                .unwrap();
            self.read = frame;
        }
        self.stack.layer1(now, self.span.alarms() == 0);
        let mut rest = &octets[..];
        while !rest.is_empty() {
            let step = self.decoder.decode(rest);
            rest = &rest[step.consumed..];
            if let Some(Hdlc::Frame(frame)) = step.event {
                self.stack.input_frame(now, frame);
            }
        }
        if self.stack.poll_timeout().is_some_and(|due| due <= now) {
            self.stack.handle_timeout(now);
        }
        self.drain(now);
        let until = self.span.positions().tx_taken + 8 + 80;
        let start = self.sent.max(self.span.positions().tx_taken + 8);
        let mut row = vec![0; (until - start) as usize];
        let mut rest = &mut row[..];
        while !rest.is_empty() {
            let done = self
                .encoder
                .encode(self.queue.front().map(Vec::as_slice), rest);
            if done.frame_done {
                self.queue.pop_front();
            }
            rest = &mut std::mem::take(&mut rest)[done.octets..];
        }
        assert_eq!(self.transmit.write(start, &row).late, 0);
        self.sent = until;
        self.wakeups.consumed(frame);
    }

    fn drain(&mut self, now: Duration) {
        while let Some(output) = self.stack.poll_output(now) {
            match output {
                StackOutput::Frame(frame) => self.queue.push_back(frame),
                StackOutput::Event(event) => self.events.push(event),
                StackOutput::LinkError(_) => {}
                StackOutput::SameSide => panic!("both ends play the same side"),
            }
        }
    }

    /// Turns until an event fits, and takes it and those before it away.
    fn until<T>(&mut self, what: &str, mut fits: impl FnMut(&Event) -> Option<T>) -> T {
        for _ in 0..2000 {
            if let Some(at) = self.events.iter().position(|event| fits(event).is_some()) {
                let found = fits(&self.events[at]).unwrap();
                self.events.drain(..=at);
                return found;
            }
            self.turn();
        }
        panic!("no {what} in 20 s of line time; events: {:?}", self.events);
    }

    fn up(&mut self) {
        self.until("link", |event| matches!(event, Event::LinkUp).then_some(()));
    }

    fn call(&mut self, number: &str) -> CallId {
        let setup = Setup::en_bloc(Bearer::speech_alaw(), number);
        let now = self.now();
        let id = self
            .stack
            .interface()
            .setup(now, &setup, ChannelChoice::Pick)
            .unwrap();
        self.drain(now);
        id
    }

    fn event(
        &mut self,
        what: &str,
        id: CallId,
        mut fits: impl FnMut(&CallEvent) -> bool,
    ) -> CallEvent {
        self.until(what, |event| match event {
            Event::Call { call, event } if *call == id && fits(event) => Some(event.clone()),
            _ => None,
        })
    }

    fn released(&mut self, id: CallId) -> u8 {
        match self.event("release", id, |event| {
            matches!(event, CallEvent::Released { .. })
        }) {
            CallEvent::Released { cause } => cause.value.0,
            other => panic!("{other:?}"),
        }
    }

    fn hang_up(&mut self, id: CallId) {
        let now = self.now();
        let cause = q931::cause::Cause::new(
            q931::Location::User,
            q931::cause::CauseValue::NORMAL_CLEARING,
        );
        self.stack
            .interface()
            .disconnect(now, id, &cause, &Extras::default())
            .unwrap();
        self.drain(now);
    }
}

fn scripted(rules: &str) -> (tempfile::TempDir, Emulator) {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("[[span]]\nname = \"a\"\n[[exchange]]\nspan = \"a\"\n{rules}");
    let emulator = lock_step(folder.path(), &text);
    (folder, emulator)
}

#[test]
fn calls_are_answered_refused_and_timed_by_rule() {
    let rules = "
        [[exchange.rule]]
        called = \"100\"
        alert_ms = 50
        answer_ms = 400
        hold_ms = 300
        early_media = true
        play = \"prbs15\"
        [[exchange.rule]]
        called = \"2??\"
        reject = 17
        [[exchange.rule]]
        called = \"3*\"
        answer_ms = 0
    ";
    let (_folder, emulator) = scripted(rules);
    let mut customer = Customer::new(&emulator, "a", Side::User);
    customer.up();

    let id = customer.call("100");
    let begun = customer.now();
    let alerting = customer.event("alerting", id, |e| matches!(e, CallEvent::Alerting { .. }));
    assert!(matches!(alerting, CallEvent::Alerting { extras, .. } if extras.in_band()));
    customer.event("answer", id, |e| matches!(e, CallEvent::Connect { .. }));
    assert!(
        (400..550).contains(&(customer.now() - begun).as_millis()),
        "{:?}",
        customer.now() - begun
    );
    let answered = customer.now();
    customer.event("clearing", id, |e| {
        matches!(e, CallEvent::Disconnect { .. })
    });
    assert!((250..450).contains(&(customer.now() - answered).as_millis()));
    let now = customer.now();
    let cause = q931::cause::Cause::new(
        q931::Location::User,
        q931::cause::CauseValue::NORMAL_CLEARING,
    );
    let _ = customer.stack.interface().release(now, id, &cause);
    customer.drain(now);
    assert_eq!(customer.released(id), 16);

    let id = customer.call("234");
    assert_eq!(customer.released(id), 17);
    let id = customer.call("9");
    assert_eq!(customer.released(id), 1, "unallocated");
    let id = customer.call("2");
    assert_eq!(customer.released(id), 28, "incomplete");
    let id = customer.call("3456789");
    customer.event("answer", id, |e| matches!(e, CallEvent::Connect { .. }));
    customer.hang_up(id);
    assert_eq!(customer.released(id), 16);

    // The last message is still on its way.
    for _ in 0..10 {
        customer.turn();
    }
    let report = emulator.report("a").unwrap();
    assert!(report.link_up);
    assert_eq!(
        (report.incoming, report.connected, report.present),
        (5, 2, 0)
    );
    assert_eq!(report.causes.get(&17), Some(&1));
    assert_eq!(report.frame_errors, 0);
}

#[test]
fn the_exchange_calls_plays_and_verifies() {
    let rules = "
        side = \"user\"
        [[exchange.call]]
        at_ms = 10
        called = \"4711\"
        calling = \"0815\"
        hold_ms = 500
        play = \"prbs11\"
        verify = \"prbs9\"
        keep_ms = 100
    ";
    let (_folder, emulator) = scripted(rules);
    let mut customer = Customer::new(&emulator, "a", Side::Network);
    let incoming = customer.until("call", |event| match event {
        Event::Incoming(incoming) => Some(incoming.clone()),
        _ => None,
    });
    assert_eq!(incoming.setup.called.as_ref().unwrap().digits, "4711");
    assert_eq!(incoming.setup.calling.as_ref().unwrap().0.digits, "0815");
    let now = customer.now();
    let id = incoming.call;
    customer
        .stack
        .interface()
        .alerting(id, &Extras::default())
        .unwrap();
    customer
        .stack
        .interface()
        .connect(now, id, &Extras::default())
        .unwrap();
    customer.drain(now);
    let b = slot(incoming.channel);
    let tap = customer.span.tap(b, tdm::Side::Receive);
    let transmit = customer.claim.transmit(b).unwrap();
    let mut generator = tdm_line::pattern::Generator::new(tdm_line::pattern::Pattern::Prbs9);
    let mut checker = tdm_line::pattern::Checker::new(tdm_line::pattern::Pattern::Prbs11);
    let (mut sent, mut read) = (None, customer.span.positions().rx_frame);
    loop {
        let positions = customer.span.positions();
        let start = sent.unwrap_or(positions.tx_taken + 8);
        let until = positions.tx_taken + 8 + 160;
        let mut octets = vec![0; (until - start) as usize];
        generator.fill(&mut octets);
        assert_eq!(transmit.write(start, &octets).late, 0);
        sent = Some(until);
        let mut heard = vec![0; (positions.rx_frame - read) as usize];
        if !heard.is_empty() {
            tap.window(read, heard.len() as u64)
                .unwrap()
                .copy_to(&mut heard)
                .unwrap();
            checker.push_all(&heard);
            read = positions.rx_frame;
        }
        customer.turn();
        if customer.events.iter().any(|e| {
            matches!(
                e,
                Event::Call {
                    event: CallEvent::Released { .. },
                    ..
                }
            )
        }) {
            break;
        }
    }
    assert!(checker.report().bits > 400 * 64, "{:?}", checker.report());
    for _ in 0..10 {
        customer.turn();
    }
    let report = emulator.report("a").unwrap();
    let record = report.calls.front().unwrap();
    assert!(record.outgoing && record.connect.is_some());
    let pattern = record.heard.pattern.unwrap();
    assert!(
        pattern.bits > 300 * 64 && pattern.errors == 0,
        "{pattern:?}"
    );
    assert_eq!(record.heard.octets.len(), 800);
    assert!(record.heard.sound_ticks > 100);
}

#[test]
fn overlap_digits_are_gathered() {
    let (_folder, emulator) = scripted("[[exchange.rule]]\ncalled = \"123\"\nanswer_ms = 0\n");
    let mut customer = Customer::new(&emulator, "a", Side::User);
    customer.up();
    let mut setup = Setup::new(Bearer::speech_alaw());
    setup.called = Some(q931::ie::CalledNumber::new("1"));
    let now = customer.now();
    let id = customer
        .stack
        .interface()
        .setup(now, &setup, ChannelChoice::Pick)
        .unwrap();
    customer.drain(now);
    customer.event("request for digits", id, |e| {
        matches!(e, CallEvent::SetupAcknowledge { .. })
    });
    for digits in ["2", "3"] {
        let now = customer.now();
        customer
            .stack
            .interface()
            .information(now, id, &q931::ie::CalledNumber::new(digits), false)
            .unwrap();
        customer.drain(now);
    }
    customer.event("answer", id, |e| matches!(e, CallEvent::Connect { .. }));
}

#[test]
fn a_program_on_the_d_channel_socket_is_the_exchange() {
    use nix::sys::socket::{
        AddressFamily, MsgFlags, SockFlag, SockType, UnixAddr, connect, recv, send, socket,
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.sock");
    let text = format!(
        "[[span]]\nname = \"a\"\n[[dchannel]]\nspan = \"a\"\nsocket = {:?}\nchannels = \"loop\"\nconnect = [[1, 2]]\n",
        path.display().to_string()
    );
    let emulator = lock_step(folder.path(), &text);
    let program = socket(
        AddressFamily::Unix,
        SockType::SeqPacket,
        SockFlag::SOCK_CLOEXEC,
        None,
    )
    .unwrap();
    connect(program.as_raw_fd(), &UnixAddr::new(&path).unwrap()).unwrap();
    let timeout = nix::sys::time::TimeVal::new(PATIENCE.as_secs() as i64, 0);
    nix::sys::socket::setsockopt(
        &program,
        nix::sys::socket::sockopt::ReceiveTimeout,
        &timeout,
    )
    .unwrap();
    // The customer asks for the link (SABME); the program answers (UA), on a line that stands still in between.
    let mut customer = Customer::new(&emulator, "a", Side::User);
    let sabme = loop {
        customer.turn();
        let mut frame = [0; 300];
        if let Ok(length) = recv(program.as_raw_fd(), &mut frame, MsgFlags::MSG_DONTWAIT) {
            break frame[..length].to_vec();
        }
    };
    assert_eq!(sabme.len(), 3, "{sabme:02x?}");
    assert_eq!(sabme[2] & 0xEF, 0x6F, "SABME, {sabme:02x?}");
    let ua = [sabme[0], sabme[1], 0x73];
    send(program.as_raw_fd(), &ua, MsgFlags::MSG_NOSIGNAL).unwrap();
    customer.up();
    // Too long and too short frames are dropped; the connection lives.
    send(program.as_raw_fd(), &[0; 265], MsgFlags::MSG_NOSIGNAL).unwrap();
    send(program.as_raw_fd(), &[0; 2], MsgFlags::MSG_NOSIGNAL).unwrap();
    for (out, back) in [(7, 7), (1, 2)] {
        let first = customer.span.positions().tx_taken + 16;
        let octets: Vec<u8> = (0..160).map(|n| n as u8 ^ 0x55).collect();
        customer
            .claim
            .transmit(slot(out))
            .unwrap()
            .write(first, &octets);
        for _ in 0..6 {
            customer.turn();
        }
        let mut heard = vec![0; 160];
        let tap = customer.span.tap(slot(back), tdm::Side::Receive);
        tap.window(first + 8, 160)
            .unwrap()
            .copy_to(&mut heard)
            .unwrap();
        assert_eq!(heard, octets, "{out} to {back}");
    }
    // The program goes; another one can come.
    drop(program);
    let again = socket(
        AddressFamily::Unix,
        SockType::SeqPacket,
        SockFlag::SOCK_CLOEXEC,
        None,
    )
    .unwrap();
    connect(again.as_raw_fd(), &UnixAddr::new(&path).unwrap()).unwrap();
}
