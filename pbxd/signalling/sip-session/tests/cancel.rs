// SPDX-License-Identifier: MIT OR Apache-2.0
//! Giving up, and everything it can cross.
#![allow(clippy::unwrap_used)]
mod support;

use sip_msg::Method;
use sip_msg::typed::Reason;
use sip_msg::{Header, RawHeader};
use sip_session::EndCause;
use support::*;

#[test]
fn a_ringing_call_is_cancelled() {
    let mut pair = Pair::new();
    let (a, b) = pair.call(sdp("offer"));
    pair.b.progress(pair.now, b, 180, None, &[]).unwrap();
    pair.run(ms(50));
    let why = RawHeader::known(Header::Reason, Reason::q850(16));
    pair.a.hangup(pair.now, a, &[why]).unwrap();
    pair.run(secs(1));
    assert_eq!(
        pair.flow(),
        [
            "a INVITE",
            "b 100 Trying",
            "b 180 Ringing",
            "a CANCEL",
            "b 200 OK",
            "b 487 Request Terminated",
            "a ACK"
        ]
    );
    assert!(matches!(cause(&pair.events_a, a), EndCause::Withdrawn));
    assert!(
        matches!(cause(&pair.events_b, b), EndCause::Cancelled(r) if r[0].as_q850() == Some(16))
    );
    // The 200 to the CANCEL and the 487 carry one tag.
    let tags: Vec<_> = pair
        .sent
        .iter()
        .filter(|(from, m)| *from == 'b' && m.status() >= Some(180))
        .map(|(_, m)| m.mandatory().unwrap().to.tag().unwrap().to_string())
        .collect();
    assert!(tags.iter().all(|t| *t == tags[0]));
    pair.assert_all_is_freed();
}

#[test]
fn a_cancel_waits_until_something_has_been_heard() {
    let mut pair = Pair::new();
    // The first two INVITEs are lost.
    let mut lost = 0;
    pair.drop = Some(Box::new(move |m| {
        lost += 1;
        m.method() == Some(&Method::Invite) && lost <= 2
    }));
    let from = sip_msg::typed::NameAddr::new(uri("sip:a@192.0.2.1"));
    let invite = sip_session::Invite::new(addr(A), addr(B), uri("sip:b@192.0.2.2"), from);
    let a = pair.a.invite(pair.now, invite).unwrap();
    pair.run(ms(100));
    pair.a.hangup(pair.now, a, &[]).unwrap();
    pair.a.hangup(pair.now, a, &[]).unwrap();
    pair.run(secs(3));
    assert_eq!(
        pair.flow(),
        [
            "a INVITE",
            "a INVITE",
            "a INVITE",
            "b 100 Trying",
            "a CANCEL",
            "b 200 OK",
            "b 487 Request Terminated",
            "a ACK"
        ]
    );
    assert!(matches!(cause(&pair.events_a, a), EndCause::Withdrawn));
    pair.assert_all_is_freed();
}

#[test]
fn a_cancelled_call_nobody_hears_of_ends_with_timer_b() {
    let mut pair = Pair::new();
    pair.drop = Some(Box::new(|_| true));
    let from = sip_msg::typed::NameAddr::new(uri("sip:a@192.0.2.1"));
    let invite = sip_session::Invite::new(addr(A), addr(B), uri("sip:b@192.0.2.2"), from);
    let a = pair.a.invite(pair.now, invite).unwrap();
    pair.a.hangup(pair.now, a, &[]).unwrap();
    pair.run(ms(31_999));
    assert!(ended(&pair.events_a, a).is_empty());
    pair.run(ms(2));
    assert!(matches!(cause(&pair.events_a, a), EndCause::NoResponse));
    // Timer A: 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s.
    let times: Vec<_> = pair
        .trace
        .iter()
        .map(|l| l.split(' ').next().unwrap().to_string())
        .collect();
    assert_eq!(
        times,
        ["0", "500", "1500", "3500", "7500", "15500", "31500"]
    );
    pair.drop = None;
    pair.assert_all_is_freed();
}

#[test]
fn a_cancel_that_crosses_the_answer_is_acknowledged_and_hung_up() {
    let mut pair = Pair::new();
    let (a, b) = pair.call(sdp("offer"));
    pair.b.progress(pair.now, b, 180, None, &[]).unwrap();
    pair.run(ms(50));
    pair.flow();
    pair.a.hangup(pair.now, a, &[]).unwrap();
    pair.b.answer(pair.now, b, sdp("answer"), &[]).unwrap();
    pair.run(secs(1));
    let flow = pair.flow();
    assert_eq!(flow[..2], ["a CANCEL", "b 200 OK"]);
    assert!(
        flow.contains(&"a ACK".into()) && flow.contains(&"a BYE".into()),
        "{flow:?}"
    );
    assert!(matches!(cause(&pair.events_a, a), EndCause::Withdrawn));
    assert!(matches!(
        cause(&pair.events_b, b),
        EndCause::RemoteHangup(_)
    ));
    // The owner was never told of an answer it no longer wanted.
    assert_eq!(names(&pair.events_a), ["Progress", "Ended"]);
    pair.assert_all_is_freed();
}

#[test]
fn a_cancel_for_nothing_gets_481() {
    let mut pair = Pair::new();
    let cancel = "CANCEL sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKnone\r\n\
        From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: x\r\nCSeq: 1 CANCEL\r\n\r\n";
    pair.inject('a', cancel.as_bytes());
    pair.run(ms(50));
    assert_eq!(pair.flow(), ["b 481 Call/Transaction Does Not Exist"]);
    pair.assert_all_is_freed();
}

#[test]
fn a_callee_that_never_says_487_is_given_up_after_64_t1() {
    let mut pair = Pair::new();
    let (a, b) = pair.call(sdp("offer"));
    pair.b.progress(pair.now, b, 180, None, &[]).unwrap();
    pair.run(ms(50));
    pair.drop = Some(Box::new(|m| m.status() == Some(487)));
    pair.a.hangup(pair.now, a, &[]).unwrap();
    pair.run(secs(31));
    assert!(ended(&pair.events_a, a).is_empty());
    pair.run(secs(2));
    assert!(matches!(cause(&pair.events_a, a), EndCause::NoResponse));
    assert!(matches!(cause(&pair.events_b, b), EndCause::Cancelled(_)));
    pair.assert_all_is_freed();
}

#[test]
fn bye_in_an_early_dialog_ends_the_call() {
    let mut pair = Pair::new();
    let (a, b) = pair.call(sdp("offer"));
    pair.b.progress(pair.now, b, 180, None, &[]).unwrap();
    pair.run(ms(50));
    let ringing = pair
        .sent
        .iter()
        .rev()
        .find(|(_, m)| m.status() == Some(180))
        .unwrap()
        .1
        .clone();
    let head = ringing.mandatory().unwrap();
    let bye = format!(
        "BYE sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKbye\r\nFrom: {}\r\nTo: {}\r\n\
         Call-ID: {}\r\nCSeq: {} BYE\r\n\r\n",
        head.from,
        head.to,
        head.call_id,
        head.cseq.number + 1
    );
    pair.flow();
    pair.inject('a', bye.as_bytes());
    pair.run(secs(1));
    assert_eq!(
        pair.flow(),
        ["b 200 OK", "b 487 Request Terminated", "a ACK"]
    );
    assert!(matches!(
        cause(&pair.events_b, b),
        EndCause::RemoteHangup(_)
    ));
    assert!(matches!(cause(&pair.events_a, a), EndCause::Refused(f) if f.status == 487));
    pair.assert_all_is_freed();
}
