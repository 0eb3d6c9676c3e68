// SPDX-License-Identifier: MIT OR Apache-2.0
//! A message: its octets and an index into them.

use core::fmt;
use core::ops::Range;
use std::borrow::Cow;

use crate::error::{HeaderError, Rejected, UriError};
use crate::header::Header;
use crate::limits::Limits;
use crate::method::Method;
use crate::text::{Values, decode};
use crate::typed::Typed;
use crate::uri::Uri;
use crate::{Body, parse};

/// A SIP request or response.
///
/// Equality is equality of octets.
#[derive(Clone)]
pub struct Message {
    pub(crate) octets: Vec<u8>,
    pub(crate) start: Start,
    pub(crate) fields: Vec<Span>,
    pub(crate) body: Range<usize>,
}

/// The start line, indexed.
#[derive(Debug, Clone)]
pub(crate) enum Start {
    Request {
        method: Method,
        uri: Range<usize>,
        version: Range<usize>,
    },
    Status {
        code: u16,
        reason: Range<usize>,
        version: Range<usize>,
    },
}

/// One header field, indexed.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) known: Option<Header>,
    pub(crate) name: Range<usize>,
    pub(crate) value: Range<usize>,
}

/// The start line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartLine<'a> {
    /// A request.
    Request {
        /// Its method.
        method: &'a Method,
        /// The Request-URI as written.
        uri: &'a str,
    },
    /// A response.
    Status {
        /// 100 to 699.
        code: u16,
    },
}

/// One header field.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// Which header, if it is one of the known ones.
    pub known: Option<Header>,
    /// The name as written.
    pub name: &'a str,
    /// The value as written, folds included, without the blanks around it.
    pub raw: &'a [u8],
}

impl<'a> Field<'a> {
    /// The value as text: unfolded, and decoded as UTF-8 or else as Latin-1.
    pub fn text(&self) -> Cow<'a, str> {
        decode(self.raw)
    }
}

impl Message {
    /// Parses one datagram. Octets beyond Content-Length are dropped, as RFC 3261 asks;
    /// without a Content-Length the body reaches to the datagram's end. Line ends before
    /// the start line are skipped.
    ///
    /// # Errors
    /// [`Rejected`]: why, and the readable part of the message if there is one.
    pub fn from_datagram(octets: &[u8], limits: &Limits) -> Result<Self, Rejected> {
        parse::datagram(octets, limits)
    }

    /// The message as received, or as built.
    pub fn as_bytes(&self) -> &[u8] {
        &self.octets
    }

    /// The message's octets, without copying them.
    pub fn into_bytes(self) -> Vec<u8> {
        self.octets
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.octets.get(range.clone()).unwrap_or_default()
    }

    fn ascii(&self, range: &Range<usize>) -> &str {
        // The parser has checked that these ranges are ASCII.
        core::str::from_utf8(self.slice(range)).unwrap_or_default()
    }

    /// The start line.
    pub fn start_line(&self) -> StartLine<'_> {
        match &self.start {
            Start::Request { method, uri, .. } => StartLine::Request {
                method,
                uri: self.ascii(uri),
            },
            Start::Status { code, .. } => StartLine::Status { code: *code },
        }
    }

    /// Whether it is a request.
    pub fn is_request(&self) -> bool {
        matches!(self.start, Start::Request { .. })
    }

    /// The method of a request.
    pub fn method(&self) -> Option<&Method> {
        match &self.start {
            Start::Request { method, .. } => Some(method),
            Start::Status { .. } => None,
        }
    }

    /// The Request-URI as written.
    pub fn request_uri_text(&self) -> Option<&str> {
        match &self.start {
            Start::Request { uri, .. } => Some(self.ascii(uri)),
            Start::Status { .. } => None,
        }
    }

    /// The Request-URI.
    ///
    /// # Errors
    /// [`UriError`] if it is not a URI, or if this is a response.
    pub fn request_uri(&self) -> Result<Uri, UriError> {
        Uri::parse(self.request_uri_text().ok_or(UriError("a response"))?)
    }

    /// The status code of a response.
    pub fn status(&self) -> Option<u16> {
        match &self.start {
            Start::Status { code, .. } => Some(*code),
            Start::Request { .. } => None,
        }
    }

    /// The reason phrase of a response; empty for a request.
    pub fn reason_phrase(&self) -> Cow<'_, str> {
        match &self.start {
            Start::Status { reason, .. } => decode(self.slice(reason)),
            Start::Request { .. } => Cow::Borrowed(""),
        }
    }

    /// Whether the version is `SIP/2.0`.
    pub fn is_version_2_0(&self) -> bool {
        let (Start::Request { version, .. } | Start::Status { version, .. }) = &self.start;
        self.slice(version).eq_ignore_ascii_case(b"SIP/2.0")
    }

    /// All header fields in the order of the wire.
    pub fn fields(&self) -> impl Iterator<Item = Field<'_>> {
        self.fields.iter().map(|span| Field {
            known: span.known,
            name: self.ascii(&span.name),
            raw: self.slice(&span.value),
        })
    }

    /// The fields of one known header.
    pub fn all(&self, header: Header) -> impl Iterator<Item = Field<'_>> {
        self.fields().filter(move |f| f.known == Some(header))
    }

    /// The fields of a header by its name as written, in any case. For headers that
    /// [`Header`] does not know.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Field<'a>> {
        self.fields()
            .filter(move |f| f.name.eq_ignore_ascii_case(name))
    }

    /// Whether a header is there.
    pub fn has(&self, header: Header) -> bool {
        self.fields.iter().any(|f| f.known == Some(header))
    }

    /// The text of a header's first field.
    pub fn text(&self, header: Header) -> Option<Cow<'_, str>> {
        self.all(header).next().map(|f| f.text())
    }

    /// Every value of a list header over all its fields, as text.
    pub fn list(&self, header: Header) -> Vec<String> {
        self.all(header)
            .flat_map(|f| {
                let text = f.text();
                Values::new(&text).map(str::to_string).collect::<Vec<_>>()
            })
            .collect()
    }

    /// A typed header; the first value if it is a list.
    ///
    /// # Errors
    /// [`HeaderError`] if the value does not follow its grammar, or if there are several
    /// and the header allows one.
    pub fn get<T: Typed>(&self) -> Result<Option<T>, HeaderError> {
        let mut fields = self.all(T::HEADER);
        let Some(first) = fields.next() else {
            return Ok(None);
        };
        let fault = |what| HeaderError {
            header: T::HEADER.name(),
            what,
        };
        if T::HEADER.is_single() && fields.next().is_some() {
            return Err(fault("more than one field"));
        }
        let text = first.text();
        let value = if T::HEADER.is_list() {
            match Values::new(&text).next() {
                Some(value) => value,
                None => return Ok(None),
            }
        } else {
            &text
        };
        T::parse(value).map(Some).map_err(fault)
    }

    /// All values of a typed header over all its fields.
    ///
    /// # Errors
    /// [`HeaderError`] for the first value that does not follow its grammar.
    pub fn get_all<T: Typed>(&self) -> Result<Vec<T>, HeaderError> {
        let fault = |what| HeaderError {
            header: T::HEADER.name(),
            what,
        };
        let mut out = Vec::new();
        for field in self.all(T::HEADER) {
            let text = field.text();
            if T::HEADER.is_list() {
                for value in Values::new(&text) {
                    out.push(T::parse(value).map_err(fault)?);
                }
            } else {
                out.push(T::parse(&text).map_err(fault)?);
            }
        }
        Ok(out)
    }

    /// The body's octets; empty if there is none.
    pub fn body(&self) -> &[u8] {
        self.slice(&self.body)
    }

    /// The body with its type; `None` if it is empty.
    pub fn content(&self) -> Option<Body> {
        if self.body().is_empty() {
            return None;
        }
        Some(Body {
            content_type: self
                .text(Header::ContentType)
                .map(Cow::into_owned)
                .unwrap_or_default(),
            bytes: self.body().to_vec(),
        })
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.octets == other.octets
    }
}

impl Eq for Message {}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", String::from_utf8_lossy(&self.octets))
    }
}
