// SPDX-License-Identifier: MIT OR Apache-2.0
//! From octets to an indexed message.

use core::ops::Range;

use crate::chars::{is_token, is_uri};
use crate::error::{ParseError, Rejected};
use crate::header::Header;
use crate::limits::Limits;
use crate::message::{Message, Span, Start};
use crate::method::Method;

/// A header section: where its fields are and where the body starts.
pub(crate) struct Head {
    pub(crate) start: Result<Start, ParseError>,
    pub(crate) fields: Vec<Span>,
    pub(crate) body_at: usize,
}

/// How much of the octets in front is only line ends.
pub(crate) fn leading_line_ends(octets: &[u8]) -> usize {
    octets
        .iter()
        .take_while(|c| matches!(c, b'\r' | b'\n'))
        .count()
}

pub(crate) fn datagram(octets: &[u8], limits: &Limits) -> Result<Message, Rejected> {
    if octets.len() > limits.message {
        return Err(ParseError::TooLarge {
            size: octets.len(),
            limit: limits.message,
        }
        .into());
    }
    let octets = octets.get(leading_line_ends(octets)..).unwrap_or_default();
    if octets.is_empty() {
        return Err(ParseError::Empty.into());
    }
    let head = head(octets, limits)?;
    let length = content_length(octets, &head.fields);
    let present = octets.len() - head.body_at;
    let (end, length_fault) = match length {
        Ok(None) => (octets.len(), None),
        Ok(Some(declared)) if declared <= present => (head.body_at + declared, None),
        Ok(Some(declared)) => (
            head.body_at,
            Some(ParseError::Truncated { declared, present }),
        ),
        Err(e) => (head.body_at, Some(e)),
    };
    let (start, start_fault) = match head.start {
        Ok(start) => (start, None),
        Err(e) => match salvage_start(octets) {
            Some(start) => (start, Some(e)),
            None => return Err(e.into()),
        },
    };
    let message = Message {
        octets: octets.get(..end).unwrap_or(octets).to_vec(),
        start,
        fields: head.fields,
        body: head.body_at..end,
    };
    match start_fault.or(length_fault) {
        None => Ok(message),
        Some(error) => Err(Rejected {
            error,
            salvage: Some(Box::new(message)),
        }),
    }
}

/// Indexes the start line and the header fields.
pub(crate) fn head(octets: &[u8], limits: &Limits) -> Result<Head, ParseError> {
    let mut lines = Lines {
        octets,
        at: 0,
        limit: limits.line,
    };
    let first = lines.next_line()?;
    let start = start_line(octets, first);
    let mut fields = Vec::new();
    loop {
        let line = lines.next_line()?;
        if line.is_empty() {
            break;
        }
        if fields.len() >= limits.headers {
            return Err(ParseError::TooManyHeaders {
                limit: limits.headers,
            });
        }
        let line = lines.with_folds(line)?;
        fields.push(field(octets, line)?);
    }
    Ok(Head {
        start,
        fields,
        body_at: lines.at,
    })
}

/// Walks lines that end in CRLF, or in LF alone.
struct Lines<'a> {
    octets: &'a [u8],
    at: usize,
    limit: usize,
}

impl Lines<'_> {
    /// The next line without its end.
    fn next_line(&mut self) -> Result<Range<usize>, ParseError> {
        let start = self.at;
        let rest = self.octets.get(start..).unwrap_or_default();
        let window = rest.get(..self.limit.saturating_add(2)).unwrap_or(rest);
        let Some(end) = window.iter().position(|c| *c == b'\n') else {
            return Err(if rest.len() > self.limit {
                ParseError::LineTooLong {
                    at: start,
                    limit: self.limit,
                }
            } else {
                ParseError::Unterminated
            });
        };
        self.at = start + end + 1;
        let line = window.get(..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        check_octets(line).map_err(|what| ParseError::HeaderLine { at: start, what })?;
        Ok(start..start + line.len())
    }

    /// Extends a header line by the folded lines that follow.
    fn with_folds(&mut self, line: Range<usize>) -> Result<Range<usize>, ParseError> {
        let mut end = line.end;
        while matches!(self.octets.get(self.at), Some(b' ' | b'\t')) {
            end = self.next_line()?.end;
            if end - line.start > self.limit {
                return Err(ParseError::LineTooLong {
                    at: line.start,
                    limit: self.limit,
                });
            }
        }
        Ok(line.start..end)
    }
}

/// Refuses what others may take for the end of the line: a bare CR, and a NUL that is
/// not the second half of a quoted pair (where the grammar has it, and RFC 4475 a test).
fn check_octets(line: &[u8]) -> Result<(), &'static str> {
    let mut previous = 0;
    for c in line {
        match c {
            b'\r' => return Err("CR without LF"),
            0 if previous != b'\\' => return Err("NUL"),
            c => previous = *c,
        }
    }
    Ok(())
}

fn field(octets: &[u8], line: Range<usize>) -> Result<Span, ParseError> {
    let fault = |what| ParseError::HeaderLine {
        at: line.start,
        what,
    };
    let text = octets.get(line.clone()).unwrap_or_default();
    let colon = text
        .iter()
        .position(|c| *c == b':')
        .ok_or(fault("no colon"))?;
    let name = text.get(..colon).unwrap_or_default().trim_ascii_end();
    if name.is_empty() || !name.iter().all(|c| is_token(*c)) {
        return Err(fault("header name is not a token"));
    }
    let raw = text.get(colon + 1..).unwrap_or_default();
    let lead = raw.len() - raw.trim_ascii_start().len();
    let value = raw.trim_ascii();
    let value_at = line.start + colon + 1 + lead;
    let known = core::str::from_utf8(name).ok().and_then(Header::from_name);
    Ok(Span {
        known,
        name: line.start..line.start + name.len(),
        value: value_at..value_at + value.len(),
    })
}

/// Content-Length over all its fields: they must agree to be no fields at all, or one.
pub(crate) fn content_length(octets: &[u8], fields: &[Span]) -> Result<Option<usize>, ParseError> {
    let mut found = None;
    for span in fields {
        if span.known != Some(Header::ContentLength) {
            continue;
        }
        if found.is_some() {
            return Err(ParseError::ContentLength("more than one"));
        }
        let digits = octets.get(span.value.clone()).unwrap_or_default();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return Err(ParseError::ContentLength("not a decimal number"));
        }
        let number = core::str::from_utf8(digits)
            .ok()
            .and_then(|d| d.parse::<u32>().ok())
            .and_then(|n| usize::try_from(n).ok())
            .ok_or(ParseError::ContentLength("larger than 2^32 - 1"))?;
        found = Some(number);
    }
    Ok(found)
}

fn is_version(text: &[u8]) -> bool {
    let Some((name, number)) = text.split_at_checked(4) else {
        return false;
    };
    let mut parts = number.split(|c| *c == b'.');
    let mut digits = || {
        parts
            .next()
            .is_some_and(|d| !d.is_empty() && d.iter().all(u8::is_ascii_digit))
    };
    name.eq_ignore_ascii_case(b"SIP/") && digits() && digits() && parts.next().is_none()
}

fn start_line(octets: &[u8], line: Range<usize>) -> Result<Start, ParseError> {
    let text = octets.get(line.clone()).unwrap_or_default();
    if text
        .get(..4)
        .is_some_and(|s| s.eq_ignore_ascii_case(b"SIP/"))
    {
        status_line(text, line.start)
    } else {
        request_line(text, line.start)
    }
}

fn request_line(text: &[u8], at: usize) -> Result<Start, ParseError> {
    let fault = ParseError::StartLine;
    let mut parts = text.split(|c| *c == b' ');
    let (Some(method), Some(uri), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(fault(
            "expected method, URI, version with one blank between",
        ));
    };
    let method = core::str::from_utf8(method)
        .ok()
        .and_then(|m| Method::parse(m).ok())
        .ok_or(fault("method is not a token"))?;
    if uri.is_empty() || !uri.is_ascii() || !uri.iter().all(|c| is_uri(*c)) {
        return Err(fault("bad character in the Request-URI"));
    }
    if !is_version(version) {
        return Err(fault("bad version"));
    }
    let uri_at = at + method.as_str().len() + 1;
    let version_at = uri_at + uri.len() + 1;
    Ok(Start::Request {
        method,
        uri: uri_at..uri_at + uri.len(),
        version: version_at..version_at + version.len(),
    })
}

fn status_line(text: &[u8], at: usize) -> Result<Start, ParseError> {
    let fault = ParseError::StartLine;
    let mut parts = text.splitn(3, |c| *c == b' ');
    let version = parts.next().unwrap_or_default();
    let code = parts.next().unwrap_or_default();
    // Without a reason phrase some leave out the blank before it, too.
    let reason = parts.next().unwrap_or_default();
    if !is_version(version) {
        return Err(fault("bad version"));
    }
    let number = match code {
        [a @ b'1'..=b'6', b, c] if b.is_ascii_digit() && c.is_ascii_digit() => {
            let digit = |d: &u8| u16::from(*d - b'0');
            digit(a) * 100 + digit(b) * 10 + digit(c)
        }
        _ => return Err(fault("status code is not three digits from 100 to 699")),
    };
    let reason_at = (at + version.len() + 1 + code.len() + 1).min(at + text.len());
    Ok(Start::Status {
        code: number,
        reason: reason_at..reason_at + reason.len(),
        version: at..at + version.len(),
    })
}

/// What can be made of a request line that is wrong: its method, so that the request can
/// be answered. `None` for anything that might be a response.
fn salvage_start(octets: &[u8]) -> Option<Start> {
    let line = octets.split(|c| *c == b'\n').next()?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line
        .get(..4)
        .is_some_and(|s| s.eq_ignore_ascii_case(b"SIP/"))
        || !line.windows(5).any(|w| w.eq_ignore_ascii_case(b" SIP/"))
    {
        return None;
    }
    let method = line.split(|c| *c == b' ').next()?;
    let method = Method::parse(core::str::from_utf8(method).ok()?).ok()?;
    Some(Start::Request {
        method,
        uri: 0..0,
        version: 0..0,
    })
}
