// SPDX-License-Identifier: MIT OR Apache-2.0
//! The bench itself: its signals, its meters, its masks, its runner.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod signals;
mod suite;
mod tables;
