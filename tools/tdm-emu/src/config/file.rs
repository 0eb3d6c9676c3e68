// SPDX-License-Identifier: MIT OR Apache-2.0
//! The file's tables and keys.

use crate::card::{Generation, Model};
use serde::Deserialize;
use std::path::PathBuf;

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The socket that spans are served over.
    pub socket: PathBuf,
    /// A socket for commands while it runs.
    pub control: Option<PathBuf>,
    /// The sockets' group may connect too.
    #[serde(default)]
    pub group: bool,
    /// Everything random follows from it.
    #[serde(default = "one")]
    pub seed: u64,
    /// How line time passes.
    #[serde(default)]
    pub clock: Clock,
    /// Clock domains other than the common one.
    #[serde(default)]
    pub domain: Vec<Domain>,
    /// Spans.
    #[serde(default)]
    pub span: Vec<SpanConfig>,
    /// PCI cards over vfio-user.
    #[serde(default)]
    pub card: Vec<CardConfig>,
    /// Cables between two spans.
    #[serde(default)]
    pub cable: Vec<Cable>,
    /// Cross-connects of slots between lines.
    #[serde(default)]
    pub cross: Vec<Cross>,
    /// Loop plugs.
    #[serde(default, rename = "loop")]
    pub loops: Vec<LoopPlug>,
    /// Impairments.
    #[serde(default)]
    pub impair: Vec<Impair>,
    /// Scripted exchanges.
    #[serde(default)]
    pub exchange: Vec<Exchange>,
    /// D channels handed to other programs.
    #[serde(default)]
    pub dchannel: Vec<DChannel>,
}

const fn one() -> u64 {
    1
}

/// The line clock.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Its mode.
    #[serde(default)]
    pub mode: ClockMode,
    /// In scaled mode: seconds of real time for one of line time.
    #[serde(default = "ten")]
    pub factor: f64,
    /// How late the clock may be and still catch up, in milliseconds.
    #[serde(default = "hundred")]
    pub late_ms: u64,
    /// In lock-step: how many subscribers there must be. Without it one, or none if there are cards.
    pub subscribers: Option<usize>,
    /// In lock-step: after how many milliseconds without an answer a subscriber is named.
    #[serde(default = "two_thousand")]
    pub patience_ms: u64,
}

const fn ten() -> f64 {
    10.0
}
const fn hundred() -> u64 {
    100
}
const fn two_thousand() -> u64 {
    2000
}

impl Default for Clock {
    fn default() -> Self {
        Clock {
            mode: ClockMode::RealTime,
            factor: ten(),
            late_ms: hundred(),
            subscribers: None,
            patience_ms: two_thousand(),
        }
    }
}

/// Modes of the line clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockMode {
    /// CLOCK_MONOTONIC.
    #[default]
    RealTime,
    /// Slower (or faster) than that by a factor.
    Scaled,
    /// A tick when the last one was consumed.
    LockStep,
}

/// A clock domain.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// Its name.
    pub name: String,
    /// How fast it is, in parts per million.
    #[serde(default)]
    pub ppm: f64,
}

/// Companding laws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Law {
    /// A-law.
    #[default]
    A,
    /// Mu-law.
    Mu,
}

/// A span.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpanConfig {
    /// Its name.
    pub name: String,
    /// Its clock domain; the common one if there is none.
    pub domain: Option<String>,
    /// CRC-4.
    #[serde(default = "yes")]
    pub crc4: bool,
    /// Channel-associated signalling in timeslot 16.
    #[serde(default)]
    pub cas: bool,
    /// The law of its idle code.
    #[serde(default)]
    pub law: Law,
    /// The line is up from the start.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The card's depth in frames.
    #[serde(default = "sixteen")]
    pub depth: u64,
    /// Its first frame number.
    #[serde(default)]
    pub start_frame: u64,
    /// Milliseconds from a defect to its alarm.
    #[serde(default = "hundred")]
    pub alarm_set_ms: u64,
    /// Milliseconds from a defect's end to the alarm's.
    #[serde(default = "hundred")]
    pub alarm_clear_ms: u64,
}

const fn yes() -> bool {
    true
}
const fn sixteen() -> u64 {
    16
}

/// A PCI card.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardConfig {
    /// Its name.
    pub name: String,
    /// What is printed on it.
    #[serde(default = "te420")]
    pub model: String,
    /// Its hardware generation.
    #[serde(default = "five")]
    pub generation: u8,
    /// The rotary switch.
    #[serde(default)]
    pub switch: u8,
    /// The socket that QEMU connects to.
    pub socket: PathBuf,
    /// Its clock domain; the common one if there is none.
    pub domain: Option<String>,
    /// Names of its lines; without them `NAME/1`, `NAME/2` and so on.
    #[serde(default)]
    pub lines: Vec<String>,
    /// Far ends inside the emulator send CRC-4 to it.
    #[serde(default = "yes")]
    pub crc4: bool,
    /// Register accesses that are kept for a trace.
    #[serde(default)]
    pub trace: usize,
}

fn te420() -> String {
    "TE420".to_owned()
}
const fn five() -> u8 {
    5
}

impl CardConfig {
    /// The kind of card, if there is one of this name and generation.
    #[must_use]
    pub fn kind(&self) -> Option<&'static Model> {
        Model::find(&self.model, Generation::from_number(self.generation)?)
    }

    /// Names of its lines.
    #[must_use]
    pub fn line_names(&self) -> Vec<String> {
        if !self.lines.is_empty() {
            return self.lines.clone();
        }
        let ports = self.kind().map_or(0, |model| model.ports);
        (1..=ports)
            .map(|port| format!("{}/{port}", self.name))
            .collect()
    }
}

impl Config {
    /// Names of all lines, in the order of the model: spans, then each card's.
    #[must_use]
    pub fn line_names(&self) -> Vec<String> {
        let spans = self.span.iter().map(|span| span.name.clone());
        spans
            .chain(self.card.iter().flat_map(CardConfig::line_names))
            .collect()
    }
}

/// A cable.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cable {
    /// The two spans.
    pub ends: [String; 2],
    /// Its length in frames.
    #[serde(default)]
    pub delay: u32,
}

/// A cross-connect in both directions, `span:first-last` on both sides with equally many slots.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cross {
    /// The two ends.
    pub ends: [String; 2],
}

/// A loop plug.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoopPlug {
    /// The span.
    pub span: String,
}

/// An impairment of what a span receives.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Impair {
    /// The span.
    pub span: String,
    /// What is wrong.
    pub kind: ImpairKind,
    /// When it begins, in milliseconds of line time.
    #[serde(default)]
    pub at_ms: u64,
    /// How long it lasts; for good if it is not given.
    pub for_ms: Option<u64>,
    /// For bit errors: their rate.
    pub rate: Option<f64>,
    /// For a delay: frames. For a slip: 1 (a frame repeated) or -1 (a frame dropped).
    pub frames: Option<i64>,
}

/// Kinds of impairments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImpairKind {
    /// Loss of signal.
    Los,
    /// All ones.
    Ais,
    /// Loss of framing.
    Lof,
    /// Remote alarm.
    Rai,
    /// Bit errors.
    BitErrors,
    /// A longer line.
    Delay,
    /// A slip.
    Slip,
}

/// Sides of a D channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The exchange.
    #[default]
    Network,
    /// The customer.
    User,
}

/// A scripted exchange at the far end of a span.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The span.
    pub span: String,
    /// Which side it plays.
    #[serde(default)]
    pub side: Side,
    /// What it does with calls that come, by the number called; the first rule that fits.
    #[serde(default)]
    pub rule: Vec<Rule>,
    /// Calls that it makes.
    #[serde(default)]
    pub call: Vec<Origin>,
}

/// A rule for calls that come: they are answered, refused, or ring on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The called number: digits, `?` for one digit, `*` at the end for any.
    pub called: String,
    /// Milliseconds from SETUP to ALERTING.
    #[serde(default)]
    pub alert_ms: u64,
    /// Milliseconds from SETUP to CONNECT.
    pub answer_ms: Option<u64>,
    /// Milliseconds from CONNECT to DISCONNECT by the exchange.
    pub hold_ms: Option<u64>,
    /// Refuse with this cause value.
    pub reject: Option<u8>,
    /// What the B channel carries from the exchange: `silence`, `echo`, `prbs9` … `prbs23`, `count`, or `file:PATH` (raw octets or
    /// a WAV file of the line's law, played round and round).
    #[serde(default = "silence")]
    pub play: String,
    /// A pattern that the B channel must bring: counted in the report.
    pub verify: Option<String>,
    /// How many milliseconds of what the channel brings the report keeps.
    #[serde(default)]
    pub keep_ms: u64,
    /// Audio before the answer too, with progress indicator 8.
    #[serde(default)]
    pub early_media: bool,
}

fn silence() -> String {
    "silence".to_owned()
}

/// A call that the exchange makes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// When, in milliseconds of line time.
    #[serde(default)]
    pub at_ms: u64,
    /// The number called.
    pub called: String,
    /// The calling number.
    pub calling: Option<String>,
    /// Again after so many milliseconds.
    pub every_ms: Option<u64>,
    /// How many calls in all, with `every_ms`.
    pub count: Option<u64>,
    /// Milliseconds from answer to DISCONNECT by the exchange.
    pub hold_ms: Option<u64>,
    /// As in a rule.
    #[serde(default = "silence")]
    pub play: String,
    /// As in a rule.
    pub verify: Option<String>,
    /// As in a rule.
    #[serde(default)]
    pub keep_ms: u64,
}

/// What B channels do beside a D channel that another program runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channels {
    /// Idle code.
    #[default]
    Idle,
    /// Every slot brings back what it was sent.
    Loop,
}

/// A D channel handed to another program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DChannel {
    /// The span.
    pub span: String,
    /// The socket that the program connects to: SOCK_SEQPACKET, one LAPD frame a message, without the check sequence.
    pub socket: PathBuf,
    /// The slot.
    #[serde(default = "slot16")]
    pub slot: u8,
    /// The other slots.
    #[serde(default)]
    pub channels: Channels,
    /// Pairs of slots that are connected with each other instead.
    #[serde(default)]
    pub connect: Vec<[u8; 2]>,
}

const fn slot16() -> u8 {
    16
}
