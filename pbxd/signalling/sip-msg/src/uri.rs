// SPDX-License-Identifier: MIT OR Apache-2.0
//! URIs: `sip:`, `sips:` (RFC 3261), `tel:` (RFC 3966), and all others kept as text.

mod compare;
mod escape;
mod host;
mod sip;
mod tel;
#[cfg(test)]
mod tests;

use core::fmt;
use core::str::FromStr;
use std::borrow::Cow;

pub use host::Host;
pub use sip::SipUri;
pub use tel::TelUri;

use crate::chars::is_uri;
use crate::error::UriError;

/// A URI as it stands in a request line or between angle brackets.
///
/// `==` compares the parts as written. What RFC 3261 calls equivalent, which ignores
/// some parameters and is not transitive, is [`Uri::equivalent`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Uri {
    /// `sip:` or `sips:`
    Sip(SipUri),
    /// `tel:`
    Tel(TelUri),
    /// Any other scheme; the text is kept as it came, checked only for characters that
    /// no URI has.
    Other(OtherUri),
}

/// A URI of a scheme this crate does not take apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherUri {
    text: String,
}

impl OtherUri {
    /// The scheme, as written.
    pub fn scheme(&self) -> &str {
        self.text.split(':').next().unwrap_or_default()
    }

    /// The whole URI.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Uri {
    /// Reads a URI.
    ///
    /// # Errors
    /// [`UriError`] saying which part is wrong.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        let (scheme, rest) = text.split_once(':').ok_or(UriError("no scheme"))?;
        let mut letters = scheme.bytes();
        if !letters.next().is_some_and(|c| c.is_ascii_alphabetic())
            || !letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.'))
        {
            return Err(UriError("bad scheme"));
        }
        if !text.bytes().all(is_uri) {
            return Err(UriError("blank, control, quote or angle bracket"));
        }
        if scheme.eq_ignore_ascii_case("sip") {
            Ok(Self::Sip(SipUri::parse(false, rest)?))
        } else if scheme.eq_ignore_ascii_case("sips") {
            Ok(Self::Sip(SipUri::parse(true, rest)?))
        } else if scheme.eq_ignore_ascii_case("tel") {
            Ok(Self::Tel(TelUri::parse(rest)?))
        } else {
            Ok(Self::Other(OtherUri {
                text: text.to_string(),
            }))
        }
    }

    /// The SIP URI, if it is one.
    pub fn as_sip(&self) -> Option<&SipUri> {
        match self {
            Self::Sip(uri) => Some(uri),
            _ => None,
        }
    }

    /// Who or what number is meant: a SIP URI's user part without its own parameters
    /// and with escapes undone, or a `tel:` URI's number.
    pub fn number(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Sip(uri) => uri.number(),
            Self::Tel(uri) => Some(Cow::Borrowed(&uri.number)),
            Self::Other(_) => None,
        }
    }

    /// Whether two URIs name the same resource, by the comparison rules of RFC 3261
    /// for `sip:` and `sips:` and of RFC 3966 for `tel:`.
    pub fn equivalent(&self, other: &Uri) -> bool {
        compare::uris(self, other)
    }
}

impl From<SipUri> for Uri {
    fn from(uri: SipUri) -> Self {
        Self::Sip(uri)
    }
}

impl From<TelUri> for Uri {
    fn from(uri: TelUri) -> Self {
        Self::Tel(uri)
    }
}

impl FromStr for Uri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        Self::parse(text)
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sip(uri) => uri.fmt(f),
            Self::Tel(uri) => uri.fmt(f),
            Self::Other(uri) => f.write_str(&uri.text),
        }
    }
}
