// SPDX-License-Identifier: MIT OR Apache-2.0
//! Responses to REGISTER.

use sip_msg::Header;

/// What to answer. The owner writes it with
/// [`Builder::reply`](sip_msg::Builder::reply) and these fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub code: u16,
    /// The reason phrase.
    pub reason: &'static str,
    /// Header fields, in order, values ready for the wire.
    pub fields: Vec<(&'static str, String)>,
}

impl Reply {
    pub(crate) fn new(code: u16, reason: &'static str) -> Self {
        Self {
            code,
            reason,
            fields: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, header: Header, value: impl ToString) -> Self {
        self.push(header.name(), value.to_string());
        self
    }

    pub(crate) fn push(&mut self, name: &'static str, value: String) {
        self.fields.push((name, value));
    }

    /// The values of a header.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}
