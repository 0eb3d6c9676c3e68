// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading and writing descriptions.

use crate::common::negotiator;
use proptest::prelude::*;
use sdp::{Description, Direction, ParseError, limits};

const FULL: &str = "v=0\r\no=alice 2890844526 2890844526 IN IP4 host.example.com\r\ns=talk\r\n\
    i=about\r\ne=a@example.com\r\nc=IN IP4 198.51.100.1\r\nb=AS:64\r\nt=0 0\r\na=tool:x 1\r\n\
    y=unknown in the session\r\nm=audio 49170 RTP/AVP 0\r\nb=TIAS:64000\r\n\
    a=x-vendor:keep me\r\na=flag\r\nq=unknown in audio\r\nm=video 0 RTP/AVP 31\r\n\
    w=unknown in video\r\n";

#[test]
fn unknown_lines_and_attributes_survive_where_they_stood() {
    assert_eq!(
        Description::parse(FULL.as_bytes()).unwrap().to_string(),
        FULL
    );
    let lf = FULL.replace("\r\n", "\n");
    assert_eq!(
        Description::parse(lf.as_bytes()).unwrap().to_bytes(),
        FULL.as_bytes()
    );
}

#[test]
fn faults_name_the_line() {
    let error = |text: &str| Description::parse(text.as_bytes()).unwrap_err();
    assert!(error("v=0\r\no=- 1\r\n").to_string().contains("line 2"));
    assert!(
        error("v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nm=audio x RTP/AVP 0\r\n")
            .to_string()
            .contains("line 4")
    );
    assert_eq!(error("v=0\r\ns=-\r\nt=0 0\r\n"), ParseError::NoOrigin);
    assert!(matches!(error(""), ParseError::Syntax(_)));
    let latin = Description::parse(b"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\n\xF3=-\r\n").unwrap_err();
    assert_eq!(latin.to_string(), "line 3 is not UTF-8");
}

#[test]
fn every_bound_is_kept() {
    let head = "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n";
    let of = |body: String| match Description::parse(body.as_bytes()) {
        Err(ParseError::TooLarge { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(of("x".repeat(limits::OCTETS + 1)), "octets");
    assert_eq!(
        of(format!("{head}{}", "a=b\r\n".repeat(limits::LINES))),
        "lines"
    );
    let line = "x".repeat(limits::LINE_OCTETS);
    assert_eq!(of(format!("{head}a={line}\r\n")), "octets in a line");
    let media = "m=audio 1 RTP/AVP 0\r\n".repeat(limits::MEDIA + 1);
    assert_eq!(of(format!("{head}{media}")), "m= lines");
}

/// Lines that look like SDP, so that the search goes deeper than the first line.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("c=IN IP4 198.51.100.1".to_owned()),
        Just("c=IN IP4 0.0.0.0".to_owned()),
        Just("c=IN IP6 ::1".to_owned()),
        (0u16.., "(RTP/AVP|RTP/SAVP|udptl|TCP)", "[0-9 ]{0,20}")
            .prop_map(|(port, proto, fmt)| format!("m=audio {port} {proto} {fmt} 8")),
        Just("m=image 4000 udptl t38".to_owned()),
        "a=(ptime|maxptime|rtcp):[0-9.]{0,12}( IN IP4 1.2.3.4)?",
        "a=rtpmap:[0-9]{1,3} (PCMU|PCMA|telephone-event|x)/(8000|16000)(/[0-9])?",
        "a=fmtp:[0-9]{1,3} [0-9,-]{0,12}",
        "a=(sendrecv|sendonly|recvonly|inactive|rtcp-mux)",
        "[a-z]=\\PC{0,30}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_octets_never_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Description::parse(&body);
    }

    #[test]
    fn whatever_is_offered_the_answer_fits(lines in proptest::collection::vec(line(), 0..24)) {
        let mut body = String::from("v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nt=0 0\r\n");
        for line in &lines {
            body.push_str(line);
            body.push_str("\r\n");
        }
        let Ok(offer) = Description::parse(body.as_bytes()) else { return Ok(()) };
        // What was read is written so that it reads the same.
        let again = Description::parse(&offer.to_bytes());
        prop_assert_eq!(again.as_ref(), Ok(&offer));
        let mut ours = negotiator();
        if let Ok((answer, agreed)) = ours.answer(&offer, Direction::SendRecv) {
            prop_assert!(Description::parse(&answer.to_bytes()).is_ok());
            prop_assert_eq!(answer.session().medias.len(), offer.session().medias.len());
            let open = answer.session().medias.iter().filter(|m| m.port != 0).count();
            prop_assert_eq!(open, 1);
            prop_assert!(!agreed.direction.sends() || agreed.rtp.is_some());
            prop_assert!(agreed.receive_payload_type().is_some());
        }
        // The same text as an answer to an offer of ours.
        let mut theirs = negotiator();
        theirs.create_offer(Direction::SendRecv).unwrap();
        let _ = theirs.apply_answer(&offer);
    }

    #[test]
    fn two_of_us_always_agree(reply in 0u8..4, asked in 0u8..4) {
        let directions =
            [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive];
        let (asked, reply) = (directions[usize::from(asked)], directions[usize::from(reply)]);
        let (mut a, mut b) = (negotiator(), negotiator());
        let offer = a.create_offer(asked).unwrap();
        let (answer, at_b) = b.answer(&offer, reply).unwrap();
        let at_a = a.apply_answer(&answer).unwrap();
        prop_assert_eq!(at_a.direction, at_b.direction.reversed());
        prop_assert_eq!(at_a.codec, at_b.codec);
        prop_assert_eq!(at_a.telephone_event, at_b.telephone_event);
    }
}
