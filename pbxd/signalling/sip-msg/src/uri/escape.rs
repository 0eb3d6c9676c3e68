// SPDX-License-Identifier: MIT OR Apache-2.0
//! `%` escapes.

use core::fmt::{self, Write};
use std::borrow::Cow;

fn hex(c: u8) -> Option<u8> {
    char::from(c)
        .to_digit(16)
        .and_then(|d| u8::try_from(d).ok())
}

/// The octet a `%XX` at the front of `text` stands for.
pub(super) fn escape_at(text: &[u8]) -> Option<u8> {
    match text {
        [b'%', high, low, ..] => Some(hex(*high)? << 4 | hex(*low)?),
        _ => None,
    }
}

/// Undoes escapes; a `%` that is not an escape stays. Escaped octets that are not UTF-8
/// are read as Latin-1.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        match escape_at(rest) {
            Some(octet) => {
                out.push(octet);
                rest = rest.get(3..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    Cow::Owned(match String::from_utf8(out) {
        Ok(text) => text,
        Err(e) => e.into_bytes().into_iter().map(char::from).collect(),
    })
}

/// Writes text with everything outside `allowed` escaped. Escapes that are there already
/// are kept; a stray `%` becomes `%25`.
pub(super) fn write(f: &mut impl Write, text: &str, allowed: fn(u8) -> bool) -> fmt::Result {
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if allowed(*first) || escape_at(rest).is_some() {
            f.write_char(char::from(*first))?;
        } else {
            write!(f, "%{first:02X}")?;
        }
        rest = tail;
    }
    Ok(())
}

/// Escapes plain text: unlike [`write`], a `%` is always escaped.
pub(super) fn encode(text: &str, allowed: fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.bytes() {
        if allowed(c) {
            out.push(char::from(c));
        } else {
            let _ = write!(out, "%{c:02X}");
        }
    }
    out
}

/// The form in which two texts are compared: escapes of characters that are not
/// reserved are undone, the others written in capitals.
pub(super) fn normal(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        match escape_at(rest) {
            Some(octet) => {
                if b";/?:@&=+$,".contains(&octet) {
                    out.extend(format!("%{octet:02X}").bytes());
                } else {
                    out.push(octet);
                }
                rest = rest.get(3..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}
