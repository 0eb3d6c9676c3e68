// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[[span]]`: the lines.

use super::document::{Document, Entry, spanned};
use super::slots::parse_slots;
use core::time::Duration;
use pbx_core::{Name, Side};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use toml::Spanned;

/// Timers that a span may set, in milliseconds: T200 and T203 of Q.921, the others of Q.931.
pub const TIMERS: &[&str] = &[
    "t200", "t203", "t301", "t302", "t303", "t304", "t305", "t306", "t308", "t309", "t310", "t313",
    "t316", "t317", "t322",
];

/// Where a span is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpanAddress {
    /// A span that a process serves on a Unix socket: `unix:PATH#SPAN`.
    Served {
        /// The socket.
        socket: PathBuf,
        /// The span's name there.
        span: String,
    },
    /// A device node: `/dev/…`.
    Device(PathBuf),
}

impl core::fmt::Display for SpanAddress {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Served { socket, span } => write!(f, "unix:{}#{span}", socket.display()),
            Self::Device(path) => write!(f, "{}", path.display()),
        }
    }
}

/// The dialect of Q.931.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// EuroISDN.
    EuroIsdn,
}

/// The companding law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Law {
    /// A-law.
    Alaw,
    /// µ-law.
    Ulaw,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its name.
    pub name: Name,
    /// Where it is.
    pub address: SpanAddress,
    /// Which side we are.
    pub side: Side,
    /// The dialect.
    pub switch: Switch,
    /// The slot of the D channel.
    pub d_channel: u8,
    /// The slots of the B channels.
    pub channels: Vec<u8>,
    /// The companding law of its B channels.
    pub law: Law,
    /// Callers on it may dial digit by digit.
    pub overlap: bool,
    /// We play ringback, busy and congestion to its callers.
    pub tones: bool,
    /// STATUS is sent for optional elements that are invalid or unknown.
    pub report_harmless_faults: bool,
    /// Timers that differ from their defaults, by the names in [`TIMERS`].
    pub timers: BTreeMap<String, Duration>,
    /// Retransmissions of layer 2, if not the default.
    pub n200: Option<u8>,
    /// The window of layer 2, if not the default.
    pub k: Option<u8>,
    /// What an idle B channel sends, if not the law's own idle code.
    pub idle_code: Option<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpan {
    name: Spanned<String>,
    address: Spanned<String>,
    side: RawSide,
    #[serde(default = "euroisdn")]
    switch: Switch,
    #[serde(default = "slot_16")]
    d_channel: Spanned<u8>,
    #[serde(default = "all_channels")]
    channels: Spanned<String>,
    #[serde(default = "alaw")]
    law: Law,
    #[serde(default = "yes")]
    overlap: bool,
    #[serde(default = "yes")]
    tones: bool,
    #[serde(default = "yes")]
    report_harmless_faults: bool,
    #[serde(default)]
    timers: BTreeMap<Spanned<String>, Spanned<u32>>,
    n200: Option<Spanned<u8>>,
    k: Option<Spanned<u8>>,
    idle_code: Option<u8>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawSide {
    User,
    Network,
}

fn euroisdn() -> Switch {
    Switch::EuroIsdn
}

fn slot_16() -> Spanned<u8> {
    spanned(16)
}

fn all_channels() -> Spanned<String> {
    spanned("1-15,17-31".to_owned())
}

fn alaw() -> Law {
    Law::Alaw
}

fn yes() -> bool {
    true
}

/// The spans that could be read, and the names of all.
pub(super) struct Spans {
    pub(super) good: Vec<Span>,
    pub(super) names: BTreeSet<String>,
}

pub(super) fn read(document: &mut Document<'_>) -> Spans {
    let mut spans = Spans {
        good: Vec::new(),
        names: BTreeSet::new(),
    };
    let mut addresses = BTreeMap::new();
    for entry in document.list::<RawSpan>("span") {
        let Entry { name, value, .. } = entry;
        let fresh = name.is_none_or(|name| spans.names.insert(name));
        let Some(raw) = value else { continue };
        if !fresh {
            document.error_at(
                &raw.name,
                format!("there is a span {:?} already", raw.name.get_ref()),
            );
        }
        let (name, address) = (raw.name.clone(), raw.address.clone());
        let Some(span) = one(document, raw) else {
            continue;
        };
        check_name(document, &name);
        if let Some(other) = addresses.insert(span.address.clone(), span.name.clone()) {
            document.error_at(&address, format!("span {other:?} has this address already"));
        }
        spans.good.push(span);
    }
    spans
}

/// Names appear in records, logs and on command lines.
pub(super) fn check_name(document: &mut Document<'_>, name: &Spanned<String>) {
    let text = name.get_ref();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.len() > 32 || !text.chars().all(fits) {
        document.error_at(
            name,
            format!("name {text:?}: expected 1 to 32 letters, digits, -, _ or ."),
        );
    }
}

fn one(document: &mut Document<'_>, raw: RawSpan) -> Option<Span> {
    let address = parse_address(raw.address.get_ref());
    if address.is_none() {
        let message = format!(
            "address {:?}: expected \"unix:/path/to/socket#span\" or \"/dev/…\"",
            raw.address.get_ref()
        );
        document.error_at(&raw.address, message);
    }
    let d_channel = *raw.d_channel.get_ref();
    if !(1..=31).contains(&d_channel) {
        document.error_at(
            &raw.d_channel,
            format!("d_channel {d_channel}: expected a slot, 1 to 31 (16 on every usual E1)"),
        );
    }
    let channels = parse_slots(raw.channels.get_ref())
        .map_err(|error| document.error_at(&raw.channels, format!("channels: {error}")))
        .ok();
    if channels
        .as_ref()
        .is_some_and(|channels| channels.contains(&d_channel))
    {
        document.error_at(
            &raw.channels,
            format!("channels: slot {d_channel} is the D channel"),
        );
    }
    let mut timers = BTreeMap::new();
    for (name, ms) in &raw.timers {
        if !TIMERS.contains(&name.get_ref().as_str()) {
            let message = format!(
                "unknown timer {:?}, expected one of {}",
                name.get_ref(),
                TIMERS.join(", ")
            );
            document.error_at(name, message);
        }
        if !(50..=3_600_000).contains(ms.get_ref()) {
            let message = format!(
                "timer {}: found {}, expected 50 to 3600000 milliseconds",
                name.get_ref(),
                ms.get_ref()
            );
            document.error_at(ms, message);
        }
        timers.insert(
            name.get_ref().clone(),
            Duration::from_millis(u64::from(*ms.get_ref())),
        );
    }
    for (what, value, most) in [("n200", &raw.n200, 32), ("k", &raw.k, 127)] {
        if let Some(value) = value
            .as_ref()
            .filter(|value| !(1..=most).contains(value.get_ref()))
        {
            document.error_at(
                value,
                format!("{what}: found {}, expected 1 to {most}", value.get_ref()),
            );
        }
    }
    Some(Span {
        name: raw.name.get_ref().as_str().into(),
        address: address?,
        side: match raw.side {
            RawSide::User => Side::User,
            RawSide::Network => Side::Network,
        },
        switch: raw.switch,
        d_channel,
        channels: channels?,
        law: raw.law,
        overlap: raw.overlap,
        tones: raw.tones,
        report_harmless_faults: raw.report_harmless_faults,
        timers,
        n200: raw.n200.map(Spanned::into_inner),
        k: raw.k.map(Spanned::into_inner),
        idle_code: raw.idle_code,
    })
}

fn parse_address(text: &str) -> Option<SpanAddress> {
    if let Some(rest) = text.strip_prefix("unix:") {
        let (socket, span) = rest.rsplit_once('#')?;
        let good = socket.starts_with('/') && !span.is_empty();
        return good.then(|| SpanAddress::Served {
            socket: socket.into(),
            span: span.to_owned(),
        });
    }
    (text.starts_with("/dev/") && text.len() > 5).then(|| SpanAddress::Device(text.into()))
}
