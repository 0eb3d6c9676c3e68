// SPDX-License-Identifier: MIT OR Apache-2.0
//! What scanners call themselves.

/// A text that shows a scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// User-Agent contains this, in any case.
    UserAgent(String),
    /// From contains this, in any case.
    From(String),
}

/// Tools whose names no telephone bears. Monitoring tools (`sipsak`) and softphone kits that
/// scanners borrow the names of are not among them.
pub const DEFAULT_SCANNERS: &[&str] = &[
    "friendly-scanner",
    "friendly-request",
    "sipvicious",
    "sundayddr",
    "sip-scan",
    "sipscan",
    "sippts",
    "sivus",
    "iwar",
    "pplsip",
    "sipcli",
    "gulp",
    "smap ",
    "nm@nm",
];

impl Signature {
    /// The default signatures.
    pub fn defaults() -> Vec<Self> {
        let agents = DEFAULT_SCANNERS
            .iter()
            .map(|name| Self::UserAgent((*name).to_string()));
        let from = ["\"sipvicious\"", "100@1.1.1.1"].map(|text| Self::From(text.to_string()));
        agents.chain(from).collect()
    }

    pub(crate) fn text(&self) -> &str {
        match self {
            Self::UserAgent(text) | Self::From(text) => text,
        }
    }

    /// Looks at the front of each value: a scanner that hides its name behind half a kilobyte
    /// may as well leave it out.
    pub(crate) fn matches(&self, user_agent: &str, from: &str) -> bool {
        match self {
            Self::UserAgent(text) => contains(user_agent, text),
            Self::From(text) => contains(from, text),
        }
    }
}

/// Octets of a value that are looked at.
const FRONT: usize = 512;

/// Contains, in any ASCII case. An empty text is nowhere.
fn contains(text: &str, wanted: &str) -> bool {
    let text = text.as_bytes();
    !wanted.is_empty()
        && text
            .get(..FRONT)
            .unwrap_or(text)
            .windows(wanted.len())
            .any(|w| w.eq_ignore_ascii_case(wanted.as_bytes()))
}
