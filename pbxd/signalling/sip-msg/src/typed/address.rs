// SPDX-License-Identifier: MIT OR Apache-2.0
//! Headers made of an address with an optional display name and parameters.

use core::fmt;

use super::Typed;
use crate::chars::{is_blank, is_token};
use crate::header::Header;
use crate::params::Params;
use crate::text::{quote, take_quoted};
use crate::uri::Uri;

/// `"Display Name" <uri>;params`, or a bare URI followed by parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAddr {
    /// The display name without quotes and escapes; `None` if there is none.
    pub display: Option<String>,
    /// The URI.
    pub uri: Uri,
    /// Header parameters.
    pub params: Params,
}

/// What may stand in an unquoted parameter value: liberal, since hosts, IPv6 addresses
/// and URIs are found there.
fn is_param_value(c: u8) -> bool {
    c > b' ' && !matches!(c, 0x7f | b';' | b',' | b'"' | b'<' | b'>')
}

impl NameAddr {
    /// An address with neither display name nor parameters.
    pub fn new(uri: impl Into<Uri>) -> Self {
        Self {
            display: None,
            uri: uri.into(),
            params: Params::new(),
        }
    }

    /// The same with a display name.
    #[must_use]
    pub fn with_display(mut self, display: impl Into<String>) -> Self {
        self.display = Some(display.into());
        self
    }

    /// The same with a `tag` parameter.
    #[must_use]
    pub fn with_tag(mut self, tag: &str) -> Self {
        self.params.set("tag", Some(tag));
        self
    }

    /// The `tag` parameter.
    pub fn tag(&self) -> Option<&str> {
        self.params.value("tag")
    }

    /// Reads an address.
    ///
    /// Without angle brackets, everything from the first `;` on is a header parameter,
    /// and a URI with `?` or `,` is refused, as RFC 3261 demands.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim_matches(is_blank);
        let (display, rest) = if text.starts_with('"') {
            let (display, rest) = take_quoted(text).ok_or("quoted string is not closed")?;
            (Some(display), rest.trim_start_matches(is_blank))
        } else if let Some(at) = text.find('<') {
            let (display, rest) = text.split_at(at);
            let display = display.trim_end_matches(is_blank);
            if display
                .bytes()
                .any(|c| matches!(c, b'"' | b',' | b';' | b'>'))
            {
                return Err("display name must be quoted");
            }
            ((!display.is_empty()).then(|| display.to_string()), rest)
        } else {
            return Self::parse_bare(text);
        };
        let inner = rest.strip_prefix('<').ok_or("expected `<`")?;
        let (uri, params) = inner.split_once('>').ok_or("`<` is not closed")?;
        Ok(Self {
            display,
            uri: Uri::parse(uri).map_err(|e| e.0)?,
            params: Params::parse(params, is_token, is_param_value)?,
        })
    }

    fn parse_bare(text: &str) -> Result<Self, &'static str> {
        let end = text.find(';').unwrap_or(text.len());
        let (uri, params) = text.split_at(end);
        let uri = uri.trim_end_matches(is_blank);
        if uri.contains(['?', ',']) {
            return Err("URI must be in angle brackets");
        }
        Ok(Self {
            display: None,
            uri: Uri::parse(uri).map_err(|e| e.0)?,
            params: Params::parse(params, is_token, is_param_value)?,
        })
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.display {
            write!(f, "{} ", quote(display))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

macro_rules! addresses {
    ($($name:ident $header:ident $doc:literal,)*) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(pub NameAddr);

        impl Typed for $name {
            const HEADER: Header = Header::$header;

            fn parse(text: &str) -> Result<Self, &'static str> {
                NameAddr::parse(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

addresses! {
    From From "Who sends the request, with the `tag` of that side of the dialog.",
    To To "Who is meant, with the `tag` of that side of the dialog once there is one.",
    Route Route "A hop the request is still to visit.",
    RecordRoute RecordRoute "A hop that wants to see the dialog's later requests.",
    PAssertedIdentity PAssertedIdentity "Who the network says the caller is (RFC 3325).",
    PPreferredIdentity PPreferredIdentity "Which identity the caller asks the network to assert (RFC 3325).",
    RemotePartyId RemotePartyId "The identity header from before RFC 3325; still sent by many.",
    Diversion Diversion "Who diverted the call, and why, newest first (RFC 5806).",
    ReferTo ReferTo "Whom to call (RFC 3515).",
}

/// Where the sender of a message can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// `*`: all registered contacts, when unregistering.
    All,
    /// One contact.
    Address(NameAddr),
}

impl Contact {
    /// The address, unless it is `*`.
    pub fn address(self) -> Option<NameAddr> {
        match self {
            Self::All => None,
            Self::Address(address) => Some(address),
        }
    }
}

impl Typed for Contact {
    const HEADER: Header = Header::Contact;

    fn parse(text: &str) -> Result<Self, &'static str> {
        if text == "*" {
            return Ok(Self::All);
        }
        NameAddr::parse(text).map(Self::Address)
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Address(address) => address.fmt(f),
        }
    }
}
