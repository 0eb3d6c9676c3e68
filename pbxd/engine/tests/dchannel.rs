// SPDX-License-Identifier: MIT OR Apache-2.0
//! Data channels over a cabled pair of spans, tick by tick.
#![allow(clippy::unwrap_used)]

mod common;

use common::card::{Card, DEPTH, TICK};
use media_engine::dchannel::{DChannel, Refused, Settings};
use proptest::prelude::*;
use tdm::Slot;

fn slot() -> Slot {
    Slot::new(16).unwrap()
}

fn pair(settings: Settings) -> (Card, DChannel, DChannel) {
    let card = Card::cable();
    let open = |index| DChannel::open(&card.span(index), slot(), "test", settings).unwrap();
    let (a, b) = (open(0), open(1));
    (card, a, b)
}

/// Polls and gives what arrived.
fn poll(channel: &mut DChannel) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    channel.poll(|arrived| frames.push(arrived.octets.to_vec()));
    frames
}

fn frame(seed: u8, octets: usize) -> Vec<u8> {
    (0..octets)
        .map(|n| seed.wrapping_mul(31).wrapping_add((n * n) as u8))
        .collect()
}

#[test]
fn frames_cross_both_ways_in_order() {
    let (mut card, mut a, mut b) = pair(Settings::LAPD);
    let (mut at_a, mut at_b) = (Vec::new(), Vec::new());
    let (mut sent_a, mut sent_b) = (Vec::new(), Vec::new());
    for round in 0..200u32 {
        if round < 150 && round % 3 == 0 {
            let one = frame(round as u8, 3 + (round as usize * 7) % 262);
            a.send(&one).unwrap();
            sent_a.push(one);
        }
        if round < 150 && round % 7 == 0 {
            for n in 0..3 {
                let one = frame((round + n) as u8, 4 + n as usize);
                b.send(&one).unwrap();
                sent_b.push(one);
            }
        }
        card.ticks(10);
        at_a.extend(poll(&mut a));
        at_b.extend(poll(&mut b));
    }
    card.ticks(2000);
    for _ in 0..200 {
        card.ticks(10);
        at_a.extend(poll(&mut a));
        at_b.extend(poll(&mut b));
    }
    // The pause of two seconds was longer than the horizon and than the ring: nothing may be lost but flags.
    assert_eq!(at_b, sent_a);
    assert_eq!(at_a, sent_b);
    assert_eq!(a.counters().hdlc.errors(), 0, "{:?}", a.counters());
    assert_eq!(a.counters().send.frames, sent_a.len() as u64);
    assert!(a.counters().receive.losses > 0, "the pause must be seen");
    assert_eq!(a.queued(), 0);
}

#[test]
fn a_frame_overtakes_the_flags_that_wait_in_the_ring() {
    let (mut card, mut a, mut b) = pair(Settings::LAPD);
    card.ticks(10);
    poll(&mut a);
    poll(&mut b);
    card.ticks(5);
    let sent = [0x02, 0x01, 0x7f];
    a.send(&sent).unwrap();
    let at = card.positions(0).rx_frame;
    let mut arrived = None;
    for _ in 0..20 {
        card.tick();
        b.poll(|one| arrived = arrived.or(Some((one.frame, one.octets == sent))));
    }
    let (frame, same) = arrived.expect("the frame must arrive long before the horizon of 100 ms");
    assert!(same);
    // Depth, lead, margin, row; then a flag, three octets, the check sequence and the closing flag with a bit of stuffing.
    let delay = frame - at;
    assert!(delay <= DEPTH + 8 + 8 + TICK + 8, "{delay} frames");
    assert_eq!(a.counters().send.rewound, 1);
    assert_eq!(a.counters().send.realigned, 0);
}

#[test]
fn a_stalled_sender_begins_again_and_sends_the_cut_frame_whole() {
    let mut settings = Settings::LAPD;
    settings.horizon = 80;
    let (mut card, mut a, mut b) = pair(settings);
    card.ticks(2);
    poll(&mut a);
    poll(&mut b);
    card.ticks(1000); // The line has been on idle code for long.
    let frames: Vec<_> = (0..30).map(|n| frame(n, 260)).collect();
    for one in &frames {
        a.send(one).unwrap();
    }
    // 30 frames of 260 octets do not fit the ring: one is cut in the middle by a stall.
    card.ticks(700);
    let mut at_b = poll(&mut b);
    for _ in 0..400 {
        poll(&mut a);
        card.ticks(10);
        at_b.extend(poll(&mut b));
    }
    let counters = a.counters().send;
    assert_eq!(counters.frames, 30);
    assert!(counters.realigned >= 2, "{counters:?}");
    assert_eq!(counters.resent, 1, "{counters:?}");
    // What b overslept is lost; what it got is in order, and the frame that was cut is among it.
    let first = frames.len() - at_b.len();
    assert!(at_b.len() > 14, "{}", at_b.len());
    assert_eq!(at_b, frames[first..]);
}

#[test]
fn bounds_are_kept() {
    let mut settings = Settings::LAPD;
    settings.queue = 2;
    let (_card, mut a, _b) = pair(settings);
    assert!(matches!(
        a.send(&[0, 1]),
        Err(Refused::Length { octets: 2, .. })
    ));
    assert!(matches!(
        a.send(&[0; 265]),
        Err(Refused::Length { octets: 265, .. })
    ));
    let mut taken = 0;
    let refused = loop {
        match a.send(&frame(taken, 264)) {
            Ok(()) => taken += 1,
            Err(refused) => break refused,
        }
        assert!(taken < 100, "the ring is no queue without a bound");
    };
    assert_eq!(refused, Refused::Full { bound: 2 });
    assert_eq!(a.counters().send.refused, 1);
    a.discard();
    assert_eq!(a.queued(), 0);
    assert_eq!(a.counters().send.discarded, 2);
}

#[test]
fn a_new_epoch_is_survived() {
    let (mut card, mut a, mut b) = pair(Settings::LAPD);
    card.ticks(10);
    poll(&mut a);
    poll(&mut b);
    card.restart(400);
    let mut at_b = Vec::new();
    for n in 0..20 {
        a.send(&frame(n, 20)).unwrap();
        card.ticks(10);
        poll(&mut a);
        at_b.extend(poll(&mut b));
    }
    card.ticks(20);
    at_b.extend(poll(&mut b));
    assert_eq!(at_b.len(), 20);
    assert_eq!(b.counters().receive.epochs, 1);
    assert_eq!(a.counters().send.realigned, 1);
}

#[test]
fn the_slot_is_free_again() {
    let (card, a, b) = pair(Settings::LAPD);
    assert!(card.claimed(0, slot()) && card.claimed(1, slot()));
    assert!(
        card.span(0)
            .claim(tdm::SlotSet::of(slot()), "other")
            .is_err()
    );
    drop((a, b));
    assert!(!card.claimed(0, slot()) && !card.claimed(1, slot()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Whatever the visits' pace below the horizon, frames arrive whole, in order, and without any line error.
    #[test]
    fn any_pace(steps in prop::collection::vec((1u64..90, 0usize..3, 3usize..265), 1..60)) {
        let (mut card, mut a, mut b) = pair(Settings::LAPD);
        poll(&mut a);
        let (mut sent, mut got) = (Vec::new(), Vec::new());
        for (ticks, count, octets) in steps {
            for _ in 0..count {
                let one = frame(sent.len() as u8, octets);
                if a.send(&one).is_ok() {
                    sent.push(one);
                }
            }
            card.ticks(ticks);
            poll(&mut a);
            got.extend(poll(&mut b));
        }
        for _ in 0..120 {
            card.ticks(50);
            poll(&mut a);
            got.extend(poll(&mut b));
        }
        prop_assert_eq!(got, sent);
        prop_assert_eq!(b.counters().hdlc.errors(), 0);
        prop_assert_eq!(a.counters().send.realigned, 0);
        prop_assert_eq!(a.counters().send.resent, 0);
    }
}
