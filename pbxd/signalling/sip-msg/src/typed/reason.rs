// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reason and Warning: why something happened.

use core::fmt;

use super::Typed;
use crate::chars::{is_blank, is_token, is_token_str};
use crate::header::Header;
use crate::params::Params;
use crate::text::{quote, take_quoted};

/// Why a request or response was sent (RFC 3326; in responses RFC 6432).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// `Q.850`, `SIP`, …; compare it without regard to case.
    pub protocol: String,
    /// The cause value or status code.
    pub cause: Option<u16>,
    /// Words.
    pub text: Option<String>,
}

impl Reason {
    /// A Q.850 cause value, 1 to 127.
    pub fn q850(cause: u8) -> Self {
        Self {
            protocol: "Q.850".to_string(),
            cause: Some(u16::from(cause)),
            text: None,
        }
    }

    /// The Q.850 cause value, if that is what this is.
    pub fn as_q850(&self) -> Option<u8> {
        if !self.protocol.eq_ignore_ascii_case("Q.850") {
            return None;
        }
        self.cause
            .and_then(|c| u8::try_from(c).ok())
            .filter(|c| (1..=127).contains(c))
    }
}

impl Typed for Reason {
    const HEADER: Header = Header::Reason;

    fn parse(text: &str) -> Result<Self, &'static str> {
        let end = text.find(';').unwrap_or(text.len());
        let (protocol, params) = text.split_at(end);
        let protocol = protocol.trim_matches(is_blank);
        if !is_token_str(protocol) {
            return Err("protocol is not a token");
        }
        let params = Params::parse(params, is_token, |c| c > b' ' && c != b'"')?;
        let cause = match params.unquoted("cause") {
            None => None,
            Some(digits) if digits.bytes().all(|c| c.is_ascii_digit()) => {
                Some(digits.parse().map_err(|_| "cause is too large")?)
            }
            Some(_) => return Err("cause is not a decimal number"),
        };
        Ok(Self {
            protocol: protocol.to_string(),
            cause,
            text: params.unquoted("text"),
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.protocol)?;
        if let Some(cause) = self.cause {
            write!(f, ";cause={cause}")?;
        }
        if let Some(text) = &self.text {
            write!(f, ";text={}", quote(text))?;
        }
        Ok(())
    }
}

/// Words for people about a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Three digits.
    pub code: u16,
    /// The host, or a name, of the element that warns.
    pub agent: String,
    /// Words.
    pub text: String,
}

impl Typed for Warning {
    const HEADER: Header = Header::Warning;

    fn parse(text: &str) -> Result<Self, &'static str> {
        let (code, rest) = text.split_once(is_blank).ok_or("expected a code")?;
        if code.len() != 3 || !code.bytes().all(|c| c.is_ascii_digit()) {
            return Err("code is not three digits");
        }
        let (agent, words) = rest
            .trim_start_matches(is_blank)
            .split_once(is_blank)
            .ok_or("expected an agent")?;
        let (text, tail) =
            take_quoted(words.trim_matches(is_blank)).ok_or("expected a quoted string")?;
        if !tail.is_empty() {
            return Err("text after the quoted string");
        }
        Ok(Self {
            code: code.parse().map_err(|_| "code is not three digits")?,
            agent: agent.to_string(),
            text,
        })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03} {} {}", self.code, self.agent, quote(&self.text))
    }
}
