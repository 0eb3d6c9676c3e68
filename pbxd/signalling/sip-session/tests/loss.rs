// SPDX-License-Identifier: MIT OR Apache-2.0
//! Networks that lose, repeat, delay and reorder.
#![allow(clippy::unwrap_used)]
mod support;

use sip_msg::Method;
use sip_session::{Config, EndCause, Event};
use support::*;

#[test]
fn a_lost_ack_makes_the_200_come_again_and_again() {
    let mut pair = Pair::new();
    let mut acks = 0;
    pair.drop = Some(Box::new(move |m| {
        acks += usize::from(m.method() == Some(&Method::Ack));
        m.method() == Some(&Method::Ack) && acks <= 2
    }));
    let (a, b) = pair.call(sdp("o"));
    pair.b.answer(pair.now, b, sdp("x"), &[]).unwrap();
    pair.run(secs(10));
    assert_eq!(
        pair.flow(),
        [
            "a INVITE",
            "b 100 Trying",
            "b 200 OK",
            "a ACK",
            "b 200 OK",
            "a ACK",
            "b 200 OK",
            "a ACK"
        ]
    );
    assert_eq!(names(&pair.events_a), ["Answered"]);
    assert_eq!(names(&pair.events_b), ["Incoming", "Confirmed"]);
    pair.a.hangup(pair.now, a, &[]).unwrap();
    pair.assert_all_is_freed();
}

#[test]
fn a_200_that_is_never_acknowledged_is_repeated_for_32_s_and_hung_up() {
    let mut pair = Pair::new();
    pair.drop = Some(Box::new(|m| m.method() == Some(&Method::Ack)));
    let (a, b) = pair.call(sdp("o"));
    let answered = pair.now;
    pair.b.answer(pair.now, b, sdp("x"), &[]).unwrap();
    pair.run(secs(40));
    assert!(matches!(cause(&pair.events_b, b), EndCause::NoAck));
    assert!(matches!(
        cause(&pair.events_a, a),
        EndCause::RemoteHangup(_)
    ));
    let oks: Vec<_> = pair
        .trace
        .iter()
        .filter(|l| l.ends_with("b 200 OK"))
        .map(|l| l.split(' ').next().unwrap().parse::<u64>().unwrap() - answered.as_millis() as u64)
        .collect();
    assert_eq!(
        oks,
        [
            0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500
        ]
    );
    assert!(pair.trace.iter().any(|l| l.ends_with("b BYE")));
    pair.assert_all_is_freed();
}

#[test]
fn the_callee_does_not_hang_up_before_it_has_the_ack() {
    let mut pair = Pair::new();
    let mut acks = 0;
    pair.drop = Some(Box::new(move |m| {
        acks += usize::from(m.method() == Some(&Method::Ack));
        m.method() == Some(&Method::Ack) && acks <= 1
    }));
    let (_, b) = pair.call(sdp("o"));
    pair.b.answer(pair.now, b, sdp("x"), &[]).unwrap();
    pair.b.hangup(pair.now, b, &[]).unwrap();
    pair.run(secs(10));
    assert_eq!(
        pair.flow()[2..],
        [
            "b 200 OK", "a ACK", "b 200 OK", "a ACK", "b BYE", "a 200 OK"
        ]
    );
    assert!(matches!(cause(&pair.events_b, b), EndCause::Hangup));
    pair.assert_all_is_freed();
}

#[test]
fn a_lost_refusal_is_repeated_until_its_ack_comes() {
    let mut pair = Pair::new();
    let mut busy = 0;
    pair.drop = Some(Box::new(move |m| {
        busy += usize::from(m.status() == Some(486));
        m.status() == Some(486) && busy <= 3
    }));
    let (a, b) = pair.call(sdp("o"));
    pair.b.reject(pair.now, b, 486, &[]).unwrap();
    pair.run(secs(10));
    assert_eq!(
        pair.flow()
            .iter()
            .filter(|l| *l == "b 486 Busy Here")
            .count(),
        4
    );
    assert!(matches!(cause(&pair.events_a, a), EndCause::Refused(_)));
    pair.assert_all_is_freed();
}

#[test]
fn a_bye_that_nobody_answers_ends_the_session_all_the_same() {
    let mut pair = Pair::new();
    let (a, b) = pair.talk();
    pair.drop = Some(Box::new(|m| m.method() == Some(&Method::Bye)));
    pair.trace.clear();
    pair.a.hangup(pair.now, a, &[]).unwrap();
    pair.run(secs(33));
    assert!(matches!(cause(&pair.events_a, a), EndCause::Hangup));
    // Timer E: 0.5, 1, 2, 4, 4, … within 32 s.
    assert_eq!(pair.trace.len(), 11);
    assert!(
        ended(&pair.events_b, b).is_empty(),
        "without session timers nothing tells b"
    );
    pair.drop = None;
    pair.b.hangup(pair.now, b, &[]).unwrap();
    pair.assert_all_is_freed();
}

#[test]
fn both_hang_up_at_once() {
    let mut pair = Pair::new();
    let (a, b) = pair.talk();
    pair.flow();
    pair.a.hangup(pair.now, a, &[]).unwrap();
    pair.b.hangup(pair.now, b, &[]).unwrap();
    pair.run(secs(1));
    assert_eq!(pair.flow(), ["a BYE", "b BYE", "b 200 OK", "a 200 OK"]);
    assert!(matches!(cause(&pair.events_a, a), EndCause::Hangup));
    assert!(matches!(cause(&pair.events_b, b), EndCause::Hangup));
    pair.assert_all_is_freed();
}

#[test]
fn a_storm_of_repeated_requests_is_absorbed() {
    let mut pair = Pair::new();
    let (_, b) = pair.call(sdp("o"));
    let invite = pair.sent[0].1.as_bytes().to_vec();
    for _ in 0..1_000 {
        pair.inject('a', &invite);
    }
    pair.run(ms(50));
    assert_eq!(pair.b.counters().absorbed, 1_000);
    assert_eq!(names(&pair.events_b), ["Incoming"]);
    pair.b.answer(pair.now, b, sdp("x"), &[]).unwrap();
    pair.run(ms(50));
    pair.flow();
    // The 2xx belongs to the user: repeated INVITEs are swallowed.
    for _ in 0..1_000 {
        pair.inject('a', &invite);
    }
    pair.run(ms(50));
    assert!(pair.flow().is_empty());
}

#[test]
fn every_call_comes_to_its_end_whatever_the_network_does() {
    let mut answered = 0;
    for seed in 0..120 {
        let network = Network {
            loss: seed % 4 * 12,
            twice: seed % 3 * 15,
            jitter: seed % 5 * 400,
        };
        let mut pair = Pair::with(Config::default(), network, seed);
        let mut dice = Dice::new(seed + 1_000);
        let from = sip_msg::typed::NameAddr::new(uri("sip:a@192.0.2.1"));
        let mut invite = sip_session::Invite::new(addr(A), addr(B), uri("sip:b@192.0.2.2"), from);
        invite.offer = (dice.below(3) > 0).then(|| sip_msg::Body::sdp("o"));
        let a = pair.a.invite(pair.now, invite).unwrap();
        let (mut seen_a, mut seen_b) = (0, 0);
        for _ in 0..60 {
            pair.run(ms(200 + dice.below(2_000)));
            let (now, choice) = (pair.now, dice.below(10));
            // Each side does what its events ask for, and sometimes something of its own.
            while let Some(event) = pair.events_a.get(seen_a).cloned() {
                seen_a += 1;
                match event {
                    Event::Answered {
                        needs_acknowledge: true,
                        ..
                    }
                    | Event::OfferAnswered {
                        needs_acknowledge: true,
                        ..
                    } => {
                        let _ = pair.a.acknowledge(now, a, sdp("late answer"));
                    }
                    Event::Reoffer { .. } => {
                        let _ = pair.a.accept_offer(now, a, sdp("x"), &[]);
                    }
                    _ => {}
                }
            }
            while let Some(event) = pair.events_b.get(seen_b).cloned() {
                seen_b += 1;
                match event {
                    Event::Incoming { session, .. } => {
                        let _ = pair.b.progress(now, session, 183, sdp("early"), &[]);
                    }
                    Event::Reoffer { session, .. } if choice < 5 => {
                        let _ = pair.b.reject_offer(now, session, 488, &[]);
                    }
                    Event::Reoffer { session, .. } => {
                        let _ = pair.b.accept_offer(now, session, sdp("x"), &[]);
                    }
                    _ => {}
                }
            }
            let b = pair.b.sessions().next();
            match (choice, b) {
                (0..=3, Some(b)) => drop(pair.b.answer(now, b, sdp("answer"), &[])),
                (4, Some(b)) => drop(pair.b.reinvite(now, b, sdp("b"), &[])),
                (5 | 6, _) => drop(pair.a.reinvite(now, a, sdp("a"), &[])),
                (7, Some(b)) if dice.below(8) == 0 => drop(pair.b.hangup(now, b, &[])),
                (8, _) if dice.below(8) == 0 => drop(pair.a.hangup(now, a, &[])),
                _ => {}
            }
        }
        let _ = pair.a.hangup(pair.now, a, &[]);
        // An INVITE may arrive late, and its CANCEL never: then the owner gives up.
        for _ in 0..3 {
            for b in pair.b.sessions().collect::<Vec<_>>() {
                let _ = pair.b.hangup(pair.now, b, &[]);
            }
            pair.run(secs(70));
        }
        pair.assert_all_is_freed();
        assert_eq!(ended(&pair.events_a, a).len(), 1, "seed {seed}");
        let begun = pair
            .events_b
            .iter()
            .filter(|e| matches!(e, Event::Incoming { .. }))
            .count();
        let over = pair
            .events_b
            .iter()
            .filter(|e| matches!(e, Event::Ended { .. }))
            .count();
        assert_eq!(begun, over, "seed {seed}");
        answered += usize::from(
            pair.events_a
                .iter()
                .any(|e| matches!(e, Event::Answered { .. })),
        );
    }
    assert!(answered > 60, "only {answered} calls were answered");
}
