// SPDX-License-Identifier: MIT OR Apache-2.0
//! Any octets: no panic, and what is accepted comes back as it came.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use sip_msg::typed::{
    CSeq, CallId, Contact, ContentType, Date, Diversion, Expires, From, MaxForwards, MinSe,
    PAssertedIdentity, Privacy, Reason, RecordRoute, RetryAfter, SessionExpires, Timestamp, To,
    Typed, Via, Warning,
};
use sip_msg::{Builder, Frame, Framer, Header, Limits, Message, Method, Uri, multipart, quote};

const INVITE: &str = "INVITE sip:+4930;npdi@h:5060;user=phone SIP/2.0\r\n\
    Via: SIP/2.0/UDP [2001:db8::1]:5062;rport;branch=z9hG4bKa, SIP/2.0/TCP b;branch=z9hG4bKb\r\n\
    f: \"A \\\"B\\\"\" <sip:a@h>;tag=1\r\nTo : <tel:+4930>\r\ni: x@y\r\nCSeq: 1\r\n INVITE\r\n\
    Max-Forwards: 70\r\nm: <sip:a@h;x=1>;q=0.3\r\nRecord-Route: <sip:p;lr>,<sip:q;lr>\r\n\
    Reason: Q.850;cause=16;text=\"x\"\r\nWarning: 399 h \"w\"\r\nPrivacy: id;user\r\n\
    Date: Sat, 13 Nov 2010 23:29:00 GMT\r\nx: 1800;refresher=uas\r\n\
    P-Asserted-Identity: \"N\" <sip:n@h>, <tel:+1>\r\nDiversion: <sip:d@h>;reason=unknown\r\n\
    c: multipart/mixed;boundary=b\r\nl: 38\r\n\r\n--b\r\nContent-Type: a/b\r\n\r\nbody\r\n--b--\r\n";

fn read<T: Typed + std::fmt::Display>(message: &Message) {
    for value in message.get_all::<T>().unwrap_or_default() {
        // What is written reads back as the same value.
        let text = value.to_string();
        if !text.contains(['\r', '\n', '\0']) {
            let again = T::parse(&text).map(|v| v.to_string());
            assert_eq!(again.as_deref(), Ok(text.as_str()));
        }
    }
    let _ = message.get::<T>();
}

/// Reads everything there is to read.
fn read_all(message: &Message) {
    let _ = message.mandatory();
    let _ = message.request_uri();
    let _ = message.reason_phrase();
    for header in Header::all() {
        let _ = message.list(header);
    }
    read::<Via>(message);
    read::<From>(message);
    read::<To>(message);
    read::<Contact>(message);
    read::<RecordRoute>(message);
    read::<Diversion>(message);
    read::<PAssertedIdentity>(message);
    read::<CSeq>(message);
    read::<CallId>(message);
    read::<MaxForwards>(message);
    read::<Expires>(message);
    read::<MinSe>(message);
    read::<SessionExpires>(message);
    read::<RetryAfter>(message);
    read::<Privacy>(message);
    read::<Timestamp>(message);
    read::<ContentType>(message);
    read::<Reason>(message);
    read::<Warning>(message);
    read::<Date>(message);
    if let Some(body) = message.content() {
        let _ = body.find("application/sdp");
    }
}

fn check(octets: &[u8]) {
    match Message::from_datagram(octets, &Limits::default()) {
        Ok(message) => {
            read_all(&message);
            // The message is a part of what came, and reads again as itself.
            let own = message.as_bytes();
            assert!(octets.windows(own.len()).any(|w| w == own));
            let again = Message::from_datagram(own, &Limits::default()).unwrap();
            assert_eq!(again, message);
            if let Ok(head) = message.mandatory() {
                let reply = Builder::reply(&message, 200, &head.via, Some("t")).build();
                let read = Message::from_datagram(reply.as_bytes(), &Limits::default()).unwrap();
                let answered = read.mandatory().unwrap();
                assert_eq!(answered.call_id, head.call_id);
                assert_eq!(answered.cseq, head.cseq);
            }
        }
        Err(rejected) => {
            if let Some(message) = rejected.salvage {
                read_all(&message);
            }
        }
    }
}

/// Pieces that matter to the grammar.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..6),
        prop::sample::select(vec![
            "\r\n",
            "\n",
            "\r",
            "\r\n ",
            "\r\n\r\n",
            ":",
            ";",
            ",",
            "\"",
            "\\",
            "<",
            ">",
            "@",
            "%",
            "%4",
            "%00",
            "=",
            "?",
            "[",
            "]",
            "::",
            "sip:",
            "tel:",
            "SIP/2.0",
            " ",
            "\t",
            "Content-Length: 0",
            "l: -1",
            "Via",
            "z9hG4bK",
            "4294967296",
            "\0",
            "\\\0",
            "#",
            "--b",
        ])
        .prop_map(|s| s.as_bytes().to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_octets_never_panic(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&octets);
        let _ = multipart("b", &octets);
    }

    #[test]
    fn mutations_of_a_good_message_never_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, piece()), 1..6),
    ) {
        let mut octets = INVITE.as_bytes().to_vec();
        for (at, cut, insert) in edits {
            let at = at.index(octets.len() + 1);
            let end = (at + cut).min(octets.len());
            octets.splice(at..end, insert);
        }
        check(&octets);
        // A stream never panics either, however it is cut, and takes what the datagram takes.
        let mut framer = Framer::new(Limits::default());
        for chunk in octets.chunks(7) {
            framer.push(chunk);
            while let Ok(Some(Frame::Message(_) | Frame::Ping | Frame::Pong)) = framer.next_frame() {}
        }
    }

    #[test]
    fn a_uri_that_is_accepted_reads_back(pieces in prop::collection::vec(piece(), 0..6), user in ".{0,12}") {
        let text = format!("sip:{}", String::from_utf8_lossy(&pieces.concat()));
        if let Ok(uri) = Uri::parse(&text) {
            let written = uri.to_string();
            let again = Uri::parse(&written).unwrap();
            prop_assert_eq!(again.to_string(), written);
            prop_assert!(uri.equivalent(&uri));
        }
        let built = sip_msg::SipUri::new(Some(&user), sip_msg::Host::parse("h").unwrap(), None);
        if !user.is_empty() {
            let read = Uri::parse(&built.to_string()).unwrap();
            prop_assert_eq!(read.as_sip().unwrap().user_text().unwrap(), user);
        }
    }

    #[test]
    fn what_the_builder_writes_is_read_whatever_it_is_given(
        values in prop::collection::vec("\\PC{0,20}|[\\r\\n\\x00:;,\"<> ]{0,6}", 1..8),
        body in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let uri = Uri::parse("sip:a@h").unwrap();
        let mut builder = Builder::request(&Method::Invite, &uri);
        for value in &values {
            builder = builder.header(Header::Subject, value).header(Header::From, quote(value));
        }
        let content = sip_msg::Body { content_type: values[0].clone(), bytes: body.clone() };
        let built = builder.body(Some(content)).build();
        let read = Message::from_datagram(built.as_bytes(), &Limits::default()).unwrap();
        prop_assert_eq!(read.all(Header::Subject).count(), values.len());
        prop_assert_eq!(read.body(), &body[..]);
        let index = |m: &Message| m.fields().map(|f| (f.known, f.raw.to_vec())).collect::<Vec<_>>();
        prop_assert_eq!(index(&built), index(&read));
    }
}

#[test]
fn the_good_message_is_good() {
    let message = Message::from_datagram(INVITE.as_bytes(), &Limits::default()).unwrap();
    message.mandatory().unwrap();
    assert_eq!(message.get_all::<PAssertedIdentity>().unwrap().len(), 2);
    assert_eq!(message.content().unwrap().find("a/b"), Some(&b"body"[..]));
    check(INVITE.as_bytes());
}
