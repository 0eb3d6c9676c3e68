// SPDX-License-Identifier: MIT OR Apache-2.0
//! The words of the file for the numbers of the ABI.

use tdm::abi::config::{LineConfig, clock, code, flag, framing, law, line};

/// Words and their numbers.
pub type Words = &'static [(&'static str, u8)];

/// Line types.
pub const LINES: Words = &[("e1", line::E1), ("t1", line::T1), ("j1", line::J1)];
/// Laws.
pub const LAWS: Words = &[("alaw", law::A), ("mulaw", law::MU)];
/// Transmit clocks.
pub const CLOCKS: Words = &[
    ("internal", clock::INTERNAL),
    ("recovered", clock::RECOVERED),
];

/// What goes with a line type: its words and its defaults.
#[derive(Clone, Copy, Debug)]
pub struct LineType {
    /// Framings, the default first.
    pub framings: Words,
    /// Line codes, the default first.
    pub codes: Words,
    /// The default law.
    pub law: u8,
    /// The key of the flag [`flag::CRC`].
    pub crc_key: &'static str,
    /// Whether there is a line build-out.
    pub build_out: bool,
}

const E1: LineType = LineType {
    framings: &[("ccs", framing::CCS), ("cas", framing::CAS)],
    codes: &[("hdb3", code::HDB3), ("ami", code::AMI)],
    law: law::A,
    crc_key: "crc4",
    build_out: false,
};
const T1: LineType = LineType {
    framings: &[("esf", framing::ESF), ("d4", framing::D4)],
    codes: &[("b8zs", code::B8ZS), ("ami", code::AMI)],
    law: law::MU,
    crc_key: "crc6",
    build_out: true,
};

/// What goes with this line type.
#[must_use]
pub const fn line_type(number: u8) -> LineType {
    if number == line::E1 { E1 } else { T1 }
}

/// The number of a word.
#[must_use]
pub fn number(words: Words, word: &str) -> Option<u8> {
    words
        .iter()
        .find(|(text, _)| *text == word)
        .map(|(_, number)| *number)
}

/// The words as a message lists them.
#[must_use]
pub fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// A configuration as the keys and values of the file, in their order; `None` for a line that is not configured.
#[must_use]
pub fn fields(config: &LineConfig) -> Option<Vec<(&'static str, String)>> {
    if config.line == line::NONE {
        return None;
    }
    let kind = line_type(config.line);
    let word = |words: Words, number: u8| {
        words
            .iter()
            .find(|(_, value)| *value == number)
            .map_or_else(|| number.to_string(), |(text, _)| format!("{text:?}"))
    };
    let set = |bit: u8| (config.flags & bit != 0).to_string();
    let mut fields = vec![
        ("line", word(LINES, config.line)),
        ("framing", word(kind.framings, config.framing)),
        ("code", word(kind.codes, config.code)),
        (kind.crc_key, set(flag::CRC)),
        ("law", word(LAWS, config.law)),
        ("clock", word(CLOCKS, config.clock)),
        ("enabled", set(flag::ENABLED)),
    ];
    if kind.build_out {
        fields.push(("build_out", config.build_out.to_string()));
    }
    Some(fields)
}
