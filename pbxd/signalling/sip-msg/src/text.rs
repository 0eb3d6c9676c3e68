// SPDX-License-Identifier: MIT OR Apache-2.0
//! Header values as text: unfolding, decoding, splitting, quoting.

use std::borrow::Cow;

use crate::chars::is_blank;

/// A header value as text: folds become one blank, UTF-8 is taken as such, anything
/// else is read as Latin-1 (which is what such telephones mean).
pub(crate) fn decode(raw: &[u8]) -> Cow<'_, str> {
    if raw.contains(&b'\n') {
        let mut flat = Vec::with_capacity(raw.len());
        for line in raw.split(|c| *c == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if flat.is_empty() {
                flat.extend_from_slice(line.trim_ascii_end());
            } else {
                flat.push(b' ');
                flat.extend_from_slice(line.trim_ascii());
            }
        }
        let start = flat.len() - flat.trim_ascii_start().len();
        flat.drain(..start);
        return Cow::Owned(decode_charset(&flat).into_owned());
    }
    decode_charset(raw.trim_ascii())
}

fn decode_charset(raw: &[u8]) -> Cow<'_, str> {
    match core::str::from_utf8(raw) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(raw.iter().map(|c| char::from(*c)).collect()),
    }
}

/// Finds the first `wanted` outside quoted strings and angle brackets.
pub(crate) fn find_outside(text: &str, wanted: u8) -> Option<usize> {
    let mut quoted = false;
    let mut angle = false;
    let mut escaped = false;
    for (at, c) in text.bytes().enumerate() {
        if quoted {
            match c {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        if c == wanted && !angle {
            return Some(at);
        }
        match c {
            b'"' => quoted = true,
            b'<' => angle = true,
            b'>' => angle = false,
            _ => {}
        }
    }
    None
}

/// The values of a comma-separated list; commas in quotes and angle brackets do not
/// separate. Blank elements are skipped, as RFC 2822 style lists from the field have them.
#[derive(Debug, Clone)]
pub struct Values<'a> {
    rest: Option<&'a str>,
}

impl<'a> Values<'a> {
    /// Splits a decoded header value.
    pub fn new(text: &'a str) -> Self {
        Self { rest: Some(text) }
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        while let Some(rest) = self.rest.take() {
            let value = match find_outside(rest, b',') {
                Some(at) => {
                    self.rest = rest.get(at + 1..);
                    rest.get(..at).unwrap_or(rest)
                }
                None => rest,
            };
            let value = value.trim_matches(is_blank);
            if !value.is_empty() {
                return Some(value);
            }
        }
        None
    }
}

/// Takes a quoted string off the front: its contents without the escapes, and the rest.
/// `None` if there is no opening or no closing quote.
pub(crate) fn take_quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut out = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, inner.get(at + 1..)?)),
            '\\' => out.push(chars.next()?.1),
            c => out.push(c),
        }
    }
    None
}

/// Writes text as a quoted string; control characters become blanks.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_become_one_blank() {
        assert_eq!(decode(b" a\r\n \t b  \r\n\tc "), "a b c");
        assert_eq!(decode(b"\r\n x"), "x");
        assert_eq!(decode(b"a\n b"), "a b");
    }

    #[test]
    fn latin_1_is_read_when_it_is_not_utf_8() {
        assert_eq!(decode(b"M\xfcller"), "Müller");
        assert_eq!(decode("Müller".as_bytes()), "Müller");
    }

    #[test]
    fn commas_in_quotes_and_brackets_do_not_separate() {
        let all: Vec<_> = Values::new(r#" "a, \" b" <sip:x,y@z>, ,c"#).collect();
        assert_eq!(all, [r#""a, \" b" <sip:x,y@z>"#, "c"]);
    }

    #[test]
    fn quoting_round_trips_and_keeps_lines_whole() {
        for text in ["", "a", r#"a"b\c"#, "Zoë 東"] {
            assert_eq!(take_quoted(&quote(text)), Some((text.to_string(), "")));
        }
        assert_eq!(quote("a\r\nVia: x"), "\"a  Via: x\"");
        assert_eq!(take_quoted("\"open"), None);
        assert_eq!(take_quoted("\"open\\\""), None);
    }
}
