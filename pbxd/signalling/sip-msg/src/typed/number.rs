// SPDX-License-Identifier: MIT OR Apache-2.0
//! Headers that are a number or a word, some with parameters.

use core::fmt;

use super::Typed;
use crate::chars::{is_blank, is_token, is_token_str};
use crate::header::Header;
use crate::params::Params;

fn decimal(text: &str) -> Result<u32, &'static str> {
    if text.is_empty() || !text.bytes().all(|c| c.is_ascii_digit()) {
        return Err("not a decimal number");
    }
    text.parse().map_err(|_| "larger than 2^32 - 1")
}

fn is_value(c: u8) -> bool {
    c > b' ' && !matches!(c, 0x7f | b';' | b'"')
}

/// The main value and the parameters behind it.
fn with_params(text: &str) -> Result<(&str, Params), &'static str> {
    let end = text.find(';').unwrap_or(text.len());
    let (value, params) = text.split_at(end);
    Ok((
        value.trim_matches(is_blank),
        Params::parse(params, is_token, is_value)?,
    ))
}

macro_rules! seconds {
    ($($name:ident $header:ident $doc:literal,)*) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(
            /// Seconds.
            pub u32,
        );

        impl Typed for $name {
            const HEADER: Header = Header::$header;

            fn parse(text: &str) -> Result<Self, &'static str> {
                decimal(with_params(text)?.0).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

seconds! {
    Expires Expires "How long a request, a contact or a subscription holds.",
    MinExpires MinExpires "The shortest Expires a registrar accepts.",
    MinSe MinSe "The shortest session interval an element accepts (RFC 4028).",
}

/// How many more hops a request may take: 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxForwards(pub u8);

impl Typed for MaxForwards {
    const HEADER: Header = Header::MaxForwards;

    fn parse(text: &str) -> Result<Self, &'static str> {
        u8::try_from(decimal(text)?)
            .map(Self)
            .map_err(|_| "larger than 255")
    }
}

impl fmt::Display for MaxForwards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The session interval and who refreshes (RFC 4028).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionExpires {
    /// The interval in seconds.
    pub seconds: u32,
    /// `refresher`: `uac` or `uas`, and others.
    pub params: Params,
}

impl Typed for SessionExpires {
    const HEADER: Header = Header::SessionExpires;

    fn parse(text: &str) -> Result<Self, &'static str> {
        let (value, params) = with_params(text)?;
        Ok(Self {
            seconds: decimal(value)?,
            params,
        })
    }
}

impl fmt::Display for SessionExpires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.seconds, self.params)
    }
}

/// When to try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryAfter {
    /// Seconds to wait.
    pub seconds: u32,
}

impl Typed for RetryAfter {
    const HEADER: Header = Header::RetryAfter;

    fn parse(text: &str) -> Result<Self, &'static str> {
        // A comment may follow the number, with or without a blank.
        let value = with_params(text)?.0;
        let value = value.split('(').next().unwrap_or(value);
        decimal(value.trim_matches(is_blank)).map(|seconds| Self { seconds })
    }
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.seconds.fmt(f)
    }
}

/// What kind of privacy the caller wants: `id`, `header`, `session`, `user`, `none`,
/// `critical` (RFC 3323, RFC 3325).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privacy(pub Vec<String>);

impl Privacy {
    /// Whether a kind is asked for.
    pub fn asks(&self, kind: &str) -> bool {
        self.0.iter().any(|k| k.eq_ignore_ascii_case(kind))
    }
}

impl Typed for Privacy {
    const HEADER: Header = Header::Privacy;

    fn parse(text: &str) -> Result<Self, &'static str> {
        // Some separate with commas what the grammar separates with semicolons.
        let kinds: Vec<String> = text
            .split([';', ','])
            .map(|k| k.trim_matches(is_blank).to_string())
            .collect();
        if kinds.iter().all(|k| is_token_str(k)) {
            Ok(Self(kinds))
        } else {
            Err("not a list of tokens")
        }
    }
}

impl fmt::Display for Privacy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(";"))
    }
}

/// When the client sent the request, on the client's own clock. Kept as text; a server
/// only copies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamp(pub String);

impl Typed for Timestamp {
    const HEADER: Header = Header::Timestamp;

    fn parse(text: &str) -> Result<Self, &'static str> {
        let fine = !text.is_empty()
            && text
                .bytes()
                .all(|c| c.is_ascii_digit() || matches!(c, b'.' | b' ' | b'\t'));
        fine.then(|| Self(text.to_string()))
            .ok_or("not a decimal number")
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The type of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentType {
    /// `type/subtype` as written; compare it without regard to case.
    pub media_type: String,
    /// `boundary`, `charset` and others.
    pub params: Params,
}

impl Typed for ContentType {
    const HEADER: Header = Header::ContentType;

    fn parse(text: &str) -> Result<Self, &'static str> {
        let (value, params) = with_params(text)?;
        let media_type: String = value.chars().filter(|c| !is_blank(*c)).collect();
        match media_type.split_once('/') {
            Some((a, b)) if is_token_str(a) && is_token_str(b) => Ok(Self { media_type, params }),
            _ => Err("expected type/subtype"),
        }
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.media_type, self.params)
    }
}
