// SPDX-License-Identifier: MIT OR Apache-2.0
//! We offer.

use crate::common::{description, local, negotiator};
use sdp::{
    AnswerFault, Codec, Direction, Error, LocalAudio, LocalError, Negotiator, Refusal, State,
};

#[test]
fn the_offer_lists_our_codecs_in_our_order() {
    let offer = negotiator().create_offer(Direction::SendRecv).unwrap();
    assert_eq!(
        offer.to_string(),
        "v=0\r\no=- 77 5 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
         m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=maxptime:60\r\n\
         a=sendrecv\r\n"
    );
}

#[test]
fn an_answer_may_use_other_payload_types_than_the_offer() {
    let mut n = negotiator();
    n.create_offer(Direction::SendRecv).unwrap();
    let answer =
        description("m=audio 7000 RTP/AVP 0 110\na=rtpmap:110 telephone-event/8000\na=ptime:10");
    let agreed = n.apply_answer(&answer).unwrap();
    assert_eq!((agreed.codec, agreed.send_payload_type), (Codec::Pcmu, 0));
    assert_eq!(agreed.receive, [(8, Codec::Pcma), (0, Codec::Pcmu)]);
    let event = agreed.telephone_event.unwrap();
    assert_eq!((event.send, event.receive), (110, 101));
    assert_eq!(agreed.packet_time.millis(), 10);
    assert_eq!(n.state(), State::Stable);
}

#[test]
fn a_second_answer_to_the_same_offer_replaces_the_first() {
    let mut n = negotiator();
    n.create_offer(Direction::SendRecv).unwrap();
    let early = n
        .apply_answer(&description("m=audio 7000 RTP/AVP 8"))
        .unwrap();
    let last = n
        .apply_answer(&description("m=audio 7100 RTP/AVP 0"))
        .unwrap();
    assert_eq!(
        (early.rtp.unwrap().port(), last.rtp.unwrap().port()),
        (7000, 7100)
    );
    n.answer(&description("m=audio 7000 RTP/AVP 8"), Direction::SendRecv)
        .unwrap();
    let late = n.apply_answer(&description("m=audio 7100 RTP/AVP 0"));
    assert!(matches!(
        late,
        Err(Error::State {
            state: State::Stable,
            ..
        })
    ));
}

#[test]
fn answers_that_do_not_fit_are_named_and_close_the_offer() {
    let cases = [
        (
            "",
            AnswerFault::MediaCount {
                expected: 1,
                found: 0,
            },
        ),
        (
            "m=audio 7000 RTP/AVP 8\nm=audio 0 RTP/AVP 8",
            AnswerFault::MediaCount {
                expected: 1,
                found: 2,
            },
        ),
        ("m=audio 0 RTP/AVP 8", AnswerFault::AudioRejected),
        ("m=video 7000 RTP/AVP 8", AnswerFault::AudioRejected),
        (
            "m=audio 7000 RTP/AVP 18",
            AnswerFault::Unusable(Refusal::NoCommonCodec {
                offered: "18".into(),
            }),
        ),
        (
            "m=audio 7000 RTP/SAVP 8",
            AnswerFault::Unusable(Refusal::Transport {
                transport: "RTP/SAVP".into(),
            }),
        ),
    ];
    for (rest, fault) in cases {
        let mut n = negotiator();
        n.create_offer(Direction::SendRecv).unwrap();
        assert_eq!(
            n.apply_answer(&description(rest)),
            Err(Error::Answer(fault))
        );
        assert_eq!(n.state(), State::Idle);
        n.create_offer(Direction::SendRecv).unwrap();
    }
}

#[test]
fn our_hold_and_theirs_combine() {
    let cases = [
        (Direction::SendRecv, "sendrecv", Direction::SendRecv),
        (Direction::SendRecv, "recvonly", Direction::SendOnly),
        (Direction::SendOnly, "recvonly", Direction::SendOnly),
        (Direction::SendOnly, "inactive", Direction::Inactive),
        // A far end that answers sendrecv to a hold: we still do not listen.
        (Direction::SendOnly, "sendrecv", Direction::SendOnly),
    ];
    for (ours, theirs, expected) in cases {
        let mut n = negotiator();
        n.create_offer(ours).unwrap();
        let answer = description(&format!("m=audio 7000 RTP/AVP 8\na={theirs}"));
        assert_eq!(n.apply_answer(&answer).unwrap().direction, expected);
    }
}

#[test]
fn steps_out_of_turn_are_refused_and_change_nothing() {
    let offer = description("m=audio 7000 RTP/AVP 8");
    let mut n = negotiator();
    assert!(matches!(
        n.apply_answer(&offer),
        Err(Error::State {
            state: State::Idle,
            ..
        })
    ));
    assert!(matches!(
        n.create_answer(Direction::SendRecv),
        Err(Error::State { .. })
    ));
    n.create_offer(Direction::SendRecv).unwrap();
    let glare = n.receive_offer(&offer).unwrap_err();
    assert_eq!(
        glare.to_string(),
        "taking an offer is not possible while our offer is open"
    );
    assert!(matches!(
        n.create_offer(Direction::SendRecv),
        Err(Error::State { .. })
    ));
    n.refuse_offer();
    assert_eq!(n.state(), State::HaveLocalOffer);
    n.offer_refused();
    assert_eq!(n.state(), State::Idle);
    n.receive_offer(&offer).unwrap();
    assert_eq!(n.state(), State::HaveRemoteOffer);
    assert!(matches!(
        n.create_offer(Direction::SendRecv),
        Err(Error::State { .. })
    ));
    n.offer_refused();
    assert_eq!(n.state(), State::HaveRemoteOffer);
    n.refuse_offer();
    assert_eq!(n.state(), State::Idle);
    n.answer(&offer, Direction::SendRecv).unwrap();
    n.create_offer(Direction::SendOnly).unwrap();
    n.offer_refused();
    assert_eq!(n.state(), State::Stable);
}

#[test]
fn a_new_offer_raises_the_version_and_keeps_the_agreed_event_payload_type() {
    let mut n = negotiator();
    let offer = description("m=audio 7000 RTP/AVP 8 97\na=rtpmap:97 telephone-event/8000");
    n.answer(&offer, Direction::SendRecv).unwrap();
    let ours = n.create_offer(Direction::SendOnly).unwrap();
    assert_eq!(ours.session().origin.sess_version, 6);
    assert!(ours.to_string().contains("m=audio 4000 RTP/AVP 8 0 97\r\n"));
    assert!(ours.to_string().contains("a=sendonly\r\n"));
}

#[test]
fn ipv6_is_written_and_read() {
    let address = "2001:db8::5".parse().unwrap();
    let local = LocalAudio::new(address, 4000, &[Codec::Pcmu]).unwrap();
    let mut n = Negotiator::new(local, 1, 1);
    let offer = n.create_offer(Direction::SendRecv).unwrap().to_string();
    assert!(offer.contains("c=IN IP6 2001:db8::5\r\n") && offer.contains(" IN IP6 "));
    let answer = description("m=audio 7000 RTP/AVP 0\nc=IN IP6 2001:db8::9");
    let agreed = n.apply_answer(&answer).unwrap();
    assert_eq!(agreed.rtp.unwrap().to_string(), "[2001:db8::9]:7000");
}

#[test]
fn what_cannot_be_offered_is_refused_at_once() {
    let address = "192.0.2.1".parse().unwrap();
    let make = |port, codecs: &[Codec]| LocalAudio::new(address, port, codecs).unwrap_err();
    assert_eq!(make(0, &[Codec::Pcma]), LocalError::Port);
    assert_eq!(make(65535, &[Codec::Pcma]), LocalError::Port);
    assert_eq!(make(4000, &[]), LocalError::Codecs);
    assert_eq!(make(4000, &[Codec::Pcma, Codec::Pcma]), LocalError::Codecs);
    let any = "0.0.0.0".parse().unwrap();
    assert_eq!(
        LocalAudio::new(any, 1, &[Codec::Pcma]).unwrap_err(),
        LocalError::Address
    );
    assert_eq!(
        local().with_telephone_event(Some(95)),
        Err(LocalError::TelephoneEvent)
    );
}
