// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sessions changed while they last: re-INVITE both ways, refused, crossing, cancelled.
#![allow(clippy::unwrap_used)]
mod support;

use sip_session::{EndCause, Error, Event};
use support::*;

#[test]
fn a_change_is_offered_and_answered() {
    let mut pair = Pair::new();
    let (a, b) = pair.talk();
    pair.flow();
    pair.a.reinvite(pair.now, a, sdp("hold"), &[]).unwrap();
    assert_eq!(
        pair.a.reinvite(pair.now, a, sdp("x"), &[]),
        Err(Error::State("a change is under way"))
    );
    pair.run(ms(20));
    let Some(Event::Reoffer { session, body }) = pair.events_b.last() else {
        panic!()
    };
    assert_eq!(
        (*session, &body.as_ref().unwrap().bytes[..]),
        (b, &b"hold"[..])
    );
    pair.b.accept_offer(pair.now, b, sdp("held"), &[]).unwrap();
    pair.run(ms(50));
    assert_eq!(
        pair.flow(),
        ["a INVITE", "b 100 Trying", "b 200 OK", "a ACK"]
    );
    assert!(
        matches!(pair.events_a.last(), Some(Event::OfferAnswered { body: Some(b), .. }) if b.bytes == b"held")
    );
    assert!(matches!(
        pair.events_b.last(),
        Some(Event::Confirmed { .. })
    ));
    // And the other way round.
    pair.b.reinvite(pair.now, b, None, &[]).unwrap();
    pair.run(ms(20));
    pair.a
        .accept_offer(pair.now, a, sdp("a offers"), &[])
        .unwrap();
    pair.run(ms(20));
    assert!(matches!(
        pair.events_b.last(),
        Some(Event::OfferAnswered {
            needs_acknowledge: true,
            ..
        })
    ));
    pair.b.acknowledge(pair.now, b, sdp("b answers")).unwrap();
    pair.run(ms(20));
    assert!(
        matches!(pair.events_a.last(), Some(Event::Confirmed { body: Some(b), .. }) if b.bytes == b"b answers")
    );
    pair.a.hangup(pair.now, a, &[]).unwrap();
    pair.assert_all_is_freed();
}

#[test]
fn a_refused_change_leaves_the_session_as_it_was() {
    let mut pair = Pair::new();
    let (a, b) = pair.talk();
    pair.a.reinvite(pair.now, a, sdp("t38"), &[]).unwrap();
    pair.run(ms(20));
    pair.b.reject_offer(pair.now, b, 488, &[]).unwrap();
    pair.run(secs(1));
    assert!(matches!(
        pair.events_a.last(),
        Some(Event::OfferRejected { status: 488, .. })
    ));
    assert!(ended(&pair.events_a, a).is_empty());
    pair.a.reinvite(pair.now, a, sdp("pcma"), &[]).unwrap();
    pair.b.hangup(pair.now, b, &[]).unwrap();
    pair.assert_all_is_freed();
    assert_eq!(ended(&pair.events_a, a).len(), 1);
}

#[test]
fn changes_that_cross_are_refused_with_491_and_repeated_one_after_the_other() {
    for seed in 1..20 {
        let mut pair = Pair::with(Default::default(), Network::default(), seed);
        let (a, b) = pair.talk();
        pair.flow();
        pair.a.reinvite(pair.now, a, sdp("from a"), &[]).unwrap();
        pair.b.reinvite(pair.now, b, sdp("from b"), &[]).unwrap();
        let start = pair.now;
        let mut answered = (false, false);
        for _ in 0..900 {
            pair.run(ms(10));
            if let Some(Event::Reoffer { .. }) = pair.events_b.last() {
                assert!(
                    pair.now - start >= ms(2_100),
                    "the owner of the Call-ID waits 2.1 s"
                );
                if pair.b.accept_offer(pair.now, b, sdp("b ok"), &[]).is_ok() {
                    answered.1 = true;
                }
            }
            if let Some(Event::Reoffer { .. }) = pair.events_a.last() {
                if pair.a.accept_offer(pair.now, a, sdp("a ok"), &[]).is_ok() {
                    answered.0 = true;
                }
            }
        }
        assert_eq!(answered, (true, true), "seed {seed}");
        let flow = pair.flow();
        assert_eq!(flow[..2], ["a INVITE", "b INVITE"]);
        assert!(
            flow.contains(&"a 491 Request Pending".into())
                && flow.contains(&"b 491 Request Pending".into())
        );
        let done = |events: &[Event]| {
            events
                .iter()
                .any(|e| matches!(e, Event::OfferAnswered { .. }))
        };
        assert!(done(&pair.events_a) && done(&pair.events_b), "seed {seed}");
        pair.a.hangup(pair.now, a, &[]).unwrap();
        pair.assert_all_is_freed();
    }
}

#[test]
fn glare_without_end_is_reported() {
    let mut pair = Pair::new();
    let (a, b) = pair.talk();
    pair.a.reinvite(pair.now, a, sdp("x"), &[]).unwrap();
    for _ in 0..40 {
        pair.run(ms(500));
        let _ = pair.b.reject_offer(pair.now, b, 491, &[]);
    }
    assert!(matches!(
        pair.events_a.last(),
        Some(Event::OfferRejected { status: 491, .. })
    ));
    let attempts = pair
        .events_b
        .iter()
        .filter(|e| matches!(e, Event::Reoffer { .. }))
        .count();
    assert_eq!(attempts, 4);
}

#[test]
fn an_offer_can_be_hung_up_on_both_sides() {
    for caller in [true, false] {
        let mut pair = Pair::new();
        let (a, b) = pair.talk();
        pair.a.reinvite(pair.now, a, sdp("x"), &[]).unwrap();
        pair.run(ms(20));
        pair.flow();
        if caller {
            pair.a.hangup(pair.now, a, &[]).unwrap();
        } else {
            pair.b.hangup(pair.now, b, &[]).unwrap();
        }
        pair.run(secs(1));
        assert_eq!(
            pair.b.accept_offer(pair.now, b, sdp("late"), &[]),
            Err(Error::NoSession)
        );
        // The INVITE still gets its final response.
        assert!(pair.flow().contains(&"b 487 Request Terminated".into()));
        pair.assert_all_is_freed();
        assert_eq!(
            (
                ended(&pair.events_a, a).len(),
                ended(&pair.events_b, b).len()
            ),
            (1, 1)
        );
    }
}

#[test]
fn a_change_that_nobody_answers_ends_the_session() {
    let mut pair = Pair::new();
    let (a, b) = pair.talk();
    pair.drop = Some(Box::new(|m| m.is_request()));
    pair.a.reinvite(pair.now, a, sdp("x"), &[]).unwrap();
    pair.run(secs(33));
    pair.drop = None;
    pair.run(secs(33));
    assert!(matches!(cause(&pair.events_a, a), EndCause::Lost(408)));
    assert!(matches!(
        cause(&pair.events_b, b),
        EndCause::RemoteHangup(_)
    ));
    pair.assert_all_is_freed();
}

#[test]
fn a_peer_that_forgot_the_dialog_ends_the_session() {
    let mut pair = Pair::new();
    let (a, _) = pair.talk();
    pair.b = sip_session::Endpoint::new(Default::default(), [9; 32]);
    pair.a.reinvite(pair.now, a, sdp("x"), &[]).unwrap();
    pair.run(secs(2));
    assert!(matches!(cause(&pair.events_a, a), EndCause::Lost(481)));
    pair.assert_all_is_freed();
}
