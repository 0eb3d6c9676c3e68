// SPDX-License-Identifier: MIT OR Apache-2.0
use proptest::prelude::*;
use tdm::abi::config::{LineConfig, clock, code, flag, framing, law, line};
use tdm_config::file::{MAX_BYTES, parse};
use tdm_config::names::fields;

/// The errors of a text, a line each.
fn errors(text: &str) -> Vec<String> {
    match parse("f", text) {
        Ok(spans) => panic!("accepted: {spans:?}"),
        Err(failure) => failure.to_string().lines().map(str::to_owned).collect(),
    }
}

#[test]
fn missing_keys_have_the_usual_values() {
    let spans = parse("f", "[[span]]\naddress = '/dev/tdm/span0'\nline = 'e1'\n").unwrap();
    assert_eq!(spans[0].config, LineConfig::E1_CCS_CRC4);
    assert_eq!(spans[0].address.to_string(), "/dev/tdm/span0");
    assert_eq!((spans[0].place.line, spans[0].place.column), (2, 11));
    let spans = parse(
        "f",
        "span = [{ address = '/a', line = 't1', framing = 'd4' }]",
    )
    .unwrap();
    let expected = LineConfig {
        line: line::T1,
        framing: framing::D4,
        code: code::B8ZS,
        law: law::MU,
        clock: clock::INTERNAL,
        flags: flag::ENABLED,
        build_out: 0,
        reserved: 0,
    };
    assert_eq!(spans[0].config, expected);
}

#[test]
fn all_errors_are_told_at_once_with_their_places() {
    let text = "\
version = 1
[[span]]
address = 'span0'
line = 'e1'
framing = 'esf'
crc4 = 'yes'
clock = 3
[[span]]
line = 'e2'
[[span]]
address = '/a'
line = 'e1'
crc6 = true
build_out = 1
colour = 'red'
[[span]]
address = '/b'
line = 't1'
framing = 'd4'
crc6 = true
build_out = 8
";
    let found = errors(text);
    let expected = [
        "f:1:1: unknown key \"version\", expected [[span]] tables only",
        "f:3:11: address = \"span0\", expected \"unix:SOCKET#SPAN\"",
        "f:5:11: framing = \"esf\", expected \"ccs\" or \"cas\"",
        "f:6:8: crc4 = \"yes\", expected true or false",
        "f:7:9: clock = 3, expected \"internal\" or \"recovered\"",
        "f:8:1: no address, expected address = ",
        "f:9:8: line = \"e2\", expected \"e1\", \"t1\" or \"j1\"",
        "f:13:8: crc6 = true, expected crc4 on this line type",
        "f:14:13: build_out = 1, expected no such key on an E1",
        "f:15:1: unknown key \"colour\", expected \"address\", ",
        "f:20:8: crc6 = true, expected false with framing \"d4\"",
        "f:21:13: build_out = 8, expected a number from 0 to 7",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{expected}\n{found}");
    }
}

#[test]
fn a_text_that_is_no_toml_has_a_place() {
    let found = errors("[[span]]\naddress = 'a\nline = \n");
    assert!(found[0].starts_with("f:2:"), "{found:?}");
    let found = errors("[[span]]\nline = 'e1'\nline = 'e1'\n");
    assert!(found[0].starts_with("f:3:1: duplicate key"), "{found:?}");
}

#[test]
fn a_file_without_spans_is_an_error() {
    assert!(errors("")[0].starts_with("f:1:1: no [[span]] table"));
    assert!(errors("span = 3")[0].starts_with("f:1:8: span is integer"));
    assert!(errors("span = [3]")[0].starts_with("f:1:9: span is integer"));
    let long = "#".repeat(MAX_BYTES + 1);
    assert!(errors(&long)[0].contains("expected at most"));
}

#[test]
fn a_span_may_stand_once() {
    let one = "[[span]]\naddress = '/a'\nline = 'e1'\n";
    let found = errors(&[one, one].concat());
    assert_eq!(found, ["f:5:11: /a is configured twice, first in line 2"]);
}

proptest! {
    #[test]
    fn any_text_ends_in_spans_or_errors(text in "(\\[\\[span\\]\\]|line|address|crc4|=|'e1'|\"|'/a'|[a-z]|[0-9]|\n| |\\.|\\{|\\}|\\[|\\]|é|\u{0}){0,60}") {
        if let Err(failure) = parse("f", &text) {
            prop_assert!(!failure.problems.is_empty());
        }
    }

    /// What dump would write is read as what it was.
    #[test]
    fn every_fitting_configuration_survives_the_file(word: [u8; 7]) {
        let [kind, frame, coding, law, clock, flags, build_out] = word;
        let config = LineConfig {
            line: 1 + kind % 3,
            framing: 1 + frame % 4,
            code: 1 + coding % 3,
            law: 1 + law % 2,
            clock: 1 + clock % 2,
            flags: flags % 4,
            build_out: if kind % 3 == 0 { 0 } else { build_out % 8 },
            reserved: 0,
        };
        prop_assume!(config.check().is_ok());
        let mut text = "[[span]]\naddress = '/a'\n".to_owned();
        for (key, value) in fields(&config).unwrap() {
            text.push_str(&format!("{key} = {value}\n"));
        }
        prop_assert_eq!(parse("f", &text).unwrap()[0].config, config);
    }
}
