// SPDX-License-Identifier: MIT OR Apache-2.0
//! One `[[span]]` table.

use super::{Report, Wanted};
use crate::names::{CLOCKS, LAWS, LINES, LineType, Words, line_type, list, number};
use tdm::SpanAddress;
use tdm::abi::config::{LineConfig, clock, flag, framing};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The keys of a span, whatever its line type.
const KEYS: &[&str] = &[
    "address",
    "line",
    "framing",
    "code",
    "crc4",
    "crc6",
    "law",
    "clock",
    "enabled",
    "build_out",
];

/// Reads a table that begins at `offset`. `None` if it was reported as wrong; otherwise the span, and where its address stands.
pub(super) fn read(
    report: &mut Report<'_>,
    offset: usize,
    table: &DeTable<'_>,
) -> Option<(usize, Wanted)> {
    let before = report.problems.len();
    for key in table.keys() {
        if !KEYS.contains(&key.get_ref().as_ref()) {
            report.problem(
                key.span().start,
                format!("unknown key {:?}, expected {}", key.get_ref(), list(KEYS)),
            );
        }
    }
    let mut reader = Reader { report, table };
    let address = reader.address(offset);
    let config = reader.config(offset);
    let (at, address) = address?;
    let config = config?;
    if report.problems.len() > before {
        return None;
    }
    if let Err(unfit) = config.check() {
        // Every field was checked on its own; this is what remains between them.
        let message = format!(
            "{} = {} does not go with the line type",
            unfit.field, unfit.value
        );
        report.problem(offset, message);
        return None;
    }
    let place = report.place(at);
    Some((
        at,
        Wanted {
            address,
            config,
            place,
        },
    ))
}

struct Reader<'a, 'r, 't> {
    report: &'a mut Report<'r>,
    table: &'a DeTable<'t>,
}

impl<'a, 't> Reader<'a, '_, 't> {
    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    fn wrong(&mut self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) {
        let found = match value.get_ref() {
            DeValue::String(text) => format!("{:?}", text.as_ref()),
            DeValue::Integer(integer) => integer.to_string(),
            DeValue::Boolean(boolean) => boolean.to_string(),
            other => format!("a value of type {}", other.type_str()),
        };
        let message = format!("{key} = {found}, expected {expected}");
        self.report.problem(value.span().start, message);
    }

    fn address(&mut self, offset: usize) -> Option<(usize, SpanAddress)> {
        const EXPECTED: &str =
            "\"unix:SOCKET#SPAN\" or the path of a node such as \"/dev/tdm/span0\"";
        let Some(value) = self.get("address") else {
            let message = format!("no address, expected address = {EXPECTED}");
            self.report.problem(offset, message);
            return None;
        };
        let parsed = value.get_ref().as_str().and_then(|text| text.parse().ok());
        if parsed.is_none() {
            self.wrong("address", value, EXPECTED);
        }
        Some((value.span().start, parsed?))
    }

    fn config(&mut self, offset: usize) -> Option<LineConfig> {
        if self.get("line").is_none() {
            let words: Vec<&str> = LINES.iter().map(|(word, _)| *word).collect();
            let message = format!("no line type, expected line = {}", list(&words));
            self.report.problem(offset, message);
            return None;
        }
        let line = self.word("line", LINES)??;
        let kind = line_type(line);
        let framing = self
            .word("framing", kind.framings)
            .map(|word| word.unwrap_or(kind.framings[0].1));
        let code = self
            .word("code", kind.codes)
            .map(|word| word.unwrap_or(kind.codes[0].1));
        let law = self.word("law", LAWS).map(|word| word.unwrap_or(kind.law));
        let clock = self
            .word("clock", CLOCKS)
            .map(|word| word.unwrap_or(clock::INTERNAL));
        let enabled = self.boolean("enabled").map(|set| set.unwrap_or(true));
        let crc = self.crc(kind, framing);
        let build_out = self.build_out(kind);
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        Some(LineConfig {
            line,
            framing: framing?,
            code: code?,
            law: law?,
            clock: clock?,
            flags: bit(crc?, flag::CRC) | bit(enabled?, flag::ENABLED),
            build_out: build_out?,
            reserved: 0,
        })
    }

    /// The number of a key's word: `Some(None)` if the key is missing, `None` if it was reported as wrong.
    fn word(&mut self, key: &str, words: Words) -> Option<Option<u8>> {
        let Some(value) = self.get(key) else {
            return Some(None);
        };
        let found = value
            .get_ref()
            .as_str()
            .and_then(|word| number(words, word));
        if found.is_none() {
            let texts: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.wrong(key, value, &list(&texts));
        }
        Some(Some(found?))
    }

    fn boolean(&mut self, key: &str) -> Option<Option<bool>> {
        let Some(value) = self.get(key) else {
            return Some(None);
        };
        let found = value.get_ref().as_bool();
        if found.is_none() {
            self.wrong(key, value, "true or false");
        }
        Some(Some(found?))
    }

    /// The CRC switch: on unless the framing has none.
    fn crc(&mut self, kind: LineType, framing: Option<u8>) -> Option<bool> {
        let other = if kind.crc_key == "crc4" {
            "crc6"
        } else {
            "crc4"
        };
        if let Some(value) = self.get(other) {
            let expected = format!("{} on this line type", kind.crc_key);
            self.wrong(other, value, &expected);
            return None;
        }
        let without = framing == Some(framing::D4);
        let set = self.boolean(kind.crc_key)?;
        if without && set == Some(true) {
            if let Some(value) = self.get(kind.crc_key) {
                self.wrong(kind.crc_key, value, "false with framing \"d4\"");
            }
            return None;
        }
        Some(set.unwrap_or(!without))
    }

    fn build_out(&mut self, kind: LineType) -> Option<u8> {
        let Some(value) = self.get("build_out") else {
            return Some(0);
        };
        if !kind.build_out {
            self.wrong("build_out", value, "no such key on an E1");
            return None;
        }
        let found = value
            .get_ref()
            .as_integer()
            .and_then(|integer| u8::from_str_radix(integer.as_str(), integer.radix()).ok())
            .filter(|number| *number <= 7);
        if found.is_none() {
            self.wrong("build_out", value, "a number from 0 to 7");
        }
        found
    }
}
