// SPDX-License-Identifier: MIT OR Apache-2.0
#![allow(clippy::unwrap_used)]

use super::super::interrupts::isr;
use super::*;
use proptest::prelude::*;
use tdm_line::hdlc::{Decoder, Encoder, Event, Limits, Rate};

/// Sends a frame as a driver does: blocks of 32 octets, the next one when the chip says XPR. Gives the slot octets.
fn transmit(transmitter: &mut Transmitter, frame: &[u8], rate: Rate) -> Vec<u8> {
    let mut blocks = frame.chunks(BLOCK).peekable();
    let mut out = Vec::new();
    let mut ready = true;
    for _ in 0..8 * frame.len() + 100 {
        if ready {
            if let Some(block) = blocks.next() {
                block.iter().for_each(|octet| transmitter.fill(*octet));
                transmitter.send(blocks.peek().is_none());
            }
        }
        out.push(transmitter.octet(rate));
        ready = transmitter.take_events() & isr::XPR != 0;
    }
    out
}

/// What a driver makes of slot octets: whole messages with their status octet last.
fn receive(receiver: &mut Receiver, octets: &[u8], rate: Rate) -> Vec<Vec<u8>> {
    let mut messages = vec![Vec::new()];
    for octet in octets {
        receiver.octet(*octet, rate);
        loop {
            let (isr0, _) = receiver.take_events();
            if isr0 == 0 {
                break;
            }
            let count = match receiver.byte_count() % 32 {
                0 => 32,
                rest => rest,
            };
            let last = messages.last_mut().unwrap();
            last.extend((0..count).map(|_| receiver.read()));
            if isr0 & isr::RME != 0 {
                messages.push(Vec::new());
            }
            receiver.release();
        }
    }
    messages.pop();
    messages
}

fn frames_of(octets: &[u8], rate: Rate) -> Vec<Vec<u8>> {
    let limits = Limits { min: 1, max: 600 };
    let mut decoder = Decoder::new(rate, limits, [0; 602]);
    let mut frames = Vec::new();
    let mut rest = octets;
    while !rest.is_empty() {
        let step = decoder.decode(rest);
        if let Some(Event::Frame(frame)) = step.event {
            frames.push(frame.to_vec());
        }
        rest = &rest[step.consumed..];
    }
    frames
}

fn with_flags(frame: &[u8], rate: Rate) -> Vec<u8> {
    let mut encoder = Encoder::new(rate);
    let mut out = vec![0; 2 * frame.len() + 20];
    let start = encoder.encode(Some(frame), &mut out).octets;
    encoder.encode(None, &mut out[start..]);
    out
}

proptest! {
    #[test]
    fn software_hdlc_understands_the_transmitter(
        frame in proptest::collection::vec(any::<u8>(), 1..300), restricted: bool,
    ) {
        let rate = if restricted { Rate::Restricted } else { Rate::Full };
        let mut transmitter = Transmitter::new();
        let octets = transmit(&mut transmitter, &frame, rate);
        prop_assert_eq!(frames_of(&octets, rate), vec![frame]);
        prop_assert_eq!(transmitter.counters().underruns, 0);
    }

    #[test]
    fn the_receiver_understands_software_hdlc(
        frame in proptest::collection::vec(any::<u8>(), 1..300), restricted: bool,
    ) {
        let rate = if restricted { Rate::Restricted } else { Rate::Full };
        let mut receiver = Receiver::new();
        let messages = receive(&mut receiver, &with_flags(&frame, rate), rate);
        prop_assert_eq!(messages.len(), 1);
        let message = &messages[0];
        // The check sequence and the status come behind the frame.
        prop_assert_eq!(message.len(), frame.len() + 3);
        prop_assert_eq!(&message[..frame.len()], &frame[..]);
        prop_assert_eq!(message.last(), Some(&0xA0));
    }

    #[test]
    fn arbitrary_octets_leave_the_fifo_bounded(octets in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let mut receiver = Receiver::new();
        for octet in octets {
            receiver.octet(octet, Rate::Full);
        }
// Two blocks at most wait for the host.
        receiver.release();
        receiver.release();
        prop_assert_eq!(receiver.byte_count(), 0);
    }
}

#[test]
fn a_late_block_is_an_underrun_and_an_abort() {
    let mut transmitter = Transmitter::new();
    (0..32).for_each(|octet| transmitter.fill(octet));
    transmitter.send(false);
    let octets: Vec<u8> = (0..60).map(|_| transmitter.octet(Rate::Full)).collect();
    assert_eq!(transmitter.counters().underruns, 1);
    assert_ne!(transmitter.take_events() & isr::XDU, 0);
    let mut receiver = Receiver::new();
    let messages = receive(&mut receiver, &octets, Rate::Full);
    assert_eq!(messages.len(), 1);
    assert_ne!(messages[0].last().unwrap() & 0x10, 0, "RAB");
}

#[test]
fn a_wrong_check_sequence_reaches_the_host_with_its_status() {
    let mut octets = with_flags(&[1, 2, 3, 4], Rate::Full);
    octets[3] ^= 0x10;
    let messages = receive(&mut Receiver::new(), &octets, Rate::Full);
    assert_eq!(messages.len(), 1);
    assert_eq!(
        messages[0].last().unwrap() & 0x20,
        0,
        "CRC16 ok must be clear"
    );
}

#[test]
fn blocks_that_nobody_takes_are_an_overflow() {
    let mut receiver = Receiver::new();
    for octet in with_flags(&[0x55; 200], Rate::Full) {
        receiver.octet(octet, Rate::Full);
    }
    assert!(receiver.counters().overflows > 0);
    let (isr0, isr1) = receiver.take_events();
    assert_eq!((isr0, isr1), (isr::RPF, isr::RDO));
    // The host is told of one block once.
    assert_eq!(receiver.take_events(), (0, 0));
}

#[test]
fn a_third_block_at_once_is_refused() {
    let mut transmitter = Transmitter::new();
    for _ in 0..3 {
        (0..33).for_each(|octet| transmitter.fill(octet));
        transmitter.send(false);
    }
    // An octet beyond each of three FIFOs, and a block.
    assert_eq!(transmitter.counters().overflows, 4);
}
