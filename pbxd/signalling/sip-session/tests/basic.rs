// SPDX-License-Identifier: MIT OR Apache-2.0
//! Calls as RFC 3665 shows them, over a network that loses nothing.
#![allow(clippy::unwrap_used)]
mod support;

use sip_msg::typed::{NameAddr, PAssertedIdentity, Privacy, Reason};
use sip_msg::{Header, RawHeader};
use sip_session::{Config, EndCause, Error, Event, Invite};
use support::*;

#[test]
fn a_call_rings_is_answered_and_hung_up_by_the_caller() {
    let mut pair = Pair::new();
    let (a, b) = pair.call(sdp("offer"));
    pair.b.progress(pair.now, b, 180, None, &[]).unwrap();
    pair.run(secs(2));
    pair.b.answer(pair.now, b, sdp("answer"), &[]).unwrap();
    pair.run(secs(1));
    pair.a.hangup(pair.now, a, &[]).unwrap();
    pair.run(secs(1));
    assert_eq!(
        pair.flow(),
        [
            "a INVITE",
            "b 100 Trying",
            "b 180 Ringing",
            "b 200 OK",
            "a ACK",
            "a BYE",
            "b 200 OK"
        ]
    );
    assert_eq!(names(&pair.events_a), ["Progress", "Answered", "Ended"]);
    assert_eq!(names(&pair.events_b), ["Incoming", "Confirmed", "Ended"]);
    assert!(matches!(cause(&pair.events_a, a), EndCause::Hangup));
    assert!(matches!(
        cause(&pair.events_b, b),
        EndCause::RemoteHangup(_)
    ));
    match &pair.events_a[1] {
        Event::Answered {
            body,
            needs_acknowledge,
            ..
        } => {
            assert_eq!(body.as_ref().unwrap().bytes, b"answer");
            assert!(!needs_acknowledge);
        }
        other => panic!("{other:?}"),
    }
    pair.assert_all_is_freed();
}

#[test]
fn the_callee_hangs_up_with_a_reason() {
    let mut pair = Pair::new();
    let (a, b) = pair.talk();
    let why = RawHeader::known(Header::Reason, Reason::q850(16));
    pair.b.hangup(pair.now, b, &[why]).unwrap();
    pair.run(secs(1));
    match cause(&pair.events_a, a) {
        EndCause::RemoteHangup(reasons) => assert_eq!(reasons[0].as_q850(), Some(16)),
        other => panic!("{other:?}"),
    }
    assert!(matches!(cause(&pair.events_b, b), EndCause::Hangup));
    pair.assert_all_is_freed();
}

#[test]
fn call_control_sees_who_calls_whom() {
    let mut pair = Pair::new();
    let from = NameAddr::new(uri("sip:anonymous@anonymous.invalid")).with_display("Anonymous");
    let mut invite = Invite::new(addr(A), addr(B), uri("sip:+49302;npdi@192.0.2.2"), from);
    let asserted = NameAddr::new(uri("sip:+49301@example.com")).with_display("Al \"B\"");
    invite.headers = vec![
        RawHeader::known(
            Header::PAssertedIdentity,
            PAssertedIdentity(asserted.clone()),
        ),
        RawHeader::known(Header::Privacy, Privacy(vec!["id".into()])),
        RawHeader::known(Header::Diversion, "<tel:+49309>;reason=user-busy"),
    ];
    invite.offer = sdp("o");
    invite.max_forwards = 17;
    pair.a.invite(pair.now, invite).unwrap();
    pair.run(ms(20));
    let Event::Incoming { call, .. } = &pair.events_b[0] else {
        panic!()
    };
    assert_eq!(call.remote, addr(A));
    assert_eq!(call.request_uri.number().as_deref(), Some("+49302"));
    assert_eq!(call.from.display.as_deref(), Some("Anonymous"));
    assert_eq!(call.asserted, [asserted]);
    assert!(call.privacy.as_ref().unwrap().asks("id"));
    assert_eq!(call.diversion[0].uri.number().as_deref(), Some("+49309"));
    assert_eq!(call.max_forwards, Some(17));
    assert_eq!(call.offer.as_ref().unwrap().bytes, b"o");
}

#[test]
fn early_media_comes_with_183() {
    let mut pair = Pair::new();
    let (_, b) = pair.call(sdp("offer"));
    let gate = RawHeader::known(Header::PEarlyMedia, "sendrecv");
    pair.b
        .progress(pair.now, b, 183, sdp("early"), &[gate])
        .unwrap();
    pair.run(ms(50));
    let Event::Progress { progress, .. } = &pair.events_a[0] else {
        panic!()
    };
    assert_eq!(progress.status, 183);
    assert_eq!(progress.body.as_ref().unwrap().bytes, b"early");
    assert_eq!(progress.early_media.as_deref(), Some("sendrecv"));
    assert!(progress.branch.is_some());
}

#[test]
fn a_busy_callee_refuses_with_its_cause() {
    let mut pair = Pair::new();
    let (a, b) = pair.call(sdp("offer"));
    let why = RawHeader::known(Header::Reason, Reason::q850(17));
    pair.b.reject(pair.now, b, 486, &[why]).unwrap();
    pair.run(secs(1));
    assert_eq!(
        pair.flow(),
        ["a INVITE", "b 100 Trying", "b 486 Busy Here", "a ACK"]
    );
    match cause(&pair.events_a, a) {
        EndCause::Refused(failure) => {
            assert_eq!(failure.status, 486);
            assert_eq!(failure.reasons[0].as_q850(), Some(17));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(cause(&pair.events_b, b), EndCause::Rejected(486)));
    pair.assert_all_is_freed();
}

#[test]
fn a_redirection_names_its_contacts_and_a_503_its_retry_after() {
    let mut pair = Pair::new();
    let (a, b) = pair.call(None);
    let later = RawHeader::known(Header::RetryAfter, "7 (maintenance)");
    pair.b.reject(pair.now, b, 302, &[later]).unwrap();
    pair.run(secs(1));
    let EndCause::Refused(failure) = cause(&pair.events_a, a) else {
        panic!()
    };
    assert_eq!((failure.status, failure.retry_after), (302, Some(7)));
}

#[test]
fn delayed_offer_answers_in_the_ack() {
    let mut pair = Pair::new();
    let (a, b) = pair.call(None);
    pair.b.answer(pair.now, b, sdp("b offers"), &[]).unwrap();
    pair.run(ms(100));
    match pair.events_a.last().unwrap() {
        Event::Answered {
            body,
            needs_acknowledge,
            ..
        } => {
            assert_eq!(body.as_ref().unwrap().bytes, b"b offers");
            assert!(needs_acknowledge);
        }
        other => panic!("{other:?}"),
    }
    // The owner takes its time; the 200 is repeated meanwhile and does no harm.
    pair.run(secs(2));
    assert_eq!(names(&pair.events_a), ["Answered"]);
    pair.a.acknowledge(pair.now, a, sdp("a answers")).unwrap();
    assert_eq!(
        pair.a.acknowledge(pair.now, a, None),
        Err(Error::State("no ACK is owed"))
    );
    pair.run(secs(1));
    match pair.events_b.last().unwrap() {
        Event::Confirmed { session, body } => {
            assert_eq!(*session, b);
            assert_eq!(body.as_ref().unwrap().bytes, b"a answers");
        }
        other => panic!("{other:?}"),
    }
    pair.a.hangup(pair.now, a, &[]).unwrap();
    pair.assert_all_is_freed();
}

#[test]
fn hanging_up_before_the_answer_is_given_still_acknowledges() {
    let mut pair = Pair::new();
    let (a, b) = pair.call(None);
    pair.b.answer(pair.now, b, sdp("b offers"), &[]).unwrap();
    pair.run(ms(100));
    pair.a.hangup(pair.now, a, &[]).unwrap();
    pair.run(ms(100));
    let flow = pair.flow();
    assert_eq!(flow[flow.len() - 3..], ["a ACK", "a BYE", "b 200 OK"]);
    pair.assert_all_is_freed();
}

#[test]
fn while_it_rings_the_response_is_repeated_every_minute() {
    let mut pair = Pair::new();
    let (a, b) = pair.call(sdp("offer"));
    pair.b.progress(pair.now, b, 180, None, &[]).unwrap();
    pair.run(secs(150));
    let rings = pair.flow().iter().filter(|l| *l == "b 180 Ringing").count();
    assert_eq!(rings, 3);
    assert!(ended(&pair.events_a, a).is_empty());
}

#[test]
fn an_invite_expires_when_it_says_so() {
    let mut pair = Pair::new();
    let from = NameAddr::new(uri("sip:a@192.0.2.1"));
    let mut invite = Invite::new(addr(A), addr(B), uri("sip:b@192.0.2.2"), from);
    invite.headers = vec![RawHeader::known(Header::Expires, 20)];
    let a = pair.a.invite(pair.now, invite).unwrap();
    pair.run(secs(30));
    let b = pair.incoming();
    assert!(matches!(cause(&pair.events_b, b), EndCause::Expired));
    assert!(matches!(cause(&pair.events_a, a), EndCause::Refused(f) if f.status == 487));
}

#[test]
fn options_shows_that_a_peer_is_there() {
    let mut pair = Pair::new();
    let ping = sip_session::OptionsPing {
        local: addr(A),
        destination: addr(B),
        uri: uri("sip:192.0.2.2"),
        from: NameAddr::new(uri("sip:192.0.2.1")),
    };
    let id = pair.a.options(pair.now, ping.clone()).unwrap();
    pair.run(secs(1));
    let Event::Response {
        request,
        response: Some(response),
        elapsed,
    } = &pair.events_a[0]
    else {
        panic!()
    };
    assert_eq!((*request, *elapsed), (id, ms(10)));
    assert_eq!(response.status(), Some(200));
    assert_eq!(
        response.text(Header::Allow).as_deref(),
        Some("INVITE, ACK, CANCEL, BYE, OPTIONS")
    );
    assert_eq!(
        response.text(Header::Accept).as_deref(),
        Some("application/sdp")
    );
    assert_eq!(response.text(Header::Supported).as_deref(), Some(""));
    // A draining peer says so, a dead one nothing.
    pair.b.set_accepting(false);
    pair.a.options(pair.now, ping.clone()).unwrap();
    pair.run(secs(1));
    assert!(
        matches!(&pair.events_a[1], Event::Response { response: Some(r), .. } if r.status() == Some(503))
    );
    pair.drop = Some(Box::new(|_| true));
    pair.a.options(pair.now, ping).unwrap();
    pair.run(secs(40));
    assert!(matches!(
        &pair.events_a[2],
        Event::Response { response: None, .. }
    ));
    pair.drop = None;
    pair.assert_all_is_freed();
}

#[test]
fn calls_beyond_the_bound_get_503() {
    let mut config = Config::default();
    config.bounds.sessions = 1;
    let mut pair = Pair::with(config, Network::default(), 1);
    pair.call(sdp("1"));
    let from = NameAddr::new(uri("sip:x@192.0.2.1"));
    let invite = Invite::new(addr(A), addr(B), uri("sip:b@192.0.2.2"), from);
    assert_eq!(
        pair.a.invite(pair.now, invite),
        Err(Error::Full("sessions"))
    );
    let other = "INVITE sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKz\r\n\
        From: <sip:c@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: other\r\nCSeq: 1 INVITE\r\nContact: <sip:c@192.0.2.1>\r\n\r\n";
    pair.flow();
    pair.inject('a', other.as_bytes());
    pair.run(ms(20));
    let refusal = &pair.sent.last().unwrap().1;
    assert_eq!(refusal.status(), Some(503));
    assert_eq!(refusal.text(Header::RetryAfter).as_deref(), Some("5"));
    assert_eq!(pair.b.counters().refused_calls, 1);
}

#[test]
fn the_endpoints_own_headers_are_not_the_owners_to_write() {
    let mut pair = Pair::new();
    let (_, b) = pair.call(None);
    let via = RawHeader::new("v", "SIP/2.0/UDP evil").unwrap();
    assert_eq!(
        pair.b.progress(pair.now, b, 180, None, &[via]),
        Err(Error::Header("v".into()))
    );
    assert_eq!(
        pair.b.progress(pair.now, b, 200, None, &[]),
        Err(Error::Status(200))
    );
    assert_eq!(
        pair.b.reject(pair.now, b, 200, &[]),
        Err(Error::Status(200))
    );
}
