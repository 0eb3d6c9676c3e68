// SPDX-License-Identifier: MIT OR Apache-2.0
//! Channel-associated line signalling, sans-IO: loop start, loop start with forward disconnect, ground
//! start, both ends; E&M immediate, wink and delay dial; feature group D; CAMA as for E911.
//!
//! [`Channel`] is one channel: bits (or the single frequency) come in with the frame at which they
//! changed, and go out as commands for a frame, so that pulses, winks and flashes are exact. What
//! leads where is data ([`table`]); an event without a row is counted and traced. Register digits are
//! tones, which others send and detect; [`address`] says in which order.
//!
//! # Contract
//!
//! Time is a frame of 125 µs (`now`), never going back; the stamps of [`Channel::input`] may lie behind it. After **every** call that takes a frame, drain [`Channel::poll_output`]
//! until it returns `None`, then arm one timer for [`Channel::poll_timeout`] and call
//! [`Channel::handle_timeout`] when it is due. Nothing here reads a clock, blocks or panics, whatever
//! the line brings. Every call, ours or the far end's, ends with exactly one [`Notice::Released`]; after
//! [`Notice::Disconnected`] it waits for [`Event::Hangup`].
#![forbid(unsafe_code)]

pub mod address;
mod channel;
pub mod kind;
pub mod line;
pub mod table;
pub mod timing;
mod types;

pub use channel::Channel;
pub use kind::Kind;
pub use table::{Event, Notice, State};
pub use timing::Timing;
pub use types::{
    Carrier, Config, Counters, MAX_DIGITS, MAX_OUTPUTS, MAX_TRACE, Output, RequestError, Violation,
};

/// A sample time of 125 µs, counted from any epoch.
pub type Frame = u64;
