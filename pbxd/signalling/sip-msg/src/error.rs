// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be wrong with a message, and where.

use crate::Message;

/// Why octets are not a SIP message. Offsets count octets from the start of the
/// datagram, or of the message within a stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// Nothing but line ends (a keep-alive on UDP).
    #[error("no message: only line ends")]
    Empty,
    /// More octets than [`Limits::message`](crate::Limits::message).
    #[error("message of {size} octets, limit {limit}")]
    TooLarge {
        /// Octets seen or announced.
        size: usize,
        /// The limit that was exceeded.
        limit: usize,
    },
    /// A line longer than [`Limits::line`](crate::Limits::line), folds included.
    #[error("line at octet {at} is longer than {limit} octets")]
    LineTooLong {
        /// Where the line starts.
        at: usize,
        /// The limit that was exceeded.
        limit: usize,
    },
    /// More header fields than [`Limits::headers`](crate::Limits::headers).
    #[error("more than {limit} header fields")]
    TooManyHeaders {
        /// The limit that was exceeded.
        limit: usize,
    },
    /// Neither `METHOD uri SIP/x.y` nor `SIP/x.y code reason`.
    #[error("start line: {0}")]
    StartLine(&'static str),
    /// A header line that is not `name: value`.
    #[error("header line at octet {at}: {what}")]
    HeaderLine {
        /// Where the line starts.
        at: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// No blank line ends the header section.
    #[error("header section has no end")]
    Unterminated,
    /// The Content-Length fields are not one decimal number.
    #[error("Content-Length: {0}")]
    ContentLength(&'static str),
    /// The body is shorter than Content-Length says.
    #[error("Content-Length is {declared}, only {present} octets follow")]
    Truncated {
        /// Octets announced.
        declared: usize,
        /// Octets there.
        present: usize,
    },
}

/// A refused message, with what could still be read of it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub struct Rejected {
    /// Why.
    #[source]
    pub error: ParseError,
    /// The header section, if it could be indexed, so that a request can be answered
    /// `400 Bad Request`. Its start line or its body is not to be trusted.
    pub salvage: Option<Box<Message>>,
}

impl From<ParseError> for Rejected {
    fn from(error: ParseError) -> Self {
        Self {
            error,
            salvage: None,
        }
    }
}

/// Why a header field's value does not follow its grammar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{header}: {what}")]
pub struct HeaderError {
    /// The header's canonical name.
    pub header: &'static str,
    /// What is wrong.
    pub what: &'static str,
}

/// Why text is not a URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("URI: {0}")]
pub struct UriError(pub &'static str);
