// SPDX-License-Identifier: MIT OR Apache-2.0
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use proptest::prelude::*;

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text, None, None).unwrap()
}

fn number(text: &str) -> Digits {
    Digits::parse(text).unwrap()
}

#[test]
fn matches_what_it_says() {
    let cases = [
        ("112", "112", true),
        ("112", "1123", false),
        ("11X", "119", true),
        ("11X", "11*", false),
        ("Z", "0", false),
        ("N", "1", false),
        ("[1-37]", "3", true),
        ("[1-37]", "4", false),
        ("[1-37]", "7", true),
        ("0.", "0", false),
        ("0.", "01", true),
        ("0!", "0", true),
        ("0!", "0*9", true),
        ("0!", "01#", false),
        ("*72#", "*72#", true),
        (".", "+4930", true),
        ("X.", "+4930", false),
        ("+49!", "+49", true),
        ("xzn", "012", true),
        ("[*#]1", "#1", true),
    ];
    for (text, digits, expected) in cases {
        assert_eq!(
            pattern(text).matches(&number(digits)),
            expected,
            "{text} on {digits}"
        );
    }
}

#[test]
fn grows_until_its_end() {
    assert!(pattern("112").can_grow(&number("")));
    assert!(pattern("112").can_grow(&number("11")));
    assert!(!pattern("112").can_grow(&number("112")));
    assert!(!pattern("112").can_grow(&number("2")));
    assert!(pattern("0.").can_grow(&number("0123")));
    let bounded = Pattern::parse("0.", Some(4), Some(5)).unwrap();
    assert!(!bounded.matches(&number("012")));
    assert!(bounded.matches(&number("0123")));
    assert!(bounded.can_grow(&number("0123")));
    assert!(!bounded.can_grow(&number("01234")));
}

#[test]
fn says_what_is_wrong() {
    let error = |text| Pattern::parse(text, None, None).unwrap_err();
    assert_eq!(error(""), PatternError::Empty);
    assert_eq!(error("_0X."), PatternError::Underscore);
    assert_eq!(
        error("12y"),
        PatternError::Unexpected {
            found: 'Y',
            place: 3
        }
    );
    assert_eq!(
        error("1+2"),
        PatternError::Unexpected {
            found: '+',
            place: 2
        }
    );
    assert_eq!(
        error("1.2"),
        PatternError::NotAtEnd {
            found: '.',
            place: 2
        }
    );
    for bad in ["1[", "1[]", "1[3-1]", "1[1-", "1[1-x]", "1[+]"] {
        assert_eq!(error(bad), PatternError::BadSet(2), "{bad}");
    }
    assert_eq!(error(&"X".repeat(MAX_DIGITS + 1)), PatternError::TooLong);
    assert_eq!(
        Pattern::parse("12", Some(1), None).unwrap_err(),
        PatternError::FixedLength(2)
    );
    let none = PatternError::NoLength {
        min: 1,
        max: MAX_DIGITS,
        least: 2,
    };
    assert_eq!(Pattern::parse("0.", Some(1), None).unwrap_err(), none);
}

#[test]
fn the_more_specific_comes_first() {
    let order = [
        "+49!", "112", "11[12]", "11N", "11Z", "11X", "110.", "11.", "11!", "1.", "X.", ".", "!",
    ];
    let mut sorted: Vec<Pattern> = order.iter().rev().map(|text| pattern(text)).collect();
    sorted.sort_by(Pattern::specificity);
    // Patterns that share no number may stand in any order; these do share one with each later one.
    for pair in [
        ("112", "11N"),
        ("11N", "11Z"),
        ("11Z", "11X"),
        ("11X", "11."),
        ("11.", "11!"),
        ("11!", "1."),
        (".", "!"),
    ] {
        assert_eq!(
            pattern(pair.0).specificity(&pattern(pair.1)),
            Ordering::Less,
            "{pair:?}"
        );
    }
    assert_eq!(
        pattern("[1-3]X").specificity(&pattern("[2-4]X")),
        Ordering::Equal
    );
    assert!(pattern("[1-3]X").overlaps(&pattern("[2-4]X")));
    assert!(!pattern("[12]X").overlaps(&pattern("[34]X")));
    assert!(!pattern("12").overlaps(&pattern("123")));
    assert!(pattern("12!").overlaps(&pattern("123")));
    assert!(!pattern("12.").overlaps(&pattern("12")));
}

proptest! {
    #[test]
    fn any_text_is_a_pattern_or_an_error(text in "\\PC{0,50}", min: Option<u8>, max: Option<u8>) {
        let _ = Pattern::parse(&text, min, max);
    }

    #[test]
    fn overlap_agrees_with_matching(
        a in "[0-2XZN]{0,3}[.!]?", b in "[0-2XZN]{0,3}[.!]?", digits in "[0-2]{1,4}",
    ) {
        if let (Ok(a), Ok(b)) = (Pattern::parse(&a, None, None), Pattern::parse(&b, None, None)) {
            let digits = number(&digits);
            if a.matches(&digits) && b.matches(&digits) {
                prop_assert!(a.overlaps(&b));
            }
        }
    }

    #[test]
    fn a_prefix_of_a_match_can_grow(text in "[0-9XZN]{1,5}[.!]?", digits in "[0-9]{1,8}") {
        if let Ok(pattern) = Pattern::parse(&text, None, None) {
            if pattern.matches(&number(&digits)) {
                for end in 0..digits.len() {
                    prop_assert!(pattern.can_grow(&number(&digits[..end])));
                }
            }
        }
    }
}
