// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message bodies and multipart bodies.

use crate::params::Params;
use crate::text::find_outside;

/// A body and its Content-Type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The Content-Type as written; empty if the message had none.
    pub content_type: String,
    /// The octets.
    pub bytes: Vec<u8>,
}

impl Body {
    /// An `application/sdp` body.
    pub fn sdp(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            content_type: "application/sdp".to_string(),
            bytes: bytes.into(),
        }
    }

    /// Whether the type, without its parameters, is `media_type` in any case.
    pub fn is(&self, media_type: &str) -> bool {
        is_type(&self.content_type, media_type)
    }

    /// The first body of a type: this one, or a part of a multipart body.
    pub fn find(&self, media_type: &str) -> Option<&[u8]> {
        if self.is(media_type) {
            return Some(&self.bytes);
        }
        let (kind, params) = split_type(&self.content_type);
        if !kind
            .get(..10)
            .is_some_and(|k| k.eq_ignore_ascii_case("multipart/"))
        {
            return None;
        }
        let boundary = Params::parse(params, crate::chars::is_token, |c| c > b' ')
            .ok()?
            .unquoted("boundary")?;
        multipart(&boundary, &self.bytes)
            .into_iter()
            .find(|part| is_type(&part.content_type, media_type))
            .map(|part| part.bytes)
    }
}

fn split_type(text: &str) -> (&str, &str) {
    let end = find_outside(text, b';').unwrap_or(text.len());
    let (kind, params) = text.split_at(end);
    (kind.trim(), params)
}

fn is_type(text: &str, media_type: &str) -> bool {
    split_type(text).0.eq_ignore_ascii_case(media_type)
}

/// One part of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    /// Its Content-Type; `text/plain` if it names none (RFC 2046).
    pub content_type: String,
    /// Its octets.
    pub bytes: &'a [u8],
}

/// The most parts that are looked at.
const MOST_PARTS: usize = 16;

/// Splits a multipart body (RFC 2046): the text before the first and after the last
/// boundary is dropped, and so is a part that no boundary closes. At most 16 parts.
pub fn multipart<'a>(boundary: &str, bytes: &'a [u8]) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut part_at: Option<usize> = None;
    let mut at = 0;
    while at < bytes.len() && parts.len() < MOST_PARTS {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|c| *c == b'\n')
            .map_or(rest.len(), |n| n + 1);
        let line = rest.get(..length).unwrap_or_default().trim_ascii_end();
        let last = line
            .strip_prefix(b"--")
            .and_then(|l| l.strip_prefix(boundary.as_bytes()));
        if let Some(tail) = last.filter(|t| t.is_empty() || *t == b"--") {
            if let Some(part) = part_at.and_then(|from| one_part(bytes.get(from..at)?)) {
                parts.push(part);
            }
            if !tail.is_empty() {
                break;
            }
            part_at = Some(at + length);
        }
        at += length;
    }
    parts
}

/// A part's header section and content; the line end before the boundary is not content.
fn one_part(bytes: &[u8]) -> Option<Part<'_>> {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let mut content_type = None;
    let mut at = 0;
    loop {
        let rest = bytes.get(at..)?;
        let length = rest
            .iter()
            .position(|c| *c == b'\n')
            .map_or(rest.len(), |n| n + 1);
        let line = rest.get(..length)?.trim_ascii();
        at += length;
        if line.is_empty() {
            break;
        }
        let text = String::from_utf8_lossy(line);
        if let Some((name, value)) = text.split_once(':') {
            if matches!(
                crate::Header::from_name(name.trim()),
                Some(crate::Header::ContentType)
            ) {
                content_type = Some(value.trim().to_string());
            }
        }
        if length == rest.len() {
            break;
        }
    }
    Some(Part {
        content_type: content_type.unwrap_or_else(|| "text/plain".to_string()),
        bytes: bytes.get(at..).unwrap_or_default(),
    })
}
