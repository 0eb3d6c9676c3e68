// SPDX-License-Identifier: MIT OR Apache-2.0
//! `tel:` URIs (RFC 3966).

use core::fmt::{self, Write};

use super::escape;
use crate::chars::is_uri_param;
use crate::error::UriError;
use crate::params::Params;

/// A `tel:` URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelUri {
    /// The number as written, with its visual separators; `+` in front makes it global.
    pub number: String,
    /// `;phone-context=`, `;ext=`, `;isub=`, `;npdi`, `;rn=` and others.
    pub params: Params,
}

fn is_separator(c: char) -> bool {
    matches!(c, '-' | '.' | '(' | ')')
}

fn is_number(c: u8) -> bool {
    c.is_ascii_hexdigit() || matches!(c, b'*' | b'#' | b'-' | b'.' | b'(' | b')')
}

impl TelUri {
    pub(super) fn parse(text: &str) -> Result<Self, UriError> {
        let end = text.find(';').unwrap_or(text.len());
        let (number, params) = text.split_at(end);
        let digits = number.strip_prefix('+').unwrap_or(number);
        if !digits.bytes().all(is_number) || digits.chars().all(is_separator) {
            return Err(UriError("bad telephone number"));
        }
        let ok = |c: u8| is_uri_param(c) || matches!(c, b'%' | b'#' | b'*');
        Ok(Self {
            number: number.to_string(),
            params: Params::parse(params, ok, ok).map_err(UriError)?,
        })
    }

    /// Whether the number is an international one.
    pub fn is_global(&self) -> bool {
        self.number.starts_with('+')
    }

    /// The number without visual separators.
    pub fn digits(&self) -> String {
        self.number.chars().filter(|c| !is_separator(*c)).collect()
    }
}

impl fmt::Display for TelUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tel:")?;
        escape::write(f, &self.number, |c| is_number(c) || c == b'+')?;
        for param in self.params.iter() {
            f.write_char(';')?;
            escape::write(f, &param.name, is_uri_param)?;
            if let Some(value) = &param.value {
                f.write_char('=')?;
                escape::write(f, value, is_uri_param)?;
            }
        }
        Ok(())
    }
}
