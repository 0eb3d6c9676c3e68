// SPDX-License-Identifier: MIT OR Apache-2.0
//! What telephones send and the grammar does not have; and what is refused although it
//! could be read, because others would read it differently.
#![allow(clippy::unwrap_used)]

use sip_msg::typed::Via;
use sip_msg::{Header, Limits, Message, ParseError, StartLine};

fn parse(text: impl AsRef<[u8]>) -> Result<Message, ParseError> {
    Message::from_datagram(text.as_ref(), &Limits::default()).map_err(|r| r.error)
}

const HEAD: &str = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n\
    From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: x@h\r\nCSeq: 1 OPTIONS\r\n";

fn options(extra: &str) -> String {
    format!("OPTIONS sip:b@h SIP/2.0\r\n{HEAD}{extra}\r\n")
}

#[test]
fn compact_names_blanks_before_colons_and_folds() {
    let text = "INVITE tel:+15551234 SIP/2.0\r\nv :SIP/2.0/UDP h;branch=z9hG4bK1\r\n\
        f\t: \"A\"\r\n <sip:a@h>;\r\n\ttag=1\r\nT: <sip:b@h>\r\nI:x\r\ncseq: 1\r\n INVITE\r\nl:0\r\n\r\n";
    let message = parse(text).unwrap();
    let head = message.mandatory().unwrap();
    assert_eq!(head.from.tag(), Some("1"));
    assert_eq!(message.request_uri().unwrap().to_string(), "tel:+15551234");
    assert_eq!(message.as_bytes(), text.as_bytes());
}

#[test]
fn lines_that_end_in_lf_alone() {
    let text = options("X: y\r\n").replace("\r\n", "\n");
    let message = parse(&text).unwrap();
    message.mandatory().unwrap();
    assert_eq!(message.named("x").next().unwrap().text(), "y");
}

#[test]
fn a_status_line_may_leave_out_the_blank_before_no_reason() {
    let message = parse("SIP/2.0 200\r\nVia: SIP/2.0/UDP h\r\n\r\n").unwrap();
    assert_eq!(message.start_line(), StartLine::Status { code: 200 });
    assert_eq!(message.reason_phrase(), "");
    let message = parse("sip/2.0 486 Busy  Here\r\n\r\n").unwrap();
    assert_eq!(message.reason_phrase(), "Busy  Here");
}

#[test]
fn without_content_length_the_body_reaches_to_the_end() {
    let message = parse(options("") + "body").unwrap();
    assert_eq!(message.body(), b"body");
    let message = parse(options("l: 2\r\n") + "body").unwrap();
    assert_eq!(message.body(), b"bo");
    assert!(message.as_bytes().ends_with(b"\r\n\r\nbo"));
}

#[test]
fn keep_alives_are_not_messages() {
    for text in ["", "\r\n", "\r\n\r\n", "\n"] {
        assert_eq!(parse(text), Err(ParseError::Empty));
    }
    parse(format!("\r\n\r\n{}", options(""))).unwrap();
}

#[test]
fn ambiguous_lengths_are_refused() {
    for extra in [
        "Content-Length: -1\r\n",
        "Content-Length: +0\r\n",
        "Content-Length: 0x0\r\n",
        "Content-Length:\r\n",
        "Content-Length: 0, 0\r\n",
        "Content-Length: 0\r\nContent-Length: 0\r\n",
        "Content-Length: 0\r\nl: 5\r\n",
        "Content-Length: 1\r\n 0\r\n",
        "Content-Length: 99999999999999999999\r\n",
    ] {
        let error = parse(options(extra)).unwrap_err();
        assert!(
            matches!(error, ParseError::ContentLength(_)),
            "{extra}: {error}"
        );
    }
    assert_eq!(
        parse(options("l: 5\r\n") + "abcd").unwrap_err(),
        ParseError::Truncated {
            declared: 5,
            present: 4
        }
    );
}

#[test]
fn what_could_end_a_line_elsewhere_is_refused() {
    for extra in ["X: a\rVia: b\r\n", "X: a\0b\r\n", "X: a\r\r\n"] {
        let error = parse(options(extra)).unwrap_err();
        assert!(matches!(error, ParseError::HeaderLine { .. }), "{error}");
    }
    for extra in [
        "no colon\r\n",
        ": no name\r\n",
        "na me: x\r\n",
        "n\u{e4}me: x\r\n",
    ] {
        assert!(parse(options(extra)).is_err(), "{extra}");
    }
}

#[test]
fn second_fields_of_single_headers_are_refused_when_read() {
    for extra in [
        "CSeq: 2 OPTIONS\r\n",
        "i: y\r\n",
        "t: <sip:c@h>\r\n",
        "Max-Forwards: 1\r\nmax-forwards: 1\r\n",
    ] {
        assert!(
            parse(options(extra)).unwrap().mandatory().is_err(),
            "{extra}"
        );
    }
}

#[test]
fn limits_hold() {
    let limits = Limits {
        message: 1_000,
        headers: 8,
        line: 100,
    };
    let parse =
        |text: String| Message::from_datagram(text.as_bytes(), &limits).map_err(|r| r.error);
    parse(options("A: 1\r\nB: 2\r\nC: 3\r\n")).unwrap();
    assert_eq!(
        parse(options("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n")),
        Err(ParseError::TooManyHeaders { limit: 8 })
    );
    let long = format!("A: {}\r\n", "x".repeat(97));
    parse(options(&long)).unwrap();
    let long = format!("A: {}\r\n", "x".repeat(98));
    assert!(matches!(
        parse(options(&long)),
        Err(ParseError::LineTooLong { .. })
    ));
    let folded = format!("A: {}\r\n {}\r\n", "x".repeat(60), "x".repeat(60));
    assert!(matches!(
        parse(options(&folded)),
        Err(ParseError::LineTooLong { .. })
    ));
    let large = options(&"X".repeat(900));
    assert!(matches!(parse(large), Err(ParseError::TooLarge { .. })));
}

#[test]
fn lists_spread_over_fields_are_one_list() {
    let message = parse(options("Supported: a, b\r\nk:\r\nSUPPORTED: c,,d\r\n")).unwrap();
    assert_eq!(message.list(Header::Supported), ["a", "b", "c", "d"]);
    let message = parse(options("v: SIP/2.0/UDP b, SIP/2.0/UDP c;x=\"1,2\"\r\n")).unwrap();
    assert_eq!(message.get_all::<Via>().unwrap().len(), 3);
}

#[test]
fn header_names_are_found_in_every_form() {
    for header in Header::all() {
        assert_eq!(
            Header::from_name(&header.name().to_uppercase()),
            Some(header)
        );
        if let Some(compact) = header.compact() {
            assert_eq!(Header::from_name(compact), Some(header));
        }
    }
    assert_eq!(Header::from_name("q"), None);
    assert_eq!(Header::from_name(""), None);
}

#[test]
fn parts_of_multipart_bodies_are_found() {
    let body = sip_msg::Body {
        content_type: "multipart/mixed; boundary=\"b 1\"".into(),
        bytes: b"preamble\r\n--b 1\r\nContent-Type: application/isup;base=itu\r\n\r\n\x01\x00\r\n--b 1\r\n\
            content-type : Application/SDP\r\nContent-Disposition: session\r\n\r\nv=0\r\n\r\n--b 1--\r\nend"
            .to_vec(),
    };
    assert_eq!(body.find("application/sdp"), Some(&b"v=0\r\n"[..]));
    assert_eq!(body.find("application/isup"), Some(&b"\x01\x00"[..]));
    assert_eq!(body.find("text/plain"), None);
}
