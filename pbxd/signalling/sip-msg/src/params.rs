// SPDX-License-Identifier: MIT OR Apache-2.0
//! `;name=value` parameters, in order, as written.

use core::fmt;

use crate::chars::is_blank;
use crate::text::{find_outside, quote, take_quoted};

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// The name; compare it without regard to case.
    pub name: String,
    /// The value as written, with its quotes if it has them; `None` without `=`.
    pub value: Option<String>,
}

/// Parameters in the order of the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<Param>);

impl Params {
    /// No parameters.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Reads what follows a header's main value: empty, or `;a;b=c;d="e"`. Blanks are
    /// allowed around `;` and `=`. `name_ok` and `value_ok` say which octets may stand
    /// in a name and in an unquoted value.
    pub(crate) fn parse(
        text: &str,
        name_ok: fn(u8) -> bool,
        value_ok: fn(u8) -> bool,
    ) -> Result<Self, &'static str> {
        let mut out = Vec::new();
        let mut rest = text.trim_matches(is_blank);
        while !rest.is_empty() {
            let inner = rest.strip_prefix(';').ok_or("expected `;`")?;
            let end = find_outside(inner, b';').unwrap_or(inner.len());
            let (one, tail) = inner.split_at(end);
            out.push(Param::parse(one, name_ok, value_ok)?);
            rest = tail;
        }
        Ok(Self(out))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All parameters.
    pub fn iter(&self) -> impl Iterator<Item = &Param> {
        self.0.iter()
    }

    /// Whether a parameter is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The first parameter of a name.
    pub fn find(&self, name: &str) -> Option<&Param> {
        self.0.iter().find(|p| p.name.eq_ignore_ascii_case(name))
    }

    /// A parameter's value as written; `None` if it is not there or has no value.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.find(name)?.value.as_deref()
    }

    /// A parameter's value without quotes and their escapes.
    pub fn unquoted(&self, name: &str) -> Option<String> {
        let raw = self.value(name)?;
        match take_quoted(raw) {
            Some((text, _)) => Some(text),
            None => Some(raw.to_string()),
        }
    }

    /// Sets a parameter, in its old place if it was there. A value that is not a token
    /// (or host, or URI text) is written as a quoted string.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(|v| {
            let plain = !v.is_empty()
                && v.bytes()
                    .all(|c| crate::chars::is_token(c) || matches!(c, b'[' | b']' | b':'));
            if plain { v.to_string() } else { quote(v) }
        });
        match self
            .0
            .iter_mut()
            .find(|p| p.name.eq_ignore_ascii_case(name))
        {
            Some(param) => param.value = value,
            None => self.0.push(Param {
                name: name.to_string(),
                value,
            }),
        }
    }

    /// Takes a parameter away.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|p| !p.name.eq_ignore_ascii_case(name));
    }
}

impl Param {
    fn parse(
        text: &str,
        name_ok: fn(u8) -> bool,
        value_ok: fn(u8) -> bool,
    ) -> Result<Self, &'static str> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.trim_matches(is_blank))),
            None => (text, None),
        };
        let name = name.trim_matches(is_blank);
        if name.is_empty() {
            return Err("empty parameter");
        }
        if !name.bytes().all(name_ok) {
            return Err("bad character in a parameter's name");
        }
        if let Some(value) = value {
            let fine = if value.starts_with('"') {
                take_quoted(value).is_some_and(|(_, rest)| rest.is_empty())
            } else {
                value.bytes().all(value_ok)
            };
            if !fine {
                return Err("bad character in a parameter's value");
            }
        }
        Ok(Self {
            name: name.to_string(),
            value: value.map(str::to_string),
        })
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for param in &self.0 {
            write!(f, ";{}", param.name)?;
            if let Some(value) = &param.value {
                write!(f, "={value}")?;
            }
        }
        Ok(())
    }
}
