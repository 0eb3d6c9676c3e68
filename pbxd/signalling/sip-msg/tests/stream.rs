// SPDX-License-Identifier: MIT OR Apache-2.0
//! Messages cut out of a byte stream.
#![allow(clippy::unwrap_used)]

use sip_msg::{Frame, Framer, Limits, ParseError};

const ONE: &str = "OPTIONS sip:a SIP/2.0\r\nl: 3\r\n\r\nabc";
const TWO: &str = "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n";

fn frames(framer: &mut Framer) -> Vec<String> {
    std::iter::from_fn(|| framer.next_frame().unwrap())
        .map(|f| match f {
            Frame::Message(m) => String::from_utf8(m.into_bytes()).unwrap(),
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn however_the_stream_is_cut_the_messages_are_the_same() {
    let stream = format!("{ONE}{TWO}\r\n\r\n{ONE}\r\n{TWO}");
    let expected = [ONE, TWO, "Pong", "Ping", ONE, "Pong", TWO];
    for size in 1..=stream.len() {
        let mut framer = Framer::new(Limits::default());
        let mut got = Vec::new();
        for chunk in stream.as_bytes().chunks(size) {
            framer.push(chunk);
            got.extend(frames(&mut framer));
        }
        assert_eq!(got, expected, "chunks of {size}");
        assert_eq!(framer.buffered(), 0);
    }
}

#[test]
fn a_message_of_unknown_length_ends_the_connection() {
    let mut framer = Framer::new(Limits::default());
    framer.push(b"OPTIONS sip:a SIP/2.0\r\nX: y\r\n\r\n");
    let error = framer.next_frame().unwrap_err();
    assert_eq!(error, ParseError::ContentLength("missing on a stream"));
    framer.push(ONE.as_bytes());
    assert_eq!(framer.next_frame().unwrap_err(), error);
    assert_eq!(framer.buffered(), 0);
}

#[test]
fn endless_heads_and_bodies_are_refused_before_they_are_buffered() {
    let limits = Limits {
        message: 100,
        ..Limits::default()
    };
    let mut framer = Framer::new(limits);
    framer.push(b"OPTIONS sip:a SIP/2.0\r\nl: 101\r\n\r\n");
    assert!(matches!(
        framer.next_frame(),
        Err(ParseError::TooLarge { .. })
    ));
    let mut framer = Framer::new(limits);
    for _ in 0..10 {
        framer.push(b"OPTIONS sip:a");
        if framer.next_frame().is_err() {
            return;
        }
    }
    panic!("an endless head was buffered");
}

#[test]
fn a_bad_start_line_ends_the_connection() {
    let mut framer = Framer::new(Limits::default());
    framer.push(b"GET / HTTP/1.1\r\nl: 0\r\n\r\n");
    assert!(matches!(framer.next_frame(), Err(ParseError::StartLine(_))));
}
