// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a message may cost.

/// Bounds on one message; exceeding any is a [`ParseError`](crate::ParseError).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Octets of a whole message, body included.
    pub message: usize,
    /// Header fields.
    pub headers: usize,
    /// Octets of one line, with its folds.
    pub line: usize,
}

impl Default for Limits {
    /// 65,535 octets, 256 header fields, lines of 8,192 octets.
    fn default() -> Self {
        Self {
            message: 65_535,
            headers: 256,
            line: 8_192,
        }
    }
}
