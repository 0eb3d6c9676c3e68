// SPDX-License-Identifier: MIT OR Apache-2.0
//! The far end offers.

use crate::common::{description, local, negotiator};
use sdp::{Codec, Description, Direction, Error, Negotiator, Preference, Refusal, State};

const PHONE: &str = "m=audio 30000 RTP/AVP 9 0 8 97
    a=rtpmap:9 G722/8000
    a=rtpmap:0 PCMU/8000
    a=rtpmap:97 telephone-event/8000
    a=fmtp:97 0-16
    a=ptime:30
    a=sendrecv";

#[test]
fn a_phone_is_answered_with_its_own_payload_types() {
    let mut n = negotiator();
    let (answer, agreed) = n.answer(&description(PHONE), Direction::SendRecv).unwrap();
    assert_eq!(
        answer.to_string(),
        "v=0\r\no=- 77 5 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
         m=audio 4000 RTP/AVP 0 8 97\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
         a=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-15\r\na=ptime:30\r\na=maxptime:60\r\n\
         a=sendrecv\r\n"
    );
    assert_eq!(agreed.codec, Codec::Pcmu);
    assert_eq!(
        (agreed.send_payload_type, agreed.receive_payload_type()),
        (0, Some(0))
    );
    assert_eq!(agreed.receive, [(0, Codec::Pcmu), (8, Codec::Pcma)]);
    let event = agreed.telephone_event.unwrap();
    assert_eq!((event.send, event.receive), (97, 97));
    assert!(event.events.contains(15) && !event.events.contains(16));
    assert_eq!(agreed.rtp.unwrap().to_string(), "198.51.100.7:30000");
    assert_eq!(agreed.rtcp.unwrap().to_string(), "198.51.100.7:30001");
    assert_eq!(agreed.packet_time.millis(), 30);
    assert_eq!(agreed.packet_time.octets(), 240);
    assert_eq!(n.state(), State::Stable);
}

#[test]
fn our_order_of_codecs_decides_where_we_say_so() {
    let mut n = Negotiator::new(local().with_preference(Preference::Local), 1, 1);
    let (answer, agreed) = n.answer(&description(PHONE), Direction::SendRecv).unwrap();
    assert_eq!(agreed.codec, Codec::Pcma);
    assert!(
        answer
            .to_string()
            .contains("m=audio 4000 RTP/AVP 8 0 97\r\n")
    );
}

#[test]
fn dynamic_payload_types_and_redefined_static_ones_follow_the_rtpmap() {
    let offer = "m=audio 30000 RTP/AVP 0 96\na=rtpmap:0 G729/8000\na=rtpmap:96 pcma/8000/1";
    let (_, agreed) = negotiator()
        .answer(&description(offer), Direction::SendRecv)
        .unwrap();
    assert_eq!((agreed.codec, agreed.send_payload_type), (Codec::Pcma, 96));
    assert_eq!(agreed.telephone_event, None);
    for map in ["PCMA/16000", "PCMA/8000/2", "PCMA", "PCMA/", ""] {
        let offer = format!("m=audio 30000 RTP/AVP 96\na=rtpmap:96 {map}");
        let refused = negotiator().answer(&description(&offer), Direction::SendRecv);
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::NoCommonCodec { .. }))),
            "{map}"
        );
    }
}

fn refusal(rest: &str) -> Refusal {
    let mut n = negotiator();
    match n.answer(&description(rest), Direction::SendRecv) {
        Err(Error::Refused(refusal)) => {
            assert_eq!(n.state(), State::Idle);
            refusal
        }
        other => panic!("{rest}: {other:?}"),
    }
}

#[test]
fn what_is_not_served_is_refused_by_name() {
    for transport in [
        "RTP/SAVP",
        "RTP/SAVPF",
        "RTP/AVPF",
        "UDP/TLS/RTP/SAVP",
        "UDP/TLS/RTP/SAVPF",
    ] {
        let rest = format!("m=audio 30000 {transport} 0");
        assert_eq!(
            refusal(&rest),
            Refusal::Transport {
                transport: transport.into()
            }
        );
    }
    assert_eq!(refusal("m=image 30000 udptl t38"), Refusal::T38);
    assert_eq!(
        refusal("m=image 30000 udptl t38\nm=video 3 RTP/AVP 31"),
        Refusal::T38
    );
    assert_eq!(
        refusal("m=image 30000 udptl t38\nm=audio 3 RTP/SAVP 0"),
        Refusal::Transport {
            transport: "RTP/SAVP".into()
        }
    );
    assert_eq!(refusal("m=video 30000 RTP/AVP 31"), Refusal::NoAudio);
    assert_eq!(refusal("m=audio 0 RTP/AVP 0"), Refusal::NoAudio);
    assert_eq!(refusal(""), Refusal::NoAudio);
    assert_eq!(
        refusal("m=audio 30000 RTP/AVP 18 4 101"),
        Refusal::NoCommonCodec {
            offered: "18 4 101".into()
        }
    );
    assert_eq!(
        refusal("m=audio 30000 RTP/AVP 0\na=maxptime:5"),
        Refusal::PacketTime { max: 5 }
    );
    for address in ["IP4 pbx.example.com", "IP4 224.2.1.1/127", "IP4 1.2.3.4/20"] {
        let shown = address.split(' ').nth(1).unwrap().to_owned();
        let rest = format!("m=audio 30000 RTP/AVP 0\nc=IN {address}");
        assert_eq!(refusal(&rest), Refusal::Address { address: shown });
    }
    assert_eq!(
        refusal("m=audio 30000 RTP/AVP 0\nc=IN IP6 2001:db8::1"),
        Refusal::AddressFamily {
            address: "2001:db8::1".into()
        }
    );
    let body = b"v=0\no=- 1 1 IN IP4 1.2.3.4\ns=-\nt=0 0\nm=audio 3000 RTP/AVP 0\n";
    let offer = Description::parse(body).unwrap();
    let refused = negotiator().receive_offer(&offer).unwrap_err();
    assert_eq!(refused, Error::Refused(Refusal::NoConnection));
}

#[test]
fn the_first_stream_that_can_be_served_is_picked_and_the_others_get_port_0() {
    let offer = description(
        "m=video 5000 RTP/AVP 96 97
         m=audio 5002 RTP/SAVP 0
         m=audio 5004 RTP/AVP 8
         c=IN IP4 203.0.113.9
         m=audio 5006 RTP/AVP 0
         m=image 5008 udptl t38",
    );
    let mut n = negotiator();
    let (answer, agreed) = n.answer(&offer, Direction::SendRecv).unwrap();
    assert_eq!(agreed.rtp.unwrap().to_string(), "203.0.113.9:5004");
    let text = answer.to_string();
    let lines: Vec<&str> = text.lines().filter(|l| l.starts_with("m=")).collect();
    assert_eq!(
        lines,
        [
            "m=video 0 RTP/AVP 96 97",
            "m=audio 0 RTP/SAVP 0",
            "m=audio 4000 RTP/AVP 8",
            "m=audio 0 RTP/AVP 0",
            "m=image 0 udptl t38",
        ]
    );
    // A later offer of ours keeps the lines and their order.
    let text = n.create_offer(Direction::SendRecv).unwrap().to_string();
    let ours: Vec<&str> = text.lines().filter(|l| l.starts_with("m=")).collect();
    assert_eq!(ours[2], "m=audio 4000 RTP/AVP 8 0 101");
    assert_eq!((ours[0], ours.len()), (lines[0], 5));
}

#[test]
fn hold_is_answered_by_attribute_and_by_address() {
    let cases = [
        ("a=sendrecv", Direction::SendRecv, Direction::SendRecv),
        ("a=sendonly", Direction::SendRecv, Direction::RecvOnly),
        ("a=recvonly", Direction::SendRecv, Direction::SendOnly),
        ("a=inactive", Direction::SendRecv, Direction::Inactive),
        ("a=sendrecv", Direction::SendOnly, Direction::SendOnly),
        ("a=sendonly", Direction::SendOnly, Direction::Inactive),
        ("c=IN IP4 0.0.0.0", Direction::SendRecv, Direction::RecvOnly),
        (
            "c=IN IP4 0.0.0.0\na=sendonly",
            Direction::SendRecv,
            Direction::RecvOnly,
        ),
        (
            "c=IN IP4 0.0.0.0\na=recvonly",
            Direction::SendRecv,
            Direction::Inactive,
        ),
    ];
    for (lines, wish, expected) in cases {
        let offer = description(&format!("m=audio 30000 RTP/AVP 8\n{lines}"));
        let (answer, agreed) = negotiator().answer(&offer, wish).unwrap();
        assert_eq!(agreed.direction, expected, "{lines} {wish}");
        assert!(answer.to_string().contains(&format!("a={expected}\r\n")));
        assert_eq!(agreed.rtp.is_none(), lines.starts_with("c="));
        assert_eq!(agreed.rtcp.is_none(), lines.starts_with("c="));
    }
}

#[test]
fn a_session_level_direction_holds_unless_the_stream_has_its_own() {
    let body = "v=0\no=- 1 1 IN IP4 1.2.3.4\ns=-\nc=IN IP4 1.2.3.4\nt=0 0\na=inactive\nm=audio 9 RTP/AVP 0\n";
    let parse = |text: &str| Description::parse(text.as_bytes()).unwrap();
    let (_, agreed) = negotiator()
        .answer(&parse(body), Direction::SendRecv)
        .unwrap();
    assert_eq!(agreed.direction, Direction::Inactive);
    let body = format!("{body}a=sendonly\n");
    let (_, agreed) = negotiator()
        .answer(&parse(&body), Direction::SendRecv)
        .unwrap();
    assert_eq!(agreed.direction, Direction::RecvOnly);
}

#[test]
fn rtcp_goes_where_the_offer_says_and_mux_is_not_taken() {
    let cases = [
        ("a=rtcp:6000", Some("198.51.100.7:6000")),
        ("a=rtcp:6000 IN IP4 203.0.113.4", Some("203.0.113.4:6000")),
        ("a=rtcp:6000 IN IP6 2001:db8::1", None),
        ("a=rtcp:0", None),
        ("a=rtcp:x", None),
        ("a=rtcp-mux", Some("198.51.100.7:30001")),
    ];
    for (line, expected) in cases {
        let offer = description(&format!("m=audio 30000 RTP/AVP 8\n{line}"));
        let (answer, agreed) = negotiator().answer(&offer, Direction::SendRecv).unwrap();
        assert_eq!(
            agreed.rtcp.map(|a| a.to_string()).as_deref(),
            expected,
            "{line}"
        );
        assert!(!answer.to_string().contains("rtcp"));
    }
    let offer = description("m=audio 65535 RTP/AVP 8");
    let (_, agreed) = negotiator().answer(&offer, Direction::SendRecv).unwrap();
    assert_eq!(agreed.rtcp, None);
}

#[test]
fn packet_times_follow_the_offer_within_what_is_served() {
    let cases = [
        ("", 20),
        ("a=ptime:10", 10),
        ("a=ptime:60", 60),
        ("a=ptime:5", 10),
        ("a=ptime:35", 30),
        ("a=ptime:200", 60),
        ("a=ptime:20.0", 20),
        ("a=ptime:40\na=maxptime:30", 30),
        ("a=maxptime:10", 10),
        ("a=maxptime:150", 20),
        ("a=ptime:0", 20),
        ("a=ptime:quick", 20),
    ];
    for (lines, expected) in cases {
        let offer = description(&format!("m=audio 30000 RTP/AVP 8\n{lines}"));
        let (_, agreed) = negotiator().answer(&offer, Direction::SendRecv).unwrap();
        assert_eq!(agreed.packet_time.millis(), expected, "{lines}");
    }
}

#[test]
fn telephone_event_needs_8_khz_the_keypad_and_our_consent() {
    let cases = [
        ("a=rtpmap:101 telephone-event/8000", true),
        (
            "a=rtpmap:101 TELEPHONE-EVENT/8000\na=fmtp:101 events=0-15",
            true,
        ),
        ("a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-11", true),
        ("a=rtpmap:101 telephone-event/8000\na=fmtp:101 32-36", false),
        ("a=rtpmap:101 telephone-event/16000", false),
    ];
    for (lines, expected) in cases {
        let offer = description(&format!("m=audio 30000 RTP/AVP 8 101\n{lines}"));
        let (_, agreed) = negotiator().answer(&offer, Direction::SendRecv).unwrap();
        assert_eq!(agreed.telephone_event.is_some(), expected, "{lines}");
        let without = local().with_telephone_event(None).unwrap();
        let mut n = Negotiator::new(without, 1, 1);
        let (answer, agreed) = n.answer(&offer, Direction::SendRecv).unwrap();
        assert_eq!(agreed.telephone_event, None);
        assert!(!answer.to_string().contains("telephone-event"));
    }
}

#[test]
fn a_refreshed_offer_keeps_the_version_and_a_changed_one_raises_it() {
    let mut n = negotiator();
    let offer = description("m=audio 30000 RTP/AVP 8");
    let held = description("m=audio 30000 RTP/AVP 8\na=sendonly");
    let version = |d: &Description| d.session().origin.sess_version;
    let (first, _) = n.answer(&offer, Direction::SendRecv).unwrap();
    let (again, _) = n.answer(&offer, Direction::SendRecv).unwrap();
    let (hold, _) = n.answer(&held, Direction::SendRecv).unwrap();
    let (back, _) = n.answer(&offer, Direction::SendRecv).unwrap();
    assert_eq!([&first, &again, &hold, &back].map(version), [5, 5, 6, 7]);
    assert_eq!(first, again);
}
