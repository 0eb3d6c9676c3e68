// SPDX-License-Identifier: MIT OR Apache-2.0
//! How an engine and its channels are run.

use crate::handle::SpanId;
use dsp::{Cadence, ProgressTones};
use g711::Law;
use std::net::SocketAddr;
use std::time::Duration;
use tdm::{Slot, Transmit};

/// How workers reach their sockets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackendKind {
    /// io_uring, or plain system calls where the kernel refuses what we need.
    #[default]
    Auto,
    /// io_uring, or an error.
    Uring,
    /// `sendmsg` and `recvmmsg`.
    Plain,
}

/// How an engine is run.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// Threads; 0 is one a core.
    pub workers: usize,
    /// How workers reach their sockets.
    pub backend: BackendKind,
    /// Line time between two wake-ups of a worker, in frames of 125 µs; rounded up to the card's tick.
    pub period: u32,
    /// Hold the line clock until each wake-up is done. For tests on emulated spans.
    pub lock_step: bool,
    /// Channels of one worker, at most.
    pub channels_per_worker: usize,
    /// Packets that a late worker sends at once for a channel; what is older is left out and counted.
    pub burst: u32,
    /// Mean time between RTCP reports.
    pub rtcp_interval: Duration,
    /// Our name in RTCP, up to 46 octets.
    pub cname: String,
    /// Seed of what must be hard to guess or spread: SSRC, sequence numbers, timestamps. `None` takes it from the system.
    pub seed: Option<u64>,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            workers: 0,
            backend: BackendKind::Auto,
            period: 8,
            lock_step: false,
            channels_per_worker: 512,
            burst: 4,
            rtcp_interval: Duration::from_secs(5),
            cname: "tandem".to_owned(),
            seed: None,
        }
    }
}

/// Which way media flows, seen from here: *send* is from the line to RTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    #[default]
    SendReceive,
    /// Only from the line to RTP.
    SendOnly,
    /// Only from RTP to the line.
    ReceiveOnly,
    /// Neither way.
    Inactive,
}

impl Direction {
    /// Whether the line's audio is sent.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendReceive | Self::SendOnly)
    }
    /// Whether RTP's audio is played.
    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendReceive | Self::ReceiveOnly)
    }
}

/// What is agreed about a stream. Replaced as a whole by [`crate::Engine::modify`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Media {
    /// Which way.
    pub direction: Direction,
    /// Where the far end wants its media, if it is known.
    pub remote: Option<SocketAddr>,
    /// Where it wants its reports; RTP's port plus one if not given.
    pub remote_rtcp: Option<SocketAddr>,
    /// The law in RTP: payload type 0 or 8.
    pub law: Law,
    /// Milliseconds of audio in a packet that we send: 10 to 60.
    pub packet_time: u8,
    /// The payload type of telephone events, if they are agreed.
    pub event_payload_type: Option<u8>,
    /// Learn the far end's address from what it sends (symmetric RTP), instead of taking media only from `remote`.
    pub symmetric: bool,
    /// Report it when no media came for this long; `None` does not watch.
    pub timeout: Option<Duration>,
}

impl Media {
    /// Milliseconds of audio in a packet, within its limits and in whole tens.
    #[must_use]
    pub fn packet_frames(&self) -> u64 {
        u64::from((self.packet_time / 10).clamp(1, 6)) * 80
    }

    /// RTP's static payload type of the law.
    #[must_use]
    pub const fn payload_type(&self) -> u8 {
        match self.law {
            Law::Mu => 0,
            Law::A => 8,
        }
    }
}

impl Default for Media {
    /// A-law in packets of 20 ms, both ways, symmetric, with a time-out of 30 s; nobody to send to yet.
    fn default() -> Self {
        Self {
            direction: Direction::SendReceive,
            remote: None,
            remote_rtcp: None,
            law: Law::A,
            packet_time: 20,
            event_payload_type: Some(101),
            symmetric: true,
            timeout: Some(Duration::from_secs(30)),
        }
    }
}

/// A call's channel: a slot on one side, a pair of sockets on the other.
#[derive(Debug)]
pub struct ChannelConfig {
    /// The span, attached before.
    pub span: SpanId,
    /// The slot's transmit ring. The claim behind it must live until [`crate::EventKind::Closed`].
    pub transmit: Transmit,
    /// The law on the line.
    pub line_law: Law,
    /// The sockets.
    pub sockets: crate::ports::PortPair,
    /// What is agreed.
    pub media: Media,
    /// The country's call progress tones.
    pub tones: &'static ProgressTones,
}

impl ChannelConfig {
    /// The slot.
    #[must_use]
    pub fn slot(&self) -> Slot {
        self.transmit.slot()
    }
}

/// A call progress tone towards the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Dial tone.
    Dial,
    /// Ringing tone.
    Ringback,
    /// Busy tone.
    Busy,
    /// Congestion (reorder) tone.
    Congestion,
}

impl Tone {
    /// The tone's rhythm in a country.
    #[must_use]
    pub const fn cadence(self, tones: &ProgressTones) -> Cadence {
        match self {
            Self::Dial => tones.dial,
            Self::Ringback => tones.ringback,
            Self::Busy => tones.busy,
            Self::Congestion => tones.congestion,
        }
    }
}
