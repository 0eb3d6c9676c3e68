// SPDX-License-Identifier: MIT OR Apache-2.0
//! Elements and messages, both ways.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use q931::cause::{Cause, CauseValue};
use q931::ie::*;
use q931::message::{CallReference, Element, Fault, Message, MessageError, MessageType, check};
use q931::{CodingStandard, Content, Location, Problem, Slots};

fn both<T: Content + PartialEq + core::fmt::Debug>(octets: &[u8], value: &T) {
    assert_eq!(T::decode(octets).as_ref(), Ok(value));
    assert_eq!(value.encode(), octets);
}

#[test]
fn elements_read_and_write_as_they_stand_on_the_line() {
    both(&[0x80, 0x90, 0xa3], &Bearer::speech_alaw());
    both(&[0x90, 0x90, 0xa3], &Bearer::audio_alaw());
    both(&[0x88, 0x90], &Bearer::data64());
    let v110 = Bearer::decode(&[0x88, 0x90, 0x21, 0x8f]).unwrap();
    assert_eq!(v110.layer1.as_ref().unwrap().parameters, [0x8f]);
    assert_eq!(v110.encode(), [0x88, 0x90, 0x21, 0x8f]);
    both(
        &[0x80, 0x90],
        &Cause::new(Location::User, CauseValue::NORMAL_CLEARING),
    );
    both(
        &[0x82, 0xe0, 0x04],
        &Cause::new(Location::PublicLocal, CauseValue::MANDATORY_MISSING).with_diagnostics(&[4]),
    );
    let with_recommendation = Cause::decode(&[0x00, 0x80, 0x91]).unwrap();
    assert_eq!(with_recommendation.recommendation, Some(0));
    assert_eq!(with_recommendation.encode(), [0x00, 0x80, 0x91]);
    both(&[0xa9, 0x83, 0x91], &ChannelIdentification::slot(17, true));
    both(&[0xa1, 0x83, 0x81], &ChannelIdentification::slot(1, false));
    both(&[0xa3], &ChannelIdentification::any());
    both(
        &[0xa9, 0x83, 0x01, 0x02, 0x83],
        &ChannelIdentification::numbers(vec![1, 2, 3], true),
    );
    let map = ChannelIdentification::decode(&[0xa9, 0x93, 0x80, 0x00, 0x00, 0x02]).unwrap();
    assert_eq!(map.slots(), Some(Slots::from_bits(0x8000_0002)));
    let t1 = ChannelIdentification::decode(&[0xa9, 0x93, 0x80, 0x00, 0x01]).unwrap();
    assert_eq!(t1.slots().unwrap().iter().collect::<Vec<_>>(), [1, 24]);
    let elsewhere = ChannelIdentification::decode(&[0xe9, 0x81, 0x83, 0x85]).unwrap();
    assert_eq!(
        (elsewhere.interface.clone(), elsewhere.single()),
        (Some(vec![1]), Some(5))
    );
    assert_eq!(elsewhere.encode(), [0xe9, 0x81, 0x83, 0x85]);
    both(
        &[0x82, 0x88],
        &ProgressIndicator::new(Location::PublicLocal, ProgressDescription::InBand),
    );
    both(b"\x811234", &CalledNumber::new("1234"));
    both(b"\x01\x80555", &CallingNumber(PartyNumber::new("555")));
    let restricted = CallingNumber::decode(b"\x21\xa3555").unwrap().0;
    assert_eq!(restricted.presentation(), Presentation::Restricted);
    assert_eq!(restricted.screening(), Screening::Network);
    assert_eq!(restricted.type_of_number, TypeOfNumber::National);
    let unsaid = CallingNumber::decode(b"\x81555").unwrap();
    assert_eq!(
        (unsaid.0.shown, unsaid.0.presentation()),
        (None, Presentation::Allowed)
    );
    assert_eq!(unsaid.encode(), b"\x81555");
    let redirecting = RedirectingNumber::decode(b"\x21\x01\x8f42").unwrap();
    assert_eq!(redirecting.reason, Some(RedirectionReason::Unconditional));
    assert_eq!(redirecting.encode(), b"\x21\x01\x8f42");
    both(
        &[0xd0 & 0x3f],
        &CallStateElement {
            coding: CodingStandard::Itu,
            value: 16,
        },
    );
    both(&[0x86], &RestartIndicator(RestartClass::Interface));
    both(
        &[0x80],
        &Notification {
            description: 0,
            extended: false,
            rest: Vec::new(),
        },
    );
    both(
        &[26, 11, 21, 10, 30],
        &DateTime {
            year: 26,
            month: 11,
            day: 21,
            time: vec![10, 30],
        },
    );
    both(b"*21#", &Keypad("*21#".into()));
    both(
        &[4, 1, 2],
        &UserUser {
            protocol: 4,
            information: vec![1, 2],
        },
    );
    let fax = HighLayerCompatibility::decode(&[0x91, 0x84]).unwrap();
    assert_eq!((fax.characteristics, fax.encode()), (4, vec![0x91, 0x84]));
    both(
        &[0x88, 1, 2],
        &CalledSubaddress(Subaddress {
            kind: 0,
            odd: true,
            information: vec![1, 2],
        }),
    );
}

#[test]
fn errors_say_what_and_where() {
    let error = Cause::decode(&[0x80]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cause, octet 1: contents end where cause value is expected"
    );
    let error = CalledNumber::decode(b"\x8112\x803").unwrap_err();
    assert_eq!(
        (error.at, error.problem),
        (
            3,
            Problem::Value {
                found: 0x80,
                expected: "an IA5 character"
            }
        )
    );
    assert!(ProgressIndicator::decode(&[0x80, 0x88, 0]).is_err());
    assert!(RestartIndicator::decode(&[0x83]).is_err());
    assert!(ChannelIdentification::decode(&[0xa9, 0x83]).is_err());
    assert!(Bearer::decode(&[0x80]).is_err());
    assert!(Bearer::decode(&[]).is_err());
}

#[test]
fn every_cause_has_its_number_once() {
    let mut seen = std::collections::HashSet::new();
    for value in CauseValue::NAMED {
        assert!(seen.insert(value.0) && value.0 < 128 && !value.name().is_empty());
    }
    assert_eq!(CauseValue(16).to_string(), "16 (normal call clearing)");
    assert_eq!(CauseValue(11).to_string(), "11");
}

const SETUP: &[u8] = &[
    0x08, 0x02, 0x00, 0x01, 0x05, 0xa1, 0x04, 0x03, 0x80, 0x90, 0xa3, 0x18, 0x03, 0xa9, 0x83, 0x81,
    0x6c, 0x03, 0x01, 0x80, 0x31, 0x70, 0x02, 0x81, 0x32,
];

#[test]
fn a_message_built_here_stands_in_the_order_of_its_elements() {
    let reference = CallReference::Value {
        value: 1,
        flag: false,
        wide: true,
    };
    let message = Message::new(reference, MessageType::Setup)
        .with(&CalledNumber::new("2"))
        .with(&CallingNumber(PartyNumber::new("1")))
        .with(&ChannelIdentification::slot(1, true))
        .with_sending_complete()
        .with(&Bearer::speech_alaw());
    assert_eq!(message.encode(), SETUP);
    assert_eq!(Message::decode(SETUP), Ok((message, None)));
}

#[test]
fn what_is_no_message_is_named() {
    assert_eq!(Message::decode(&[]), Err(MessageError::Short(0)));
    assert_eq!(Message::decode(&[8, 2, 0]), Err(MessageError::Short(3)));
    assert_eq!(Message::decode(&[8, 2, 0, 1]), Err(MessageError::Short(4)));
    assert_eq!(Message::decode(&[9, 0, 5]), Err(MessageError::Protocol(9)));
    assert_eq!(
        Message::decode(&[8, 3, 0, 0, 1, 5]),
        Err(MessageError::CallReference(3))
    );
    assert_eq!(
        Message::decode(&[8, 0x12, 0, 0, 1, 5]),
        Err(MessageError::CallReference(0x12))
    );
    let (dummy, _) = Message::decode(&[8, 0, 0x62]).unwrap();
    assert_eq!(dummy.reference, CallReference::Dummy);
    let (narrow, _) = Message::decode(&[8, 1, 0x85, 0x5a]).unwrap();
    assert_eq!(
        narrow.reference,
        CallReference::Value {
            value: 5,
            flag: true,
            wide: false
        }
    );
    let (_, cut) = Message::decode(&[8, 1, 5, 0x45, 0x08, 0x02, 0x80]).unwrap();
    assert_eq!(
        cut.unwrap().to_string(),
        "element 0x08 of codeset 0 claims 2 octets, 1 are left"
    );
}

#[test]
fn codeset_shifts_are_followed_and_kept() {
    // Locking to 5, then non-locking to 6 for one element, then back in 5.
    let octets = [
        8, 1, 5, 0x7b, 0x28, 1, b'a', 0x95, 0x28, 1, b'b', 0x9e, 0x28, 1, b'c', 0x28, 1, b'd',
    ];
    let (message, _) = Message::decode(&octets).unwrap();
    let codesets: Vec<u8> = message
        .elements
        .iter()
        .filter(|e| !e.is_shift())
        .map(|e| e.codeset)
        .collect();
    assert_eq!(codesets, [0, 5, 6, 5]);
    assert_eq!(message.legal::<Display>(), Some(Display(b"a".to_vec())));
    assert_eq!(message.encode(), octets);
    let mut built = Message::new(message.reference, MessageType::Information);
    built.elements.append(Element {
        codeset: 6,
        id: 0x28,
        contents: vec![1],
    });
    built.elements.append(Element {
        codeset: 0,
        id: 0x28,
        contents: vec![2],
    });
    assert_eq!(Message::decode(&built.encode()), Ok((built, None)));
}

#[test]
fn faults_are_found_and_weighed() {
    let faults = |octets: &[u8]| {
        let (message, cut) = Message::decode(octets).unwrap();
        check(&message, cut)
    };
    assert_eq!(faults(SETUP), []);
    assert_eq!(faults(&[8, 1, 5, 0x05]), [Fault::Missing(4)]);
    let bad_bearer = faults(&[8, 1, 5, 0x05, 0x04, 1, 0x80]);
    assert!(bad_bearer[0].is_fatal() && bad_bearer[0].id() == 4);
    let comprehend = faults(&[8, 1, 5, 0x7b, 0x01, 1, 0]);
    assert!(comprehend[0].is_fatal());
    let unknown = faults(&[8, 1, 5, 0x7b, 0x3f, 1, 0]);
    assert!(!unknown[0].is_fatal());
    let cut = faults(&[8, 1, 5, 0x45, 0x08, 2, 0x80]);
    assert!(cut[0].is_fatal());
    assert_eq!(cut.len(), 1);
    // Other codesets and repeated elements are nobody's fault.
    assert_eq!(faults(&[8, 1, 5, 0x7b, 0x9d, 0x01, 1, 0]), []);
}

#[test]
fn octet_4_may_be_extended_even_with_a_multirate() {
    for octets in [&[0x80, 0x58, 0, 0x8a][..], &[0x80, 0xd8, 0x02, 0xa3]] {
        let bearer = Bearer::decode(octets).unwrap();
        assert_eq!(bearer.encode(), octets);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn messages_encode_to_what_they_were(mut octets in prop::collection::vec(any::<u8>(), 0..60), wide: bool) {
        let mut head = if wide { vec![8, 2, 1, 2] } else { vec![8, 1, 2] };
        head.append(&mut octets);
        if let Ok((message, None)) = Message::decode(&head) {
            prop_assert_eq!(message.encode(), head);
        }
    }

    #[test]
    fn elements_never_panic_and_settle(octets in prop::collection::vec(any::<u8>(), 0..24)) {
        fn settles<T: Content + PartialEq + core::fmt::Debug>(octets: &[u8]) {
            if let Ok(value) = T::decode(octets) {
                assert_eq!(T::decode(&value.encode()), Ok(value));
            }
        }
        settles::<Bearer>(&octets);
        settles::<Cause>(&octets);
        settles::<CallStateElement>(&octets);
        settles::<ChannelIdentification>(&octets);
        settles::<ProgressIndicator>(&octets);
        settles::<Notification>(&octets);
        settles::<Display>(&octets);
        settles::<DateTime>(&octets);
        settles::<Keypad>(&octets);
        settles::<CalledNumber>(&octets);
        settles::<CallingNumber>(&octets);
        settles::<ConnectedNumber>(&octets);
        settles::<RedirectingNumber>(&octets);
        settles::<CalledSubaddress>(&octets);
        settles::<RestartIndicator>(&octets);
        settles::<HighLayerCompatibility>(&octets);
        settles::<LowLayerCompatibility>(&octets);
        settles::<UserUser>(&octets);
    }
}
