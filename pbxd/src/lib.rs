// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exchange: bridges TDM lines to SIP and RTP.
//!
//! [`config`] reads its configuration, [`daemon`] runs it, [`cli`] is its command line. Everything that decides is in the crates
//! below, as machines without sockets and clocks; this crate holds the sockets, the clock, and the adapters between the machines.
#![forbid(unsafe_code)]

pub mod cli;
pub mod config;
pub mod daemon;
mod media;
mod pri;
mod sip;
