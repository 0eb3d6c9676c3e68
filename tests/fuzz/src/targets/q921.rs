// SPDX-License-Identifier: MIT OR Apache-2.0
//! Q.921: a frame, and a data link that is given anything.
//!
//! The bytes are read twice: as one frame, which must encode to itself if it decodes and is then given
//! to an established link; and as steps for another link, each an octet that says what to do and
//! whatever that needs.

use core::time::Duration;
use q921::frame::Frame;
use q921::{Config, Indication, Link, Output, Side, State};

/// Outputs that one step may cause at most: a window of frames and what is said about them.
const BOUND: usize = 512;

/// One run.
pub fn run(data: &[u8]) {
    if let Ok(frame) = Frame::decode(data) {
        assert_eq!(frame.encode(), data, "a frame must encode to what it was");
    }
    for side in [Side::Network, Side::User] {
        let mut link = established(side);
        link.input_frame(Duration::ZERO, data);
        come_back(&mut link, Duration::ZERO);
    }
    let Some((&first, steps)) = data.split_first() else {
        return;
    };
    let side = if first & 1 == 0 { Side::Network } else { Side::User };
    let mut link = established(side);
    let now = drive(&mut link, steps);
    come_back(&mut link, now);
}

/// A link in multiple-frame operation.
fn established(side: Side) -> Link {
    let mut link = Link::new(Config::pri(side));
    link.layer1(Duration::ZERO, true);
    link.input_frame(Duration::ZERO, &answer(side));
    drain(&mut link);
    assert_eq!(link.state(), State::MultipleFrameEstablished);
    link
}

/// The peer's UA with F = 1.
fn answer(side: Side) -> [u8; 3] {
    [if side.command_bit() { 2 } else { 0 }, 1, 0x73]
}

fn drive(link: &mut Link, mut steps: &[u8]) -> Duration {
    let mut now = Duration::ZERO;
    while let Some((&step, rest)) = steps.split_first() {
        let length = usize::from(step >> 3);
        let (part, rest) = rest.split_at(length.min(rest.len()));
        steps = rest;
        match step & 7 {
            0 => link.input_frame(now, part),
            1 => {
                // A frame of the peer with a good address.
                let mut frame = vec![if link.config().side.command_bit() { 0 } else { 2 }, 1];
                frame.extend_from_slice(part);
                link.input_frame(now, &frame);
            }
            2 => now += Duration::from_millis(u64::from(step >> 3) * 100),
            3 => drop(link.data_request(now, part.to_vec())),
            4 => link.receiver_busy(now, length & 1 == 0),
            5 => link.layer1(now, length & 1 == 0),
            6 if length & 1 == 0 => drop(link.establish_request(now)),
            6 => link.release_request(now),
            _ => drop(link.unit_data_request(now, part)),
        }
        link.handle_timeout(now);
        drain(link);
    }
    now
}

/// Whatever happened, an attentive peer can bring the link up.
fn come_back(link: &mut Link, mut now: Duration) {
    let side = link.config().side;
    link.layer1(now, true);
    let _ = link.establish_request(now);
    for _ in 0..64 {
        drain(link);
        link.input_frame(now, &answer(side));
        if link.state() == State::MultipleFrameEstablished {
            break;
        }
        now = link.poll_timeout().unwrap_or(now).max(now);
        link.handle_timeout(now);
    }
    drain(link);
    assert_eq!(link.state(), State::MultipleFrameEstablished, "the link must come back");
    assert_eq!(link.counters().illegal_transitions, 0);
}

fn drain(link: &mut Link) {
    for _ in 0..BOUND {
        match link.poll_output() {
            None => return,
            Some(Output::Frame(frame)) => {
                assert!(Frame::decode(&frame).is_ok(), "what we send must decode");
            }
            Some(Output::Indication(Indication::Data(data))) => {
                assert!(data.len() <= link.config().n201);
            }
            Some(Output::Indication(_)) => {}
        }
    }
    panic!("a step must not cause endless output");
}
