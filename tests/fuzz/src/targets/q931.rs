// SPDX-License-Identifier: MIT OR Apache-2.0
//! Q.931: a message, and call machines of both sides that are given anything.
//!
//! The bytes are read twice: as one message, which must encode to itself if it decodes and is then
//! given to interfaces with and without a call; and as steps for an interface, each an octet that says
//! what to do and whatever that needs.

use core::time::Duration;
use q931::cause::{Cause, CauseValue};
use q931::ie::{Bearer, CalledNumber};
use q931::message::{Message, check};
use q931::{
    CallId, ChannelChoice, Config, Extras, Interface, Location, Output, Setup, Side, Slots,
};

/// Outputs that one step may cause at most.
const BOUND: usize = 1024;

/// One run.
pub fn run(data: &[u8]) {
    if let Ok((message, cut)) = Message::decode(data) {
        let _ = check(&message, cut);
        if cut.is_none() {
            assert_eq!(message.encode(), data, "a message must encode to what it was");
        }
    }
    for side in [Side::Network, Side::User] {
        let mut interface = up(side);
        interface.input_data(Duration::ZERO, data);
        finish(&mut interface, Duration::ZERO);
        let mut interface = up(side);
        let _ = interface.setup(Duration::ZERO, &ordinary(), ChannelChoice::Pick);
        interface.input_data(Duration::ZERO, data);
        finish(&mut interface, Duration::ZERO);
    }
    let Some((&first, steps)) = data.split_first() else {
        return;
    };
    let mut interface = up(if first & 1 == 0 { Side::Network } else { Side::User });
    let now = drive(&mut interface, steps);
    finish(&mut interface, now);
}

fn ordinary() -> Setup {
    Setup::en_bloc(Bearer::speech_alaw(), "123")
}

fn up(side: Side) -> Interface {
    let mut interface = Interface::new(Config::e1(side));
    interface.input_link(Duration::ZERO, true);
    drain(&mut interface);
    interface
}

fn drive(interface: &mut Interface, mut steps: &[u8]) -> Duration {
    let mut now = Duration::ZERO;
    let none = Extras::default();
    while let Some((&step, rest)) = steps.split_first() {
        let length = usize::from(step >> 3);
        let (part, rest) = rest.split_at(length.min(rest.len()));
        steps = rest;
        let calls: Vec<CallId> = interface.calls().collect();
        let call = calls.get(length % calls.len().max(1)).copied();
        match (step & 7, call) {
            (0, _) => interface.input_data(now, part),
            (1, _) => {
                // A message for one of the first references, of either side.
                let flag = if length & 1 == 0 { 0x80 } else { 0 };
                let mut message = vec![8, 2, flag, 1];
                message.extend_from_slice(part);
                interface.input_data(now, &message);
            }
            (2, _) => now += Duration::from_secs(length as u64),
            (3, _) => {
                let slot = length as u8;
                let choice = match slot {
                    0 => ChannelChoice::Any,
                    16 => ChannelChoice::Pick,
                    _ => ChannelChoice::Preferred(slot),
                };
                let _ = interface.setup(now, &ordinary(), choice);
            }
            (4, Some(call)) => {
                let _ = match part.first().map_or(0, |octet| octet & 7) {
                    0 => interface.setup_acknowledge(now, call, &none),
                    1 => interface.proceeding(call, &none),
                    2 => interface.alerting(call, &none),
                    3 => interface.connect(now, call, &none),
                    4 => interface.information(now, call, &CalledNumber::new("1"), false),
                    5 => interface.status_enquiry(now, call),
                    6 => interface.progress(call, &none, None),
                    _ => interface.notify(call, 0),
                };
            }
            (5, Some(call)) => drop(interface.disconnect(now, call, &clearing(), &none)),
            (6, _) => drop(interface.restart(now, Slots::of(length as u8))),
            (7, _) => interface.input_link(now, length & 1 == 0),
            _ => {}
        }
        interface.handle_timeout(now);
        drain(interface);
    }
    now
}

fn clearing() -> Cause {
    Cause::new(Location::User, CauseValue::NORMAL_CLEARING)
}

/// Whatever happened, with a silent peer every call that is cleared ends, and all channels are free.
fn finish(interface: &mut Interface, mut now: Duration) {
    drain(interface);
    let calls: Vec<CallId> = interface.calls().collect();
    for call in calls {
        let _ = interface.disconnect(now, call, &clearing(), &Extras::default());
    }
    for _ in 0..4096 {
        drain(interface);
        match interface.poll_timeout() {
            None => break,
            Some(at) => {
                now = now.max(at);
                interface.handle_timeout(now);
            }
        }
    }
    assert_eq!(interface.poll_timeout(), None, "time must come to rest");
    assert_eq!(interface.calls().count(), 0, "every call must end");
    assert!(interface.busy_slots().is_empty());
    assert_eq!(interface.counters().illegal_transitions, 0);
}

fn drain(interface: &mut Interface) {
    for _ in 0..BOUND {
        match interface.poll_output() {
            None => return,
            Some(Output::Data(message)) => {
                assert!(matches!(Message::decode(&message), Ok((_, None))));
            }
            Some(_) => {}
        }
    }
    panic!("a step must not cause endless output");
}
