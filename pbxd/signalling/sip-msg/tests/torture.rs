// SPDX-License-Identifier: MIT OR Apache-2.0
//! The messages of RFC 4475 and RFC 5118, as the crate `sipx-testkit` carries them.
//!
//! The expectations are this project's own reading of the RFCs, written out below, not
//! the testkit's.
#![allow(clippy::unwrap_used)]

use sip_msg::typed::{Contact, Date};
use sip_msg::{Invalid, Limits, Message, ParseError};
use sipx_testkit::{rfc4475, rfc5118};

fn case(name: &str) -> &'static [u8] {
    rfc4475::case(name).unwrap().bytes
}

fn parse(octets: &[u8]) -> Result<Message, ParseError> {
    Message::from_datagram(octets, &Limits::default()).map_err(|r| r.error)
}

/// Messages an element must be able to read, whatever it then thinks of them.
const ACCEPTABLE: [&str; 27] = [
    "wsinv",
    "intmeth",
    "esc01",
    "escnull",
    "esc02",
    "lwsdisp",
    "longreq",
    "dblreq",
    "semiuri",
    "transports",
    "mpart01",
    "unreason",
    "noreason",
    "badbranch",
    "unkscm",
    "novelsc",
    "unksm2",
    "bext01",
    "invut",
    "regaut01",
    "bcast",
    "zeromf",
    "cparam01",
    "cparam02",
    "regescrt",
    "sdp01",
    "inv2543",
];

/// Messages whose octets are not one message.
const STRUCTURALLY_BAD: [&str; 9] = [
    "clerr", "ncl", "ltgtruri", "lwsruri", "lwsstart", "trws", "bigcode", "baddn", "mcl01",
];

/// Messages that parse but that must not be acted on: refused by `mandatory`.
const BAD_MANDATORY: [(&str, &str); 11] = [
    ("badinv01", "bad Via: empty parameter"),
    ("scalar02", "bad CSeq: number is not below 2^31"),
    ("scalarlg", "bad CSeq: number is not below 2^31"),
    ("quotbal", "bad To: quoted string is not closed"),
    ("badaspec", "bad To: bad scheme"),
    ("escruri", "headers in the Request-URI"),
    ("badvers", "unknown SIP version"),
    ("mismatch01", "CSeq method is not the request's"),
    ("mismatch02", "CSeq method is not the request's"),
    ("insuf", "missing From"),
    ("multi01", "bad From: more than one field"),
];

#[test]
fn every_message_of_the_archive_is_in_one_of_the_tables() {
    for case in rfc4475::CASES {
        let listed = ACCEPTABLE.contains(&case.name)
            || STRUCTURALLY_BAD.contains(&case.name)
            || BAD_MANDATORY.iter().any(|(name, _)| *name == case.name)
            || ["baddate", "regbadct", "test"].contains(&case.name);
        assert!(listed, "{}", case.name);
    }
}

#[test]
fn acceptable_messages_are_accepted_and_come_back_octet_for_octet() {
    for name in ACCEPTABLE {
        let octets = case(name);
        let message = parse(octets).unwrap_or_else(|e| panic!("{name}: {e}"));
        message
            .mandatory()
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        let expected = match name {
            // Two requests in one datagram: the second is not ours to read.
            "dblreq" => octets
                .windows(7)
                .position(|w| w == b"\r\nINVIT")
                .map(|n| n + 2),
            _ => None,
        }
        .map_or(octets, |end| &octets[..end]);
        let (got, want) = (message.as_bytes(), expected);
        if name == "dblreq" {
            // Content-Length 0 ends the first; the blank line belongs to it.
            assert!(
                want.starts_with(got) && want.len() - got.len() <= 2,
                "{name}"
            );
        } else {
            assert!(got == want, "{name}");
        }
    }
}

#[test]
fn structurally_bad_messages_are_refused() {
    for name in STRUCTURALLY_BAD {
        assert!(parse(case(name)).is_err(), "{name} was accepted");
    }
}

#[test]
fn what_is_refused_can_still_be_answered_if_it_has_a_header_section() {
    for name in [
        "clerr", "ncl", "ltgtruri", "lwsruri", "lwsstart", "trws", "mcl01",
    ] {
        let rejected = Message::from_datagram(case(name), &Limits::default()).unwrap_err();
        let salvage = rejected.salvage.unwrap_or_else(|| panic!("{name}"));
        assert!(salvage.is_request(), "{name}");
        assert!(
            salvage.get::<sip_msg::typed::Via>().unwrap().is_some(),
            "{name}"
        );
    }
    // A response is never answered, and neither is half a message.
    for name in ["bigcode", "baddn"] {
        let rejected = Message::from_datagram(case(name), &Limits::default()).unwrap_err();
        assert!(rejected.salvage.is_none(), "{name}");
    }
}

#[test]
fn messages_with_bad_mandatory_headers_are_read_but_not_valid() {
    for (name, why) in BAD_MANDATORY {
        let message = parse(case(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(message.as_bytes(), case(name), "{name}");
        let invalid = message.mandatory().expect_err(name);
        assert_eq!(invalid.to_string(), why, "{name}");
        let status = if invalid == Invalid::Version {
            505
        } else {
            400
        };
        assert_eq!(invalid.status(), status, "{name}");
    }
}

#[test]
fn bad_optional_headers_are_refused_where_they_are_read() {
    let bad_date = parse(case("baddate")).unwrap();
    bad_date.mandatory().unwrap();
    assert!(bad_date.get::<Date>().is_err());
    let bad_contact = parse(case("regbadct")).unwrap();
    bad_contact.mandatory().unwrap();
    assert!(bad_contact.get::<Contact>().is_err());
}

#[test]
fn the_tortuous_invite_is_understood() {
    let message = parse(case("wsinv")).unwrap();
    let head = message.mandatory().unwrap();
    assert_eq!(head.max_forwards, Some(68));
    assert_eq!(head.cseq.number, 9);
    assert_eq!(head.from.display.as_deref(), Some("J Rosenberg \\\""));
    assert_eq!(head.from.tag(), Some("98asjd8"));
    assert_eq!(head.to.tag(), Some("1918181833n"));
    assert_eq!(head.via.host.to_string(), "192.0.2.2");
    let vias = message.get_all::<sip_msg::typed::Via>().unwrap();
    assert_eq!(vias.len(), 3);
    assert_eq!(vias[2].branch(), Some("z9hG4bK30239"));
    let contact = message
        .get::<Contact>()
        .unwrap()
        .unwrap()
        .address()
        .unwrap();
    assert_eq!(contact.display.as_deref(), Some("Quoted string \"\""));
    assert_eq!(contact.params.value("q"), Some("0.33"));
    assert_eq!(message.body().len(), 150);
}

#[test]
fn escapes_and_odd_characters_are_understood() {
    let message = parse(case("intmeth")).unwrap();
    let method = message.method().unwrap().as_str().to_string();
    assert_eq!(method, "!interesting-Method0123456789_*+`.%indeed'~");
    let multi = parse(case("mpart01")).unwrap();
    assert!(multi.content().unwrap().is("multipart/mixed"));
    assert_eq!(
        multi.content().unwrap().find("text/plain"),
        Some(&b"Hello"[..])
    );
    let unreason = parse(case("unreason")).unwrap();
    assert!(unreason.reason_phrase().contains('\u{441}'));
    assert_eq!(parse(case("noreason")).unwrap().reason_phrase(), "");
    let semi = parse(case("semiuri")).unwrap().request_uri().unwrap();
    assert_eq!(semi.number().as_deref(), Some("user"));
}

#[test]
fn ipv6_messages_of_rfc_5118() {
    for case in rfc5118::CASES {
        let octets = case.wire();
        let message = parse(&octets).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        let valid = message.mandatory();
        if case.name == "ipv6-bad" {
            // An IPv6 address without brackets in the Request-URI.
            assert!(
                matches!(valid, Err(Invalid::RequestUri(_))),
                "{}",
                case.name
            );
        } else if case.name == "ipv6-bug-abnf-3-colons" {
            // Three colons; the RFC lets an element refuse it or be liberal.
            assert!(valid.is_err(), "{}", case.name);
        } else {
            valid.unwrap_or_else(|e| panic!("{}: {e}\n{message:?}", case.name));
        }
        assert_eq!(message.as_bytes(), &octets[..], "{}", case.name);
    }
    let ambiguous = rfc5118::case("port-ambiguous").unwrap().wire();
    let uri = parse(&ambiguous).unwrap().request_uri().unwrap();
    assert_eq!(uri.as_sip().unwrap().port, None);
}
