// SPDX-License-Identifier: MIT OR Apache-2.0
//! Media workers: TDM rings to RTP sockets over io_uring; and data channels over a slot.
//!
//! An [`Engine`] runs worker threads. Spans are attached to it, and channels opened on their slots: each bridges one slot and one
//! pair of UDP sockets. A worker is woken by its spans' ticks; it sends windows of received frames without copying them, and
//! writes what RTP brings to the transmit ring through the playout stage. `docs/media-engine.md` tells the whole journey.
//!
//! [`dchannel`] is independent of the workers: HDLC over a slot, for whoever visits it.

mod command;
pub mod dchannel;
mod event;
mod handle;
mod io;
mod ports;
mod settings;
mod stats;
mod worker;

pub use event::{Event, EventKind};
pub use handle::{ChannelId, Engine, EngineError, SpanId};
pub use io::IoCounters;
pub use ports::{PortAllocator, PortError, PortPair};
pub use settings::{BackendKind, ChannelConfig, Direction, EngineSettings, Media, Tone};
pub use stats::{ChannelStats, FromRtp, ToRtp, WorkerStats};

use std::time::Duration;

/// Line time since frame 0. It is what every timer of a channel runs on.
fn line_time(frame: u64) -> Duration {
    Duration::from_micros(frame.saturating_mul(125))
}
