// SPDX-License-Identifier: MIT OR Apache-2.0
//! What one message on a stream may cost.

use core::time::Duration;

/// Bounds on one message of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Octets of the start line and the header fields, with the blank line.
    pub head: usize,
    /// Octets of the body.
    pub body: usize,
    /// Header fields.
    pub headers: usize,
    /// Octets of one line with its folds.
    pub line: usize,
    /// From a message's first octet to its last: who sends a header an octet a second is let
    /// go.
    pub message_time: Duration,
    /// Line ends between two messages; a keep-alive is two of them. Counted from the last
    /// message.
    pub line_ends: u32,
}

impl Default for Limits {
    /// 16 KiB of header in at most 256 fields of 8 KiB, 64 KiB of body, 16 s, 10,000 line
    /// ends (a keep-alive every 20 s for a day).
    fn default() -> Self {
        Self {
            head: 16 * 1_024,
            body: 64 * 1_024,
            headers: 256,
            line: 8 * 1_024,
            message_time: Duration::from_secs(16),
            line_ends: 10_000,
        }
    }
}

impl Limits {
    pub(crate) fn of_messages(&self) -> sip_msg::Limits {
        sip_msg::Limits {
            message: self.head.saturating_add(self.body),
            headers: self.headers,
            line: self.line,
        }
    }
}
