// SPDX-License-Identifier: MIT OR Apache-2.0
//! LAPD (ITU-T Q.921) data link, sans-IO.
//!
//! [`frame`] is the frame format (modulo 128, without flags and FCS, which HDLC owns). [`Link`] is
//! one point-to-point data link in multiple-frame (acknowledged) operation, as a primary-rate D
//! channel has it: SAPI 0, TEI 0, either the user or the network side.
//!
//! # Contract
//!
//! Time is the caller's: a [`core::time::Duration`] since any epoch, never going back. After
//! **every** call that takes `now`, drain [`Link::poll_output`] until it returns `None`, then arm one
//! timer for [`Link::poll_timeout`] and call [`Link::handle_timeout`] when it is due. Nothing here
//! reads a clock, blocks or panics, whatever the line brings.
//!
//! ```
//! use core::time::Duration;
//! use q921::{Config, Indication, Link, Output, Side};
//!
//! let now = Duration::ZERO;
//! let mut network = Link::new(Config::pri(Side::Network));
//! let mut user = Link::new(Config::pri(Side::User));
//! network.layer1(now, true);
//! user.layer1(now, true);
//! let mut up = 0;
//! for _ in 0..4 {
//!     while let Some(output) = network.poll_output() {
//!         match output {
//!             Output::Frame(frame) => user.input_frame(now, &frame),
//!             Output::Indication(Indication::Established) => up += 1,
//!             Output::Indication(_) => {}
//!         }
//!     }
//!     while let Some(output) = user.poll_output() {
//!         match output {
//!             Output::Frame(frame) => network.input_frame(now, &frame),
//!             Output::Indication(Indication::Established) => up += 1,
//!             Output::Indication(_) => {}
//!         }
//!     }
//! }
//! assert_eq!(up, 2);
//! ```
#![forbid(unsafe_code)]

mod config;
mod counters;
pub mod frame;
mod link;
mod output;
mod sequence;
mod state;

pub use config::{Config, Persistence, Side};
pub use counters::Counters;
pub use link::Link;
pub use output::{ErrorCode, Indication, Output, RequestError};
pub use sequence::Sequence;
pub use state::State;
