// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is counted.

use crate::io::IoCounters;
use crate::settings::BackendKind;
use hdrhistogram::Histogram;
use std::time::Duration;

/// From the line to RTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToRtp {
    /// Packets sent.
    pub packets: u64,
    /// Octets of payload in them.
    pub octets: u64,
    /// Bytes that were copied in userspace on the way.
    pub copied: u64,
    /// Packets whose samples were overwritten before or while they were sent.
    pub lost: u64,
    /// Packets left out because the worker was too late for them.
    pub missed: u64,
    /// Packets sent later than at their tick.
    pub late: u64,
    /// Packets that the socket refused because it was full.
    pub would_block: u64,
    /// Packets that the system refused otherwise.
    pub errors: u64,
    /// Packets for which no send slot was free.
    pub no_slot: u64,
}

/// From RTP to the line, before the playout stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FromRtp {
    /// Packets taken.
    pub packets: u64,
    /// Octets of payload in them.
    pub octets: u64,
    /// Bytes that were copied in userspace on the way.
    pub copied: u64,
    /// Datagrams that are no RTP.
    pub malformed: u64,
    /// Packets of a payload type that was not agreed.
    pub unknown_payload: u64,
    /// Datagrams from an address that is not the far end's.
    pub strays: u64,
    /// Packets of another source, on probation or far out of sequence.
    pub foreign: u64,
    /// Packets that came while the direction did not take them.
    pub unwanted: u64,
    /// Telephone events played.
    pub events: u64,
    /// Changes of the far end's address.
    pub latches: u64,
    /// Packets lost on the way, by their sequence numbers.
    pub lost: i64,
    /// Interarrival jitter in samples; measured at ticks, so with their grain.
    pub jitter: u32,
    /// Frames that came too late for the line.
    pub late_frames: u64,
}

/// A channel's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChannelStats {
    /// From the line to RTP.
    pub to_rtp: ToRtp,
    /// From RTP to the line.
    pub from_rtp: FromRtp,
    /// The playout stage.
    pub playout: playout::Counters,
    /// RTCP reports sent, received, and unreadable.
    pub rtcp: [u32; 3],
    /// The far end's view: fraction lost in 256ths, packets lost, jitter in samples.
    pub remote: Option<(u8, i32, u32)>,
    /// Round-trip time by RTCP.
    pub round_trip: Option<Duration>,
    /// Line time since the channel was opened.
    pub age: Duration,
}

/// A worker's figures.
#[derive(Clone, Debug)]
pub struct WorkerStats {
    /// How it reaches its sockets.
    pub backend: BackendKind,
    /// What happened there.
    pub io: IoCounters,
    /// Wake-ups.
    pub wakeups: u64,
    /// Span ticks that were visited.
    pub ticks: u64,
    /// Wake-ups' periods that passed without a visit.
    pub missed_ticks: u64,
    /// Exchanges with the sockets that failed as a whole.
    pub exchange_errors: u64,
    /// Channels open now.
    pub channels: u64,
    /// Events dropped because nobody took them.
    pub events_lost: u64,
    /// Nanoseconds from the tick in which a packet's last frame was received to the end of its send.
    pub latency: Histogram<u64>,
}

/// The largest latency that is told apart: one second.
pub(crate) const LATENCY_MAX: u64 = 1_000_000_000;

/// An empty latency histogram: 1 µs to 1 s in steps of 0.1 % or 1 µs.
pub(crate) fn latency() -> Histogram<u64> {
    match Histogram::new_with_bounds(1_000, LATENCY_MAX, 3) {
        Ok(histogram) => histogram,
        // The bounds are constants that hdrhistogram accepts.
        Err(error) => unreachable!("{error}"),
    }
}
