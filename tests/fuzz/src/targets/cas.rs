// SPDX-License-Identifier: MIT OR Apache-2.0
//! Line signalling: one channel of any kind, given any bits, requests, failures and times.
//!
//! The first octet chooses the kind; then three octets a step. At the end the far end goes idle and we
//! hang up: the channel must come to rest, and every call must have ended once.

use cas::address::{FeatureGroupD, Mf, digits_of_field};
use cas::timing::ms;
use cas::{Channel, Config, Event, Frame, Kind, Notice, Output, State};
use tdm_line::abcd::Abcd;

/// Outputs that one step may cause at most.
const BOUND: usize = 64;

/// One run.
pub fn run(data: &[u8]) {
    signals(data);
    let Some((&first, steps)) = data.split_first() else {
        return;
    };
    let kind = Kind::ALL[usize::from(first >> 1) % Kind::ALL.len()];
    let mut config = Config::robbed_bit(kind);
    config.yields = first & 1 == 0;
    let mut channel = Channel::new(config, 0);
    let (mut now, mut released): (Frame, u64) = (0, 0);
    drain(&mut channel, now, &mut released);
    for step in steps.chunks_exact(3) {
        let [what, value, time] = [step[0], step[1], step[2]];
        // Short steps and long ones.
        let until = now + Frame::from(time) * if what & 0x80 == 0 { 8 } else { 800 };
        now = pass(&mut channel, now, until, &mut released);
        match what & 0x0F {
            0..=6 => channel.input(
                now,
                now.saturating_sub(Frame::from(what)),
                Abcd::from_bits(value),
            ),
            7 => drop(channel.dial_pulses(now, "120")),
            8 => channel.carrier_failure(now, value & 1 == 0),
            _ => drop(channel.request(now, Event::ALL[usize::from(value) % 6])),
        }
        drain(&mut channel, now, &mut released);
    }
    channel.carrier_failure(now, false);
    let far = kind.far();
    if let Some(idle) = far.robbed_bits().bits(far.idle()) {
        channel.input(now, now, idle);
    }
    for _ in 0..8 {
        now = pass(&mut channel, now, now + ms(40_000), &mut released);
        let _ = channel.request(now, Event::Hangup);
    }
    pass(&mut channel, now, now + ms(40_000), &mut released);
    assert_eq!(channel.state(), State::Idle, "{kind:?} must come to rest");
    assert_eq!(
        channel.counters().calls,
        released,
        "every call must end once"
    );
    assert_eq!(channel.counters().outputs_lost, 0);
}

/// Lets time pass, with every timer on time.
fn pass(channel: &mut Channel, mut now: Frame, until: Frame, released: &mut u64) -> Frame {
    drain(channel, now, released);
    while let Some(due) = channel.poll_timeout().filter(|due| *due <= until) {
        now = now.max(due);
        channel.handle_timeout(now);
        drain(channel, now, released);
    }
    until
}

fn drain(channel: &mut Channel, now: Frame, released: &mut u64) {
    let mut last = 0;
    for _ in 0..BOUND {
        match channel.poll_output() {
            None => return,
            Some(Output::Bits { frame, .. }) => {
                assert!(
                    frame > last && frame > now.saturating_sub(1),
                    "commands in order, none late"
                );
                last = frame;
            }
            Some(Output::Notice(Notice::Released)) => *released += 1,
            Some(_) => {}
        }
    }
    panic!("a step must not cause endless output");
}

/// The octets as multifrequency signals.
fn signals(data: &[u8]) {
    let signals: Vec<Mf> = data
        .iter()
        .map(|octet| match octet & 0x0F {
            10 => Mf::Kp,
            11 => Mf::St,
            12 => Mf::StPrime,
            13 => Mf::StTwoPrimes,
            14 => Mf::StThreePrimes,
            digit => Mf::Digit(digit),
        })
        .collect();
    let _ = digits_of_field(&signals);
    if let Ok(call) = FeatureGroupD::from_signals(&signals) {
        let again = call.signals().expect("what was read can be sent");
        assert_eq!(FeatureGroupD::from_signals(&again), Ok(call));
    }
}
