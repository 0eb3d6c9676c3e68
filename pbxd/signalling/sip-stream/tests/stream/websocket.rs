// SPDX-License-Identifier: MIT OR Apache-2.0
//! One WebSocket message, one SIP message.

use sip_stream::websocket::{offers_sip, read};
use sip_stream::{Fault, Frame, Limits};

use super::options;

#[test]
fn a_payload_is_one_message_with_or_without_its_length() {
    let limits = Limits::default();
    for with_length in [true, false] {
        let octets = options(1, "body", with_length);
        match read(&octets, &limits) {
            Ok(Frame::Message(message)) => {
                assert_eq!(message.body(), b"body");
                assert_eq!(message.as_bytes(), octets);
            }
            other => panic!("{other:?}"),
        }
    }
    let mut two = options(1, "", true);
    two.extend(options(2, "", true));
    assert!(matches!(read(&two, &limits), Err(Fault::Malformed(_))));
    let mut short = options(1, "body", true);
    short.pop();
    assert!(matches!(read(&short, &limits), Err(Fault::Malformed(_))));
    assert!(matches!(read(b"", &limits), Err(Fault::Malformed(_))));
}

#[test]
fn keep_alives_are_told_apart() {
    let limits = Limits::default();
    assert_eq!(read(b"\r\n\r\n", &limits), Ok(Frame::Ping));
    assert_eq!(read(b"\r\n", &limits), Ok(Frame::Pong));
}

#[test]
fn payloads_have_bounds() {
    let limits = Limits {
        head: 300,
        body: 20,
        ..Limits::default()
    };
    assert!(read(&options(1, &"x".repeat(20), false), &limits).is_ok());
    assert!(matches!(
        read(&options(1, &"x".repeat(21), false), &limits),
        Err(Fault::BodyTooLarge { .. })
    ));
    assert!(matches!(
        read(&vec![b'x'; 400], &limits),
        Err(Fault::BodyTooLarge { .. })
    ));
    let tiny = Limits {
        head: 100,
        body: 900,
        ..Limits::default()
    };
    assert_eq!(
        read(&options(1, "", true), &tiny),
        Err(Fault::HeadTooLarge { limit: 100 })
    );
}

#[test]
fn the_subprotocol_is_found_among_others() {
    assert!(offers_sip("sip"));
    assert!(offers_sip("chat, SIP ,x"));
    assert!(!offers_sip("sips, xmpp"));
    assert!(!offers_sip(""));
}
