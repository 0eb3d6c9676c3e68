// SPDX-License-Identifier: MIT OR Apache-2.0
//! The encoding rules: what is written, and what is read beyond that.

use facility::Fault;
use facility::ber::{Asn1, Null, Octets, Oid, Reader, Tag, Writer};

fn written<T: Asn1>(value: &T) -> Vec<u8> {
    let mut writer = Writer::new();
    value.write(&mut writer, None);
    writer.finish()
}

fn read<T: Asn1>(octets: &[u8]) -> Result<T, Fault> {
    let element = Reader::new(octets)
        .read("test")
        .map_err(|error| error.fault)?;
    T::read(&element.unwrap()).map_err(|error| error.fault)
}

#[test]
fn integers_are_shortest() {
    for (value, octets) in [
        (0, &[2, 1, 0][..]),
        (127, &[2, 1, 127]),
        (128, &[2, 2, 0, 128]),
        (-1, &[2, 1, 0xFF]),
        (-128, &[2, 1, 0x80]),
        (-129, &[2, 2, 0xFF, 0x7F]),
        (256, &[2, 2, 1, 0]),
        (16_777_215, &[2, 4, 0, 0xFF, 0xFF, 0xFF]),
        (i32::MIN, &[2, 4, 0x80, 0, 0, 0]),
    ] {
        assert_eq!(written(&value), octets, "{value}");
        assert_eq!(read::<i32>(octets), Ok(value));
    }
    assert_eq!(read::<i32>(&[2, 5, 0, 0, 0, 0, 5]), Ok(5), "padded");
    assert_eq!(read::<u8>(&[2, 2, 1, 0]), Err(Fault::Range));
    assert_eq!(read::<u8>(&[2, 1, 0xFF]), Err(Fault::Range));
    assert_eq!(read::<u8>(&[2, 0]), Err(Fault::Missing));
    assert_eq!(
        read::<i32>(&[2, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        Err(Fault::Range)
    );
}

#[test]
fn booleans() {
    assert_eq!(written(&true), [1, 1, 0xFF]);
    assert_eq!(written(&false), [1, 1, 0]);
    assert_eq!(read::<bool>(&[1, 1, 1]), Ok(true));
    assert_eq!(read::<bool>(&[1, 0]), Err(Fault::Range));
    assert_eq!(read::<Null>(&[5, 1, 0]), Err(Fault::Trailing));
}

#[test]
fn lengths() {
    let long = Octets::<0, 300>::new(&[7; 200]).unwrap();
    assert_eq!(written(&long)[..3], [4, 0x81, 200]);
    let longer = Octets::<0, 300>::new(&[7; 300]).unwrap();
    assert_eq!(written(&longer)[..4], [4, 0x82, 1, 44]);
    // Longer forms than needed, and the indefinite form, are read.
    let abc = Octets::<0, 300>::new(b"abc").unwrap();
    assert_eq!(read(b"\x04\x83\x00\x00\x03abc"), Ok(abc.clone()));
    assert_eq!(read(b"\x24\x80\x04\x01a\x04\x02bc\x00\x00"), Ok(abc));
    // A primitive of indefinite length, which no standard has but some senders do.
    assert_eq!(read::<Null>(&[5, 0x80, 0, 0]), Ok(Null));
    assert_eq!(
        read(b"\x04\x80x\x00\x00"),
        Ok(Octets::<0, 300>::new(b"x").unwrap())
    );
    assert_eq!(read::<Null>(&[5, 0x80, 1, 0]), Err(Fault::Truncated));
    assert_eq!(read::<Null>(&[5, 0x85, 0, 0, 0, 0, 0]), Err(Fault::Form));
    assert_eq!(
        read::<Null>(&[5, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]),
        Err(Fault::Truncated)
    );
    assert_eq!(
        read::<Null>(&[0x30, 0x80, 0x05, 0x00]),
        Err(Fault::Truncated)
    );
    assert_eq!(read::<Null>(&[0x30; 1]), Err(Fault::Truncated));
}

#[test]
fn indefinite_lengths_nest_so_deep_only() {
    let nested = |depth: usize| {
        let mut octets = [0x30u8, 0x80].repeat(depth);
        octets.extend([0, 0].repeat(depth));
        octets
    };
    let reads = |octets: &[u8]| Reader::new(octets).read("test").map(|_| ());
    assert_eq!(reads(&nested(16)), Ok(()));
    assert_eq!(reads(&nested(17)).unwrap_err().fault, Fault::Depth);
    assert_eq!(reads(&nested(100_000)).unwrap_err().fault, Fault::Depth);
}

#[test]
fn high_tag_numbers() {
    for number in [30, 31, 127, 128, 16_383, 16_384, u16::MAX] {
        let mut writer = Writer::new();
        writer.primitive(Tag::context(number), &[1]);
        let octets = writer.finish();
        let element = Reader::new(&octets).read("test").unwrap().unwrap();
        assert_eq!(element.tag, Tag::context(number));
        assert_eq!(element.content, [1]);
    }
    let endless = [0xBF, 0xFF, 0xFF, 0xFF, 0xFF];
    assert!(Reader::new(&endless).read("test").is_err());
}

#[test]
fn object_identifiers() {
    let transfer = Oid::from_octets(&[0x04, 0x00, 0x82, 0x71, 0x01, 0x05]).unwrap();
    assert_eq!(transfer.to_string(), "0.4.0.369.1.5");
    let ni2 = Oid::from_octets(&[0x2A, 0x86, 0x48, 0xCE, 0x15, 0x00, 0x08]).unwrap();
    assert_eq!(ni2.to_string(), "1.2.840.10005.0.8");
    let arc = Oid::from_octets(&[0x88, 0x37]).unwrap();
    assert_eq!(arc.to_string(), "2.999");
    assert!(Oid::from_octets(&[]).is_err());
    assert!(Oid::from_octets(&[0x2A, 0x86]).is_err());
    assert!(Oid::from_octets(&[1; 25]).is_err());
}
