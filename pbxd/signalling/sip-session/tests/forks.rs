// SPDX-License-Identifier: MIT OR Apache-2.0
//! An INVITE that a proxy sent to several telephones: early dialogs, and more than one
//! answer.
#![allow(clippy::unwrap_used)]
mod support;

use sip_msg::typed::{NameAddr, Route, Via};
use sip_msg::{Builder, Header, Limits, Message, Method};
use sip_session::{Config, EndCause, Endpoint, Event, Invite, Output, SessionId};
use support::*;

struct Caller {
    endpoint: Endpoint,
    invite: Message,
    session: SessionId,
    events: Vec<Event>,
    sent: Vec<(String, Message)>,
}

impl Caller {
    fn new() -> Self {
        let mut endpoint = Endpoint::new(Config::default(), [5; 32]);
        let from = NameAddr::new(uri("sip:a@192.0.2.1"));
        let mut invite = Invite::new(addr(A), addr(B), uri("sip:group@192.0.2.2"), from);
        invite.offer = sdp("offer");
        let session = endpoint.invite(secs(0), invite).unwrap();
        let Some(Output::Transmit(t)) = endpoint.poll_output() else {
            panic!()
        };
        let invite = Message::from_datagram(&t.bytes, &Limits::default()).unwrap();
        Self {
            endpoint,
            invite,
            session,
            events: Vec::new(),
            sent: Vec::new(),
        }
    }

    /// A response of the telephone `tag`.
    fn hear(&mut self, code: u16, tag: &str, extra: &[(Header, &str)]) {
        let via = self.invite.get::<Via>().unwrap().unwrap();
        let mut out = Builder::reply(&self.invite, code, &via, Some(tag))
            .header(Header::Contact, format!("<sip:{tag}@203.0.113.5:5070>"));
        for (header, value) in extra {
            out = out.header(*header, value);
        }
        let bytes = out.body(sdp(tag)).build().into_bytes();
        self.endpoint
            .input_datagram(ms(100), addr(B), addr(A), &bytes);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Transmit(t) => self.sent.push((
                    t.destination.to_string(),
                    Message::from_datagram(&t.bytes, &Limits::default()).unwrap(),
                )),
                Output::Event(e) => self.events.push(e),
            }
        }
    }
}

#[test]
fn every_branch_rings_in_its_own_early_dialog() {
    let mut caller = Caller::new();
    caller.hear(180, "t1", &[]);
    caller.hear(183, "t2", &[]);
    caller.hear(183, "t1", &[]);
    let branches: Vec<_> = caller
        .events
        .iter()
        .map(|e| match e {
            Event::Progress { progress, .. } => (progress.status, progress.branch.clone().unwrap()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        branches,
        [(180, "t1".into()), (183, "t2".into()), (183, "t1".into())]
    );
    for n in 0..100 {
        caller.hear(183, &format!("flood{n}"), &[]);
    }
    assert_eq!(caller.endpoint.counters().forks_ignored, 86);
}

#[test]
fn the_first_answer_wins_and_the_others_are_acknowledged_and_hung_up() {
    let mut caller = Caller::new();
    caller.hear(180, "t1", &[]);
    caller.hear(200, "t2", &[]);
    assert!(
        matches!(caller.events.last(), Some(Event::Answered { body: Some(b), .. }) if b.bytes == b"t2")
    );
    caller.sent.clear();
    caller.hear(200, "t1", &[]);
    let methods: Vec<_> = caller
        .sent
        .iter()
        .map(|(_, m)| m.method().unwrap().clone())
        .collect();
    assert_eq!(methods, [Method::Ack, Method::Bye]);
    for (to, message) in &caller.sent {
        assert_eq!(to, "203.0.113.5:5070");
        assert_eq!(message.request_uri_text(), Some("sip:t1@203.0.113.5:5070"));
        assert_eq!(message.mandatory().unwrap().to.tag(), Some("t1"));
    }
    let (ack, bye) = (
        caller.sent[0].1.mandatory().unwrap(),
        caller.sent[1].1.mandatory().unwrap(),
    );
    assert_eq!(ack.cseq.number + 1, bye.cseq.number);
    // When either comes again, its ACK is repeated, and nothing else happens.
    caller.sent.clear();
    caller.hear(200, "t1", &[]);
    caller.hear(200, "t2", &[]);
    let tags: Vec<_> = caller
        .sent
        .iter()
        .map(|(_, m)| m.mandatory().unwrap().to.tag().unwrap().to_string())
        .collect();
    assert_eq!(tags, ["t1", "t2"]);
    assert!(
        caller
            .sent
            .iter()
            .all(|(_, m)| m.method() == Some(&Method::Ack))
    );
    let mut now = secs(1);
    caller.endpoint.hangup(now, caller.session, &[]).unwrap();
    while let Some(at) = caller.endpoint.poll_timeout() {
        now = at;
        caller.endpoint.handle_timeout(now);
        caller.drain();
    }
    assert_eq!(caller.endpoint.transactions(), 0);
    assert!(matches!(
        cause(&caller.events, caller.session),
        EndCause::Hangup
    ));
}

#[test]
fn the_route_set_is_the_record_route_in_reverse() {
    let mut caller = Caller::new();
    let routes = [(
        Header::RecordRoute,
        "<sip:203.0.113.9;lr>, <sip:198.51.100.3:5090;lr>",
    )];
    caller.hear(200, "t1", &routes);
    let (to, ack) = caller.sent.last().unwrap();
    assert_eq!(to, "198.51.100.3:5090");
    assert_eq!(ack.request_uri_text(), Some("sip:t1@203.0.113.5:5070"));
    let route: Vec<_> = ack
        .get_all::<Route>()
        .unwrap()
        .iter()
        .map(|r| r.0.uri.to_string())
        .collect();
    assert_eq!(route, ["sip:198.51.100.3:5090;lr", "sip:203.0.113.9;lr"]);
}

#[test]
fn a_strict_router_is_put_into_the_request_line() {
    let mut caller = Caller::new();
    caller.hear(
        200,
        "t1",
        &[(
            Header::RecordRoute,
            "<sip:203.0.113.9;lr>, <sip:198.51.100.3:5090>",
        )],
    );
    let (to, ack) = caller.sent.last().unwrap();
    assert_eq!(to, "198.51.100.3:5090");
    assert_eq!(ack.request_uri_text(), Some("sip:198.51.100.3:5090"));
    let route: Vec<_> = ack
        .get_all::<Route>()
        .unwrap()
        .iter()
        .map(|r| r.0.uri.to_string())
        .collect();
    assert_eq!(route, ["sip:203.0.113.9;lr", "sip:t1@203.0.113.5:5070"]);
}

#[test]
fn a_response_for_somebody_else_is_not_taken() {
    let mut caller = Caller::new();
    let via = caller.invite.get::<Via>().unwrap().unwrap();
    let good = Builder::reply(&caller.invite, 486, &via, Some("x"))
        .build()
        .into_bytes();
    let text = String::from_utf8(good).unwrap();
    for bad in [
        text.replace("Via: ", "Via: SIP/2.0/UDP proxy;branch=z9hG4bKp\r\nVia: "),
        text.replace("\r\nFrom", ", SIP/2.0/UDP other;branch=z9hG4bKo\r\nFrom"),
        text.replace("z9hG4bK", "z9hG4bKx"),
        text.replace(" INVITE", " OPTIONS"),
    ] {
        caller
            .endpoint
            .input_datagram(ms(50), addr(B), addr(A), bad.as_bytes());
        caller.drain();
    }
    assert!(caller.events.is_empty() && caller.sent.is_empty());
    assert_eq!(caller.endpoint.counters().stray_responses, 4);
}

#[test]
fn a_refusal_is_acknowledged_hop_by_hop() {
    let mut caller = Caller::new();
    caller.hear(486, "x", &[]);
    let (to, ack) = caller.sent.last().unwrap();
    assert_eq!(to, B);
    assert_eq!(ack.request_uri_text(), caller.invite.request_uri_text());
    let (sent, got) = (caller.invite.mandatory().unwrap(), ack.mandatory().unwrap());
    assert_eq!(got.via, sent.via);
    assert_eq!(got.to.tag(), Some("x"));
    assert_eq!(got.cseq.number, sent.cseq.number);
    // It comes again; so does the ACK, without an event.
    caller.hear(486, "x", &[]);
    assert_eq!((caller.sent.len(), caller.events.len()), (2, 1));
}
