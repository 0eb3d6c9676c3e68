// SPDX-License-Identifier: MIT OR Apache-2.0
//! Messages out of a byte stream (TCP, TLS).

use crate::error::ParseError;
use crate::limits::Limits;
use crate::message::Message;
use crate::parse::{content_length, head, leading_line_ends};

/// What the stream held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A message.
    Message(Box<Message>),
    /// The second CRLF of a double CRLF between messages: the peer's keep-alive, to be
    /// answered with one CRLF (RFC 5626).
    Ping,
    /// A single CRLF between messages: the answer to our keep-alive, or the first half
    /// of the peer's, whose second half then gives [`Frame::Ping`].
    Pong,
}

/// Cuts messages out of a byte stream.
///
/// After an error the place in the stream is lost and the connection is to be closed;
/// [`Framer::next_frame`] keeps returning the error.
#[derive(Debug)]
pub struct Framer {
    limits: Limits,
    buffer: Vec<u8>,
    /// How far the buffer has been searched for the end of the header section.
    searched: usize,
    /// The last octets taken were a single CRLF.
    after_crlf: bool,
    failed: Option<ParseError>,
}

impl Framer {
    /// A framer for one connection.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            buffer: Vec::new(),
            searched: 0,
            after_crlf: false,
            failed: None,
        }
    }

    /// Octets that wait for their message to be complete.
    pub fn buffered(&self) -> usize {
        self.buffer.len()
    }

    /// Takes octets from the stream. Call [`Framer::next_frame`] until it gives `None`
    /// before pushing more: the buffer is bounded by [`Limits::message`] plus one push.
    pub fn push(&mut self, octets: &[u8]) {
        if self.failed.is_none() {
            self.buffer.extend_from_slice(octets);
        }
    }

    /// The next frame, or `None` when more octets are needed.
    ///
    /// # Errors
    /// [`ParseError`] when the stream cannot be cut any further. A message without
    /// Content-Length is such an error: on a stream nothing else says where it ends.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, ParseError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let result = self.cut();
        if let Err(error) = &result {
            self.failed = Some(error.clone());
            self.buffer = Vec::new();
        }
        result
    }

    fn cut(&mut self) -> Result<Option<Frame>, ParseError> {
        if self.buffer.starts_with(b"\r\n") {
            self.consume(2);
            self.after_crlf = !self.after_crlf;
            return Ok(Some(if self.after_crlf {
                Frame::Pong
            } else {
                Frame::Ping
            }));
        }
        if self.buffer.first() == Some(&b'\r') && self.buffer.len() == 1 {
            return Ok(None);
        }
        let lead = leading_line_ends(&self.buffer);
        if lead > 0 {
            self.consume(lead);
        }
        let Some(end) = self.head_end() else {
            if self.buffer.len() > self.limits.message {
                return Err(ParseError::TooLarge {
                    size: self.buffer.len(),
                    limit: self.limits.message,
                });
            }
            return Ok(None);
        };
        let octets = self.buffer.get(..end).unwrap_or_default();
        let head = head(octets, &self.limits)?;
        let start = head.start?;
        let length = content_length(octets, &head.fields)?
            .ok_or(ParseError::ContentLength("missing on a stream"))?;
        let total = head.body_at.saturating_add(length);
        if total > self.limits.message {
            return Err(ParseError::TooLarge {
                size: total,
                limit: self.limits.message,
            });
        }
        if self.buffer.len() < total {
            return Ok(None);
        }
        let rest = self.buffer.split_off(total);
        let octets = core::mem::replace(&mut self.buffer, rest);
        self.searched = 0;
        self.after_crlf = false;
        Ok(Some(Frame::Message(Box::new(Message {
            octets,
            start,
            fields: head.fields,
            body: head.body_at..total,
        }))))
    }

    fn consume(&mut self, count: usize) {
        self.buffer.drain(..count.min(self.buffer.len()));
        self.searched = 0;
    }

    /// Where the header section ends, if its blank line is there.
    fn head_end(&mut self) -> Option<usize> {
        let from = self.searched.saturating_sub(3);
        let rest = self.buffer.get(from..).unwrap_or_default();
        for (at, c) in rest.iter().enumerate() {
            if *c != b'\n' {
                continue;
            }
            match (rest.get(at + 1), rest.get(at + 2)) {
                (Some(b'\n'), _) => return Some(from + at + 2),
                (Some(b'\r'), Some(b'\n')) => return Some(from + at + 3),
                _ => {}
            }
        }
        self.searched = self.buffer.len();
        None
    }
}
