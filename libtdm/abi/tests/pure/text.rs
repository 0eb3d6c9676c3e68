// SPDX-License-Identifier: GPL-2.0-only OR MIT
use kernel_rust_abi::text::{TEXT_BYTES, from_words, pack, to_words, unpack};
use proptest::prelude::*;

#[test]
fn a_long_text_is_cut_between_characters() {
    let text = "ä".repeat(40);
    let packed = pack(&text);
    assert_eq!(unpack(&packed), "ä".repeat(31));
    assert_eq!(packed[TEXT_BYTES - 1], 0);
}

#[test]
fn what_is_no_utf8_ends_the_text() {
    let mut bytes = [b'a'; TEXT_BYTES];
    assert_eq!(unpack(&bytes).len(), TEXT_BYTES);
    bytes[3] = 0xff;
    assert_eq!(unpack(&bytes), "aaa");
}

proptest! {
    #[test]
    fn short_texts_come_back(text in "[^\0]{0,15}") {
        let packed = pack(&text);
        prop_assert_eq!(unpack(&packed), text);
    }

    #[test]
    fn any_bytes_are_some_text(bytes: [u8; 32]) {
        let mut field = [0x41; TEXT_BYTES];
        field[..32].copy_from_slice(&bytes);
        let text = unpack(&field);
        prop_assert!(field.starts_with(text.as_bytes()));
        prop_assert_eq!(from_words(&to_words(&field)), field);
    }
}
