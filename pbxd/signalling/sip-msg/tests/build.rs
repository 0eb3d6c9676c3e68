// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the builder writes is what the parser reads.
#![allow(clippy::unwrap_used)]

use sip_msg::typed::{CSeq, NameAddr, Reason, Via};
use sip_msg::{Body, Builder, Header, Limits, Message, Method, RawHeader, Uri};

fn reparse(message: &Message) -> Message {
    Message::from_datagram(message.as_bytes(), &Limits::default()).unwrap()
}

/// The index the builder made is the one the parser makes.
fn assert_same_index(built: &Message) {
    let parsed = reparse(built);
    let fields = |m: &Message| {
        m.fields()
            .map(|f| (f.known, f.name.to_string(), f.raw.to_vec()))
            .collect::<Vec<_>>()
    };
    assert_eq!(fields(built), fields(&parsed));
    assert_eq!(built.start_line(), parsed.start_line());
    assert_eq!(built.reason_phrase(), parsed.reason_phrase());
    assert_eq!(built.body(), parsed.body());
    assert!(built.is_version_2_0());
}

fn invite() -> Message {
    let uri = Uri::parse("sip:bob@192.0.2.4;user=phone").unwrap();
    let local = Uri::parse("sip:alice@192.0.2.1").unwrap();
    let via = Via::new(
        "UDP",
        sip_msg::Host::parse("192.0.2.1").unwrap(),
        Some(5060),
        "z9hG4bK1",
    );
    Builder::request(&Method::Invite, &uri)
        .header(Header::Via, via)
        .header(Header::Via, "SIP/2.0/TCP other;branch=z9hG4bK0")
        .header(Header::MaxForwards, 70)
        .header(
            Header::From,
            NameAddr::new(local).with_display("A \"B\"").with_tag("x"),
        )
        .header(Header::To, NameAddr::new(uri))
        .header(Header::CallId, "id@h")
        .header(
            Header::CSeq,
            CSeq {
                number: 1,
                method: Method::Invite,
            },
        )
        .header(Header::Timestamp, "54")
        .body(Some(Body::sdp("v=0\r\n")))
        .build()
}

#[test]
fn a_request_reads_back() {
    let message = invite();
    assert_same_index(&message);
    message.mandatory().unwrap();
    assert!(message.content().unwrap().is("APPLICATION/sdp"));
}

#[test]
fn a_reply_carries_what_the_request_had() {
    let request = invite();
    let mut via = request.get::<Via>().unwrap().unwrap();
    via.mark_received("198.51.100.1:1234".parse().unwrap());
    let trying = Builder::reply(&request, 100, &via, None).build();
    assert_same_index(&trying);
    assert_eq!(trying.text(Header::Timestamp).as_deref(), Some("54"));
    let ok = Builder::reply(&request, 200, &via, Some("srv")).build();
    assert_same_index(&ok);
    let head = ok.mandatory().unwrap();
    assert_eq!(head.to.tag(), Some("srv"));
    assert_eq!(head.via.rport(), Some(1234));
    assert_eq!(ok.get_all::<Via>().unwrap().len(), 2);
    assert!(!ok.has(Header::Timestamp));
    // A tag that is there stays.
    let again = Builder::reply(&ok, 200, &via, Some("other")).build();
    assert_eq!(again.mandatory().unwrap().to.tag(), Some("srv"));
}

#[test]
fn nothing_breaks_out_of_its_line() {
    let uri = Uri::parse("x:y").unwrap();
    let evil = "a\r\nContent-Length: 999\r\n\r\nINVITE";
    let message = Builder::request(&Method::Other(evil.into()), &uri)
        .header(Header::Subject, evil)
        .header(Header::From, NameAddr::new(uri.clone()).with_display(evil))
        .header(
            Header::Reason,
            Reason {
                protocol: "SIP".into(),
                cause: None,
                text: Some(evil.into()),
            },
        )
        .raw(&RawHeader::new("X-A", evil).unwrap())
        .body(Some(Body {
            content_type: evil.into(),
            bytes: b"b".to_vec(),
        }))
        .build();
    assert_same_index(&message);
    assert_eq!(message.text(Header::ContentLength).as_deref(), Some("1"));
    assert!(RawHeader::new(evil, "x").is_none());
    let response = Builder::response(9_999, evil).build();
    assert_same_index(&response);
    assert_eq!(response.status(), Some(500));
}
