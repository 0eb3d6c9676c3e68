// SPDX-License-Identifier: MIT OR Apache-2.0
//! The packet queue in front of a transmit ring: what of an RTP stream is written at which frame.
//!
//! The transmit ring itself is the playout stage. This crate holds no audio that still has to be
//! played; it decides, for each packet as it arrives, at which transmit frames its octets belong,
//! and answers with a [`Plan`]: the ring's writer copies the octets from its receive buffer, once.
//! What no packet brought in time is generated here: concealment, comfort noise, the tones of
//! telephone events, and the joints between them and the packets.
//!
//! # Contract with the ring's writer
//! * `edge` is the first frame that may still be written, `tx_taken + lead`. It is given with each
//!   call and never falls.
//! * For each packet: [`Playout::audio`] or [`Playout::event`]. Carry out every [`Write`] of the
//!   plan at once: [`Write::Packet`] from the packet's payload, [`Write::Generated`] from
//!   [`Playout::generated`].
//! * At each visit, after the packets: [`Playout::poll_write`] until it returns `None`, with the
//!   frame up to which the ring must be filled before the next visit.
//! * Every write lies within `[edge, edge + RANGE)`. A frame may be written again, never after
//!   the edge has passed it.
//!
//! No clock, no sockets, no allocation after [`Playout::new`]. Frames, samples and timestamp
//! units are all 125 µs.
//!
//! # Playout delay
//! The first packet fixes which timestamp is played at which frame, [`Config::target`] frames
//! ahead of the edge. A packet's *fill* is the distance from the edge to its frame when it
//! arrives. When the smallest fill of a second or so leaves the window between [`Config::low`] and
//! [`Config::high`], the mapping is steered until it is back at the target: in silence by dropping
//! or repeating up to a packet at once, else by one sample a packet, cut where the waveform is
//! flattest.
#![forbid(unsafe_code)]

mod audio;
mod config;
mod counters;
mod event;
mod mapping;
mod plan;
mod playout;
mod progress;
mod shadow;
mod steering;
mod tones;

pub use config::{Config, ConfigError, Quiet};
pub use counters::Counters;
pub use plan::{Plan, Write};
pub use playout::{Playout, RANGE};
