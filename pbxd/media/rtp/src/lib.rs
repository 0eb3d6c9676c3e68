// SPDX-License-Identifier: MIT OR Apache-2.0
//! RTP headers, sources, telephone events and RTCP reports, sans-IO.
//!
//! * [`Packet`] and [`Header`]: the fixed header with CSRC list, extension and padding.
//! * [`Sender`]: numbers and timestamps of an outgoing stream.
//! * [`Receiver`] and [`Source`]: sequence validation, loss and jitter by RFC 3550's algorithms,
//!   and the change of a synchronisation source.
//! * [`event`]: the telephone-event payload of RFC 4733, and the state of a receiver of it.
//! * [`rtcp`]: SR, RR, SDES and BYE; when to send them; round-trip time.
//! * [`Watchdog`]: whether media still flows.
//!
//! # Contract
//! Nothing here allocates, so all of it may run in a media worker's tick. Time comes in as an
//! argument: `now` is a duration since an epoch of the caller's choice and never goes back; media
//! time is in units of the RTP clock, 125 µs for all that Tandem sends. Sequence numbers,
//! timestamps and SSRCs must be chosen at random by the caller: they are arguments.
#![forbid(unsafe_code)]

pub mod event;
mod header;
mod random;
mod receiver;
pub mod rtcp;
mod sender;
mod serial;
mod source;
mod watchdog;

pub use header::{HEADER_OCTETS, Header, Packet, ParseError};
pub use receiver::{Received, Receiver, ReceiverConfig};
pub use sender::Sender;
pub use serial::{after, sequence_distance, timestamp_distance};
pub use source::{Source, Verdict};
pub use watchdog::{Media, Watchdog};
