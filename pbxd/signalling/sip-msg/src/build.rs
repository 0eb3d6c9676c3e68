// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writing messages.

use core::fmt::{self, Display, Write};

use crate::body::Body;
use crate::chars::{is_token_str, is_uri};
use crate::header::Header;
use crate::message::{Message, Span, Start};
use crate::method::Method;
use crate::status::reason_phrase;
use crate::typed::Via;
use crate::uri::Uri;

/// A header by name and text, for headers that have no type of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawHeader {
    name: String,
    value: String,
}

impl RawHeader {
    /// A header; `None` if the name is not a token. The value may be anything: line ends
    /// in it are written as blanks.
    pub fn new(name: &str, value: impl Display) -> Option<Self> {
        is_token_str(name).then(|| Self {
            name: name.to_string(),
            value: value.to_string(),
        })
    }

    /// A known header.
    pub fn known(header: Header, value: impl Display) -> Self {
        Self {
            name: header.name().to_string(),
            value: value.to_string(),
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value.
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// Writes one message, start line first, headers in the order they are given,
/// Content-Length and the body last.
///
/// Nothing given to it can end its line: CR, LF and NUL in values become blanks, and
/// characters that no URI has are escaped in the Request-URI.
#[derive(Debug)]
pub struct Builder {
    octets: Vec<u8>,
    start: Start,
    fields: Vec<Span>,
    body: Option<Body>,
}

/// Lets `write!` fill a header line without giving it a way out of it.
struct Line<'a>(&'a mut Vec<u8>);

impl Write for Line<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(text.bytes().map(|c| match c {
            b'\r' | b'\n' | 0 => b' ',
            c => c,
        }));
        Ok(())
    }
}

/// Lets `write!` fill the Request-URI.
struct RequestUri<'a>(&'a mut Vec<u8>);

impl Write for RequestUri<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.bytes() {
            if c.is_ascii() && is_uri(c) {
                self.0.push(c);
            } else {
                self.0.extend(format!("%{c:02X}").bytes());
            }
        }
        Ok(())
    }
}

impl Builder {
    /// A request.
    pub fn request(method: &Method, uri: &Uri) -> Self {
        // A method made by its variant's constructor might not be a token.
        let method = Method::parse(method.as_str()).unwrap_or(Method::Options);
        let mut octets = Vec::with_capacity(1_024);
        octets.extend_from_slice(method.as_str().as_bytes());
        octets.push(b' ');
        let uri_at = octets.len();
        let _ = write!(RequestUri(&mut octets), "{uri}");
        let uri_end = octets.len();
        octets.extend_from_slice(b" SIP/2.0");
        let version = uri_end + 1..octets.len();
        octets.extend_from_slice(b"\r\n");
        Self {
            octets,
            start: Start::Request {
                method,
                uri: uri_at..uri_end,
                version,
            },
            fields: Vec::with_capacity(16),
            body: None,
        }
    }

    /// A response with a reason phrase of its own. Codes outside 100 to 699 become 500.
    pub fn response(code: u16, reason: &str) -> Self {
        let code = if (100..700).contains(&code) {
            code
        } else {
            500
        };
        let mut octets = Vec::with_capacity(1_024);
        octets.extend_from_slice(format!("SIP/2.0 {code} ").as_bytes());
        let reason_at = octets.len();
        let _ = Line(&mut octets).write_str(reason);
        let reason_end = octets.len();
        octets.extend_from_slice(b"\r\n");
        Self {
            octets,
            start: Start::Status {
                code,
                reason: reason_at..reason_end,
                version: 0..7,
            },
            fields: Vec::with_capacity(16),
            body: None,
        }
    }

    /// A response to a request: Via (with the topmost as given), From, To, Call-ID and
    /// CSeq are the request's, as they were written. To gets `to_tag` if it has none.
    /// A 100 also carries the request's Timestamp.
    pub fn reply(request: &Message, code: u16, top_via: &Via, to_tag: Option<&str>) -> Self {
        Self::reply_with(request, code, reason_phrase(code), top_via, to_tag)
    }

    /// [`Builder::reply`] with a reason phrase of its own.
    pub fn reply_with(
        request: &Message,
        code: u16,
        reason: &str,
        top_via: &Via,
        to_tag: Option<&str>,
    ) -> Self {
        let mut out = Self::response(code, reason).header(Header::Via, top_via);
        for via in request.list(Header::Via).iter().skip(1) {
            out = out.header(Header::Via, via);
        }
        out = out.copy(request, Header::From);
        for field in request.all(Header::To) {
            let tagged =
                crate::typed::NameAddr::parse(&field.text()).is_ok_and(|to| to.tag().is_some());
            let mut raw = field.raw.to_vec();
            if let Some(tag) = to_tag.filter(|tag| !tagged && is_token_str(tag)) {
                raw.extend_from_slice(b";tag=");
                raw.extend_from_slice(tag.as_bytes());
            }
            out = out.raw_value(Header::To, &raw);
        }
        out = out
            .copy(request, Header::CallId)
            .copy(request, Header::CSeq);
        if code == 100 {
            out = out.copy(request, Header::Timestamp);
        }
        out
    }

    /// Adds a header field.
    #[must_use]
    pub fn header(self, header: Header, value: impl Display) -> Self {
        self.field(Some(header), header.name(), value)
    }

    /// Adds a header field of any name.
    #[must_use]
    pub fn raw(self, header: &RawHeader) -> Self {
        self.field(Header::from_name(&header.name), &header.name, &header.value)
    }

    /// Adds every field of a header of another message, as it was written.
    #[must_use]
    pub fn copy(mut self, from: &Message, header: Header) -> Self {
        for field in from.all(header) {
            self = self.raw_value(header, field.raw);
        }
        self
    }

    /// Sets the body and its Content-Type.
    #[must_use]
    pub fn body(mut self, body: Option<Body>) -> Self {
        self.body = body;
        self
    }

    fn field(mut self, known: Option<Header>, name: &str, value: impl Display) -> Self {
        let name_at = self.octets.len();
        self.octets.extend_from_slice(name.as_bytes());
        let name_end = self.octets.len();
        self.octets.extend_from_slice(b": ");
        let value_at = self.octets.len();
        let _ = write!(Line(&mut self.octets), "{value}");
        self.close(known, name_at..name_end, value_at)
    }

    /// A value that has been through the parser: its folds are well-formed.
    fn raw_value(mut self, header: Header, raw: &[u8]) -> Self {
        let name_at = self.octets.len();
        self.octets.extend_from_slice(header.name().as_bytes());
        let name_end = self.octets.len();
        self.octets.extend_from_slice(b": ");
        let value_at = self.octets.len();
        self.octets.extend_from_slice(raw);
        self.close(Some(header), name_at..name_end, value_at)
    }

    fn close(
        mut self,
        known: Option<Header>,
        name: core::ops::Range<usize>,
        value_at: usize,
    ) -> Self {
        let written = self.octets.get(value_at..).unwrap_or_default();
        let lead = written.len() - written.trim_ascii_start().len();
        let length = written.trim_ascii().len();
        // An empty value leaves the blank after the colon as it is.
        let value_at = value_at + if length == 0 { 0 } else { lead };
        self.fields.push(Span {
            known,
            name,
            value: value_at..value_at + length,
        });
        self.octets.extend_from_slice(b"\r\n");
        self
    }

    /// The finished message.
    pub fn build(mut self) -> Message {
        let body = self.body.take();
        if let Some(body) = &body {
            if !body.content_type.is_empty() {
                self = self.header(Header::ContentType, &body.content_type);
            }
        }
        let bytes = body.map(|b| b.bytes).unwrap_or_default();
        self = self.header(Header::ContentLength, bytes.len());
        self.octets.extend_from_slice(b"\r\n");
        let body_at = self.octets.len();
        self.octets.extend_from_slice(&bytes);
        Message {
            body: body_at..self.octets.len(),
            octets: self.octets,
            start: self.start,
            fields: self.fields,
        }
    }
}
