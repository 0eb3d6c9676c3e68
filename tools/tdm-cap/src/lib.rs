// SPDX-License-Identifier: MIT OR Apache-2.0
//! Captures from a span: a D channel to a pcap file, a slot's audio to a WAV file.
//!
//! A capture reads through taps: it claims nothing, and nobody notices it. [`follow::Follower`] brings both sides of a slot frame
//! by frame and counts what it missed; [`dchannel`] and [`audio`] make files of them. See `docs/tools.md`.
#![forbid(unsafe_code)]

pub mod audio;
pub mod cli;
pub mod dchannel;
pub mod follow;
pub mod linetime;
pub mod pcap;
pub mod run;
pub mod wav;
