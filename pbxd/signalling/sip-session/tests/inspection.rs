// SPDX-License-Identifier: MIT OR Apache-2.0
//! What arrives from anybody, and how it is answered.
#![allow(clippy::unwrap_used)]
mod support;

use sip_msg::{Header, Message};
use sip_session::{Config, EndCause, Endpoint, Event, Output};
use support::*;

/// An endpoint and the responses it gives to datagrams.
struct Server {
    endpoint: Endpoint,
    now: std::time::Duration,
    events: Vec<Event>,
}

impl Server {
    fn new() -> Self {
        Self {
            endpoint: Endpoint::new(Config::default(), [3; 32]),
            now: secs(1),
            events: Vec::new(),
        }
    }

    fn raw(&mut self, bytes: &[u8]) -> Vec<(String, Message)> {
        self.endpoint
            .input_datagram(self.now, addr(A), addr(B), bytes);
        let mut out = Vec::new();
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Transmit(t) => out.push((
                    t.destination.to_string(),
                    Message::from_datagram(&t.bytes, &sip_msg::Limits::default()).unwrap(),
                )),
                Output::Event(e) => self.events.push(e),
            }
        }
        out
    }

    /// The one response to a request.
    #[track_caller]
    fn ask(&mut self, bytes: &str) -> Message {
        let mut out = self.raw(bytes.as_bytes());
        assert_eq!(out.len(), 1, "{out:?}");
        out.remove(0).1
    }
}

/// A request with the headers every request has; `extra` are whole lines.
fn request(method: &str, branch: &str, extra: &str) -> String {
    format!(
        "{method} sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{branch}\r\n\
         From: <sip:a@192.0.2.1>;tag=ft\r\nTo: <sip:b@192.0.2.2>\r\nCall-ID: {branch}@x\r\nCSeq: 7 {method}\r\n\
         Contact: <sip:a@192.0.2.1>\r\n{extra}\r\n"
    )
}

#[test]
fn unknown_extensions_are_listed_in_420() {
    let mut server = Server::new();
    for method in ["INVITE", "OPTIONS"] {
        let answer = server.ask(&request(
            method,
            method,
            "Require: 100rel, foo\r\nRequire: bar\r\n",
        ));
        assert_eq!(answer.status(), Some(420));
        assert_eq!(
            answer.text(Header::Unsupported).as_deref(),
            Some("100rel, foo, bar")
        );
    }
    // Proxy-Require is for proxies.
    let answer = server.ask(&request("OPTIONS", "pr", "Proxy-Require: foo\r\n"));
    assert_eq!(answer.status(), Some(200));
}

#[test]
fn methods_not_served_are_refused_as_each_should_be() {
    let mut server = Server::new();
    for (method, status) in [
        ("REGISTER", 405),
        ("SUBSCRIBE", 405),
        ("PUBLISH", 405),
        ("MESSAGE", 405),
        ("REFER", 405),
        ("INFO", 405),
        ("UPDATE", 405),
        ("PRACK", 405),
        ("NOTIFY", 481),
        ("BYE", 481),
        ("FOO", 501),
    ] {
        let answer = server.ask(&request(method, method, ""));
        assert_eq!(answer.status(), Some(status), "{method}");
        if matches!(status, 405 | 501) {
            assert!(answer.has(Header::Allow), "{method}");
        }
        assert!(answer.mandatory().unwrap().to.tag().is_some());
    }
    let unserved = server
        .events
        .iter()
        .filter(|e| matches!(e, Event::Unserved { .. }))
        .count();
    assert_eq!(unserved, 10);
}

#[test]
fn bad_messages_get_400_with_what_is_bad() {
    let mut server = Server::new();
    let good = request("OPTIONS", "bad", "");
    for (bad, phrase) in [
        (
            good.replace("CSeq: 7 OPTIONS", "CSeq: 7 INVITE"),
            "CSeq method is not the request's",
        ),
        (
            good.replace("CSeq: 7 OPTIONS", "CSeq: 99999999999 OPTIONS"),
            "bad CSeq: number is not below 2^31",
        ),
        (
            good.replace("From: <sip:a@192.0.2.1>;tag=ft\r\n", ""),
            "missing From",
        ),
        (
            good.replace("To: <sip:b@192.0.2.2>", "To: \"x <sip:b@h>"),
            "bad To: quoted string is not closed",
        ),
        (
            good.replace("\r\n\r\n", "\r\nContent-Length: 9\r\n\r\n"),
            "Content-Length is 9, only 0 octets follow",
        ),
        (
            good.replace("\r\n\r\n", "\r\nContent-Length: -1\r\n\r\n"),
            "Content-Length: not a decimal number",
        ),
        (
            good.replace("sip:b@192.0.2.2 SIP", "<sip:b@192.0.2.2> SIP"),
            "start line: bad character in the Request-URI",
        ),
        (
            good.replace("sip:b@192.0.2.2 SIP", "sip:b@h?Subject=x SIP"),
            "headers in the Request-URI",
        ),
    ] {
        let answer = server.ask(&bad);
        assert_eq!(answer.status(), Some(400), "{bad}");
        assert_eq!(answer.reason_phrase(), phrase);
    }
    let answer = server.ask(&good.replace("SIP/2.0\r\nVia", "SIP/3.0\r\nVia"));
    assert_eq!(answer.status(), Some(505));
    assert_eq!(server.endpoint.transactions(), 0);
}

#[test]
fn what_cannot_be_answered_is_not() {
    let mut server = Server::new();
    for silent in [
        request("ACK", "x", ""),
        request("ACK", "x", "").replace("CSeq: 7", "CSeq: x"),
        request("OPTIONS", "x", "").replace("Via: SIP/2.0/UDP 192.0.2.1", "Via: nonsense"),
        "SIP/2.0 200 OK\r\n\r\n".into(),
        "\r\n\r\n".into(),
        "hello".into(),
    ] {
        assert!(server.raw(silent.as_bytes()).is_empty(), "{silent}");
    }
    let counters = server.endpoint.counters();
    assert_eq!(
        (counters.malformed, counters.stray_acks, counters.invalid),
        (1, 1, 3)
    );
}

#[test]
fn a_request_over_two_paths_is_a_loop() {
    let mut server = Server::new();
    let one = request("INVITE", "one", "");
    assert_eq!(server.raw(one.as_bytes()).len(), 1);
    let other = one.replace("z9hG4bKone", "z9hG4bKtwo");
    assert_eq!(server.ask(&other).status(), Some(482));
    // The same path is a repetition.
    assert_eq!(server.ask(&one).status(), Some(100));
    assert_eq!(server.endpoint.counters().absorbed, 1);
}

#[test]
fn hops_run_out_for_calls_only() {
    let mut server = Server::new();
    assert_eq!(
        server
            .ask(&request("INVITE", "i", "Max-Forwards: 0\r\n"))
            .status(),
        Some(483)
    );
    assert_eq!(
        server
            .ask(&request("OPTIONS", "o", "Max-Forwards: 0\r\n"))
            .status(),
        Some(200)
    );
}

#[test]
fn unknown_schemes_and_bodies_are_refused() {
    let mut server = Server::new();
    let odd =
        request("INVITE", "s", "").replace("INVITE sip:b@192.0.2.2", "INVITE urn:service:sos");
    assert_eq!(server.ask(&odd).status(), Some(416));
    let body = request(
        "INVITE",
        "t",
        "Content-Type: text/plain\r\nContent-Length: 1\r\n",
    ) + "x";
    let answer = server.ask(&body);
    assert_eq!(answer.status(), Some(415));
    assert_eq!(
        answer.text(Header::Accept).as_deref(),
        Some("application/sdp")
    );
    let zipped = "Content-Type: application/sdp\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n";
    let answer = server.ask(&(request("INVITE", "u", zipped) + "x"));
    assert_eq!(answer.status(), Some(415));
    assert_eq!(
        answer.text(Header::AcceptEncoding).as_deref(),
        Some("identity")
    );
    let optional = "Content-Type: text/plain\r\nContent-Disposition: render;handling=optional\r\nContent-Length: 1\r\n";
    assert_eq!(
        server
            .ask(&(request("INVITE", "v", optional) + "x"))
            .status(),
        Some(100)
    );
    let parts = "Content-Type: multipart/mixed;boundary=b\r\nContent-Length: 1\r\n";
    assert_eq!(
        server.ask(&(request("INVITE", "w", parts) + "x")).status(),
        Some(100)
    );
    let tel = request("INVITE", "y", "").replace("INVITE sip:b@192.0.2.2", "INVITE tel:+1555");
    assert_eq!(server.ask(&tel).status(), Some(100));
}

#[test]
fn responses_go_where_rport_or_the_via_say() {
    let mut server = Server::new();
    let port =
        request("OPTIONS", "1", "").replace("192.0.2.1;branch", "10.0.0.9:5099;rport;branch");
    let (to, answer) = server.raw(port.as_bytes()).remove(0);
    assert_eq!(to, A);
    let via = answer.mandatory().unwrap().via;
    assert_eq!(
        (via.rport(), via.received()),
        (Some(5060), Some(addr(A).ip()))
    );
    let plain = request("OPTIONS", "2", "").replace("192.0.2.1;branch", "10.0.0.9:5099;branch");
    let (to, answer) = server.raw(plain.as_bytes()).remove(0);
    assert_eq!(to, "192.0.2.1:5099");
    assert_eq!(
        answer.mandatory().unwrap().via.received(),
        Some(addr(A).ip())
    );
    // maddr would let anyone aim our responses.
    let evil = request("OPTIONS", "3", "")
        .replace("192.0.2.1;branch", "192.0.2.1;maddr=198.51.100.9;branch");
    assert_eq!(server.raw(evil.as_bytes()).remove(0).0, "192.0.2.1:5060");
}

#[test]
fn an_rfc_2543_caller_can_call() {
    let mut server = Server::new();
    let old = "INVITE sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\nFrom: sip:a@192.0.2.1\r\n\
               To: sip:b@192.0.2.2\r\nCall-ID: old@x\r\nCSeq: 1 INVITE\r\n\r\n";
    assert_eq!(server.ask(old).status(), Some(100));
    assert_eq!(server.ask(old).status(), Some(100));
    let Event::Incoming { session, .. } = server.events[0] else {
        panic!()
    };
    server
        .endpoint
        .reject(server.now, session, 486, &[])
        .unwrap();
    let busy = server.raw(b"").remove(0).1;
    assert_eq!(busy.status(), Some(486));
    // The ACK has the Via, Call-ID and CSeq of the INVITE, and the To of the response.
    let tag = busy.mandatory().unwrap().to.tag().unwrap().to_string();
    let ack = old.replace("INVITE", "ACK").replace(
        "To: sip:b@192.0.2.2",
        &format!("To: sip:b@192.0.2.2;tag={tag}"),
    );
    assert!(server.raw(ack.as_bytes()).is_empty());
    server.now += secs(6);
    server.endpoint.handle_timeout(server.now);
    assert_eq!(server.endpoint.transactions(), 0);
}

#[test]
fn requests_within_a_dialog_come_in_order() {
    let mut pair = Pair::new();
    let (_, b) = pair.talk();
    let invite = pair
        .sent
        .iter()
        .find(|(_, m)| m.status() == Some(200))
        .unwrap()
        .1
        .mandatory()
        .unwrap();
    let within = |method: &str, cseq: u32, tag: &str| {
        format!(
            "{method} sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{method}{cseq}{tag}\r\n\
             From: {}\r\nTo: <sip:b@192.0.2.2>;tag={tag}\r\nCall-ID: {}\r\nCSeq: {cseq} {method}\r\n\r\n",
            invite.from, invite.call_id
        )
    };
    let tag = invite.to.tag().unwrap();
    let number = invite.cseq.number;
    pair.flow();
    for (text, answer) in [
        (within("OPTIONS", number + 5, tag), "b 200 OK"),
        (
            within("OPTIONS", number + 4, tag),
            "b 500 CSeq out of order",
        ),
        (within("INFO", number + 6, tag), "b 405 Method Not Allowed"),
        (
            within("BYE", number + 9, "guess"),
            "b 481 Call/Transaction Does Not Exist",
        ),
        (
            within("INVITE", number + 9, "guess"),
            "b 481 Call/Transaction Does Not Exist",
        ),
        (
            within("BYE", number + 9, tag).replace(&invite.call_id, "other"),
            "b 481 Call/Transaction Does Not Exist",
        ),
    ] {
        pair.inject('a', text.as_bytes());
        pair.run(ms(20));
        assert_eq!(pair.flow()[0], answer, "{text}");
    }
    assert!(ended(&pair.events_b, b).is_empty());
    pair.inject('a', within("BYE", number + 20, tag).as_bytes());
    pair.run(ms(20));
    assert!(matches!(
        cause(&pair.events_b, b),
        EndCause::RemoteHangup(_)
    ));
}
