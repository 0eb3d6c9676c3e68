// SPDX-License-Identifier: MIT OR Apache-2.0
//! Arguments, results, components and contents, both ways.

use crate::samples;
use facility::address::{PartyNumber, PresentedNumberUnscreened};
use facility::ber::{Null, Numeric, Octets};
use facility::name::{CharacterSet, Name, NameArgument, NameSet};
use facility::{
    Answers, Argument, Component, Contents, Dialect, Fault, Interpretation, Operation, Outcome,
    Profile, ServiceError, ValueError, etsi, qsig,
};
use std::collections::HashSet;

#[test]
fn every_operation_has_a_sample_and_survives() {
    let mut seen = HashSet::new();
    for argument in samples::arguments() {
        let operation = argument.operation();
        seen.insert(operation);
        let octets = argument.encode();
        assert_eq!(
            Argument::decode(operation, &octets),
            Ok(argument),
            "{octets:02x?}"
        );
    }
    let mut results = HashSet::new();
    for outcome in samples::outcomes() {
        let operation = outcome.operation();
        results.insert(operation);
        let octets = outcome.encode();
        assert_eq!(
            Outcome::decode(operation, &octets),
            Ok(outcome),
            "{octets:02x?}"
        );
    }
    for operation in Dialect::ALL.iter().flat_map(|dialect| dialect.operations()) {
        assert!(
            seen.contains(&operation),
            "no argument of {}",
            operation.name()
        );
        let has = results.contains(&operation);
        assert_eq!(
            has,
            operation.answers() == Answers::Result,
            "{}",
            operation.name()
        );
    }
}

#[test]
fn codes_are_unique_within_a_dialect() {
    for dialect in Dialect::ALL {
        for operation in dialect.operations() {
            assert_eq!(dialect.operation(operation.code()), Some(operation));
        }
        for error in ServiceError::ALL {
            if error.dialects().contains(dialect) {
                assert_eq!(ServiceError::from_code(*dialect, error.code()), *error);
            }
        }
    }
}

/// What an NI-2 exchange was seen to send for a name: networking extensions, discard, callingName.
#[test]
fn a_caller_s_name_of_an_ni2_exchange() {
    let octets = b"\x9f\x8b\x01\x00\xa1\x0d\x02\x01\x01\x02\x01\x00\x80\x05ALICE";
    let decoded = Contents::decode(octets).unwrap();
    assert_eq!(decoded.bad, []);
    let contents = decoded.contents;
    assert_eq!(contents.profile, Profile::NetworkingExtensions);
    assert_eq!(contents.interpretation, Some(Interpretation::Discard));
    assert_eq!(contents.encode().unwrap(), octets);
    let [Component::Invoke { code, argument, .. }] = &contents.components[..] else {
        panic!("{contents:?}");
    };
    let operation = Dialect::Ni2.operation(*code).unwrap();
    let Argument::Ni2(facility::ni2::Argument::CallingName(name)) =
        Argument::decode(operation, argument).unwrap()
    else {
        panic!()
    };
    assert_eq!(name.name().text().as_deref(), Some("ALICE"));
}

/// The second edition of the QSIG services has global codes, which end in the local ones.
#[test]
fn codes_of_the_second_edition_of_qsig() {
    let code =
        facility::Code::Global(facility::ber::Oid::from_octets(&[0x2B, 0x0C, 0x09, 0x15]).unwrap());
    let operation = Dialect::Qsig.operation(code);
    let leg = Operation::Qsig(qsig::Operation::DivertingLegInformation2);
    assert_eq!(operation, Some(leg));
    assert_eq!(Dialect::Etsi.operation(code), None);
    let code = facility::Code::Global(
        facility::ber::Oid::from_octets(&[0x2B, 0x0C, 0x09, 0x87, 0x70]).unwrap(),
    );
    let error = ServiceError::from_code(Dialect::Qsig, code);
    assert_eq!(error, ServiceError::Unspecified);
}

/// The octets written out by hand from the ASN.1.
#[test]
fn diverting_leg_information_2_octet_by_octet() {
    let argument = Argument::Etsi(etsi::Argument::DivertingLegInformation2(
        etsi::diversion::DivertingLegInformation2 {
            counter: 1,
            reason: etsi::diversion::DiversionReason::Unconditional,
            diverting: Some(PresentedNumberUnscreened::Allowed(PartyNumber::Unknown(
                Numeric::new("123").unwrap(),
            ))),
            original_called: Some(PresentedNumberUnscreened::Restricted(Null)),
            more: facility::ber::More::default(),
        },
    ));
    let octets = [
        0x30, 0x13, // SEQUENCE
        0x02, 0x01, 0x01, // diversionCounter 1
        0x0A, 0x01, 0x01, // diversionReason cfu
        0xA1, 0x07, 0xA0, 0x05, 0x80, 0x03, b'1', b'2',
        b'3', // divertingNr, allowed, unknown plan
        0xA2, 0x02, 0x81, 0x00, // originalCalledNr, restricted
    ];
    assert_eq!(argument.encode(), octets);
}

#[test]
fn extensions_survive() {
    // divertingLegInformation3 with an extension [1] of a manufacturer.
    let octets = [
        0x30, 0x0C, 0x01, 0x01, 0xFF, 0xA1, 0x07, 0x06, 0x02, 0x2A, 0x03, 0x04, 0x01, 0x55,
    ];
    let operation = Operation::Qsig(qsig::Operation::DivertingLegInformation3);
    let argument = Argument::decode(operation, &octets).unwrap();
    assert_eq!(argument.encode(), octets);
    let Argument::Qsig(qsig::Argument::DivertingLegInformation3(value)) = argument else {
        panic!()
    };
    assert_eq!(value.more.octets(), &octets[5..]);
}

#[test]
fn default_values_are_not_sent() {
    let operation = Operation::Qsig(qsig::Operation::InterrogateDiversion);
    let long = [
        0x30, 0x0C, 0x0A, 0x01, 0x01, 0x0A, 0x01, 0x00, 0x80, 0x01, b'1', 0x80, 0x01, b'2',
    ];
    let short = [
        0x30, 0x09, 0x0A, 0x01, 0x01, 0x80, 0x01, b'1', 0x80, 0x01, b'2',
    ];
    let read = Argument::decode(operation, &long).unwrap();
    assert_eq!(Argument::decode(operation, &short), Ok(read.clone()));
    assert_eq!(read.encode(), short);
}

#[test]
fn values_without_a_name_survive() {
    let operation = Operation::Etsi(etsi::Operation::ChargingRequest);
    let argument = Argument::decode(operation, &[0x0A, 0x01, 0x09]).unwrap();
    assert_eq!(
        argument,
        Argument::Etsi(etsi::Argument::ChargingRequest(
            etsi::charge::ChargingCase::Other(9)
        ))
    );
    assert_eq!(argument.encode(), [0x0A, 0x01, 0x09]);
}

#[test]
fn faults_say_where() {
    let operation = Operation::Etsi(etsi::Operation::CallDeflection);
    let error = Argument::decode(operation, &[0x30, 0x03, 0x0A, 0x01, 0x01]).unwrap_err();
    assert_eq!((error.what, error.at), ("CallDeflection.to", 2));
    assert!(matches!(error.fault, Fault::Unexpected { .. }), "{error}");
    let error = Argument::decode(operation, &[]).unwrap_err();
    assert_eq!(error.fault, Fault::Missing);
    let join = Operation::Etsi(etsi::Operation::BeginThreeParty);
    assert!(
        Argument::decode(join, &[0x30, 0x00]).is_ok(),
        "elements behind are skipped"
    );
    let error = Argument::decode(join, &[0x30, 0x01]).unwrap_err();
    assert_eq!(error.fault, Fault::Truncated);
    // More digits than a number may have.
    let mut long = vec![0x30, 0x17, 0x30, 0x15 + 2, 0x80, 21];
    long.extend([b'1'; 21]);
    let error = Argument::decode(operation, &long).unwrap_err();
    assert!(
        matches!(error.fault, Fault::Long { most: 20 } | Fault::Truncated),
        "{error}"
    );
}

#[test]
fn what_does_not_fit_is_not_sent() {
    assert!(matches!(
        Octets::<1, 50>::new(&[0; 51]),
        Err(ValueError::Length { most: 50, .. })
    ));
    assert_eq!(
        Numeric::<1, 20>::new("12a"),
        Err(ValueError::Character('a'))
    );
    let component = Component::ReturnError {
        id: 1,
        code: ServiceError::NotAvailable.code(),
        parameter: vec![0x04, 0x7F],
    };
    let contents = Contents::rose(vec![component; 40]);
    assert!(matches!(
        contents.encode(),
        Err(ValueError::TooLong { most: 255, .. })
    ));
}

#[test]
fn names_become_text() {
    let extended = |set, octets: &[u8]| {
        Name::AllowedExtended(NameSet {
            data: Octets::new(octets).unwrap(),
            character_set: Some(set),
            more: facility::ber::More::default(),
        })
    };
    let text = |name: Name| NameArgument::Plain(name).name().text();
    let latin = Name::Restricted(Octets::new(b"Zo\xEB").unwrap());
    assert!(!latin.may_be_shown());
    assert_eq!(text(latin).as_deref(), Some("Zo\u{EB}"));
    let utf8 = extended(CharacterSet::Utf8, "\u{17B}\u{F3}\u{142}w".as_bytes());
    assert!(utf8.may_be_shown());
    assert_eq!(text(utf8).as_deref(), Some("\u{17B}\u{F3}\u{142}w"));
    let bmp = extended(CharacterSet::Bmp, &[0x01, 0x7B, 0x00, 0x41]);
    assert_eq!(text(bmp).as_deref(), Some("\u{17B}A"));
    assert_eq!(text(extended(CharacterSet::Bmp, &[0xD8, 0x00])), None);
    assert_eq!(text(extended(CharacterSet::Iso8859_5, b"\xB0")), None);
    assert_eq!(
        text(extended(CharacterSet::Iso8859_5, b"A")).as_deref(),
        Some("A")
    );
    assert_eq!(text(Name::NotAvailable(Null)), None);
}

#[test]
fn other_protocol_profiles_are_refused() {
    for first in [0x92, 0x93, 0x00] {
        assert!(Contents::decode(&[first, 0xA1, 0x00]).is_err());
    }
    assert!(Contents::decode(&[]).is_err());
}
