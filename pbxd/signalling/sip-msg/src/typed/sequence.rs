// SPDX-License-Identifier: MIT OR Apache-2.0
//! CSeq and Call-ID.

use core::fmt;

use super::Typed;
use crate::chars::{is_blank, is_call_id};
use crate::header::Header;
use crate::method::Method;

/// A request's place in its dialog, and its method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CSeq {
    /// The number, below 2^31.
    pub number: u32,
    /// The method of the request.
    pub method: Method,
}

impl Typed for CSeq {
    const HEADER: Header = Header::CSeq;

    fn parse(text: &str) -> Result<Self, &'static str> {
        let (number, method) = text.split_once(is_blank).ok_or("expected number, method")?;
        if number.is_empty() || !number.bytes().all(|c| c.is_ascii_digit()) {
            return Err("not a decimal number");
        }
        let number = number
            .parse::<u32>()
            .ok()
            .filter(|n| *n < 1 << 31)
            .ok_or("number is not below 2^31")?;
        let method =
            Method::parse(method.trim_matches(is_blank)).map_err(|_| "method is not a token")?;
        Ok(Self { number, method })
    }
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}

/// What all messages of one dialog have in common. Compared with regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallId(pub String);

impl Typed for CallId {
    const HEADER: Header = Header::CallId;

    fn parse(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() || !text.bytes().all(is_call_id) {
            return Err("empty, or bad character");
        }
        Ok(Self(text.to_string()))
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
