// SPDX-License-Identifier: MIT OR Apache-2.0
//! The frame format, both ways.

use proptest::prelude::*;
use q921::ErrorCode;
use q921::frame::{Address, Control, DecodeError, Frame, Supervisory, Unnumbered};

#[test]
fn known_frames_read_as_they_should() {
    let cases: &[(&[u8], &str)] = &[
        (&[0x00, 0x01, 0x7f], "Sabme"),
        (&[0x00, 0x01, 0x73], "Ua"),
        (&[0x02, 0x01, 0x1f], "Dm"),
        (&[0x02, 0x01, 0x53], "Disc"),
        (&[0x02, 0x01, 0x01, 0x0b], "Rr"),
        (&[0x02, 0x01, 0x05, 0x0a], "Rnr"),
        (&[0x02, 0x01, 0x09, 0x0a], "Rej"),
        (&[0x02, 0xff, 0x03, 8], "Ui([8])"),
        (&[0x02, 0x01, 0x97, 1, 2, 3, 4, 5], "Frmr"),
        (&[0xfe, 0xff, 0xaf, 0x82], "Xid"),
    ];
    for (octets, name) in cases {
        let frame = Frame::decode(octets).unwrap();
        assert!(format!("{frame:?}").contains(name), "{frame:?}");
        assert_eq!(frame.encode(), *octets);
    }
    let frame = Frame::decode(&[0x02, 0x01, 0x06, 0x0b, 0x08]).unwrap();
    let Control::Information {
        ns,
        nr,
        poll,
        information,
    } = frame.control
    else {
        panic!("{frame:?}");
    };
    assert_eq!(
        (ns.get(), nr.get(), poll, information),
        (3, 5, true, &[8u8][..])
    );
    assert_eq!(
        frame.address,
        Address {
            sapi: 0,
            cr: true,
            tei: 0
        }
    );
}

#[test]
fn errors_name_what_is_wrong_and_its_code() {
    let case = |octets: &[u8]| Frame::decode(octets).unwrap_err();
    assert_eq!(
        case(&[]),
        DecodeError::Short {
            length: 0,
            needed: 3
        }
    );
    assert_eq!(
        case(&[0, 1]),
        DecodeError::Short {
            length: 2,
            needed: 3
        }
    );
    assert_eq!(
        case(&[0, 1, 1]),
        DecodeError::Short {
            length: 3,
            needed: 4
        }
    );
    assert_eq!(
        case(&[1, 1, 3]),
        DecodeError::AddressExtension {
            octet: 1,
            value: 1,
            expected: 0
        }
    );
    assert_eq!(
        case(&[0, 2, 3]),
        DecodeError::AddressExtension {
            octet: 2,
            value: 2,
            expected: 1
        }
    );
    assert_eq!(case(&[0, 1, 0x0d, 0]).error_code(), Some(ErrorCode::L));
    assert_eq!(case(&[0, 1, 0xff]).error_code(), Some(ErrorCode::L));
    assert_eq!(case(&[0, 1, 0x7f, 0]).error_code(), Some(ErrorCode::M));
    assert_eq!(case(&[0, 1, 0x01, 0, 0]).error_code(), Some(ErrorCode::M));
    assert_eq!(case(&[0, 1, 0x87, 0]).error_code(), Some(ErrorCode::N));
    assert_eq!(case(&[0]).error_code(), None);
    assert!(case(&[0, 1, 0x0d, 0]).to_string().contains("0x0d"));
}

#[test]
fn what_can_be_built_reads_back() {
    let address = Address {
        sapi: 63,
        cr: true,
        tei: 127,
    };
    for control in [
        Control::Supervisory {
            kind: Supervisory::Rej,
            nr: q921::Sequence::new(127),
            pf: true,
        },
        Control::Unnumbered {
            kind: Unnumbered::Ui(&[1, 2]),
            pf: false,
        },
        Control::Unnumbered {
            kind: Unnumbered::Frmr([1; 5]),
            pf: true,
        },
    ] {
        let frame = Frame { address, control };
        assert_eq!(Frame::decode(&frame.encode()), Ok(frame));
    }
}

proptest! {
    #[test]
    fn whatever_decodes_encodes_to_itself(octets in prop::collection::vec(any::<u8>(), 0..40)) {
        if let Ok(frame) = Frame::decode(&octets) {
            prop_assert_eq!(frame.encode(), octets);
        }
    }
}
