// SPDX-License-Identifier: MIT OR Apache-2.0
//! Line signalling: both ends of every kind against each other over a line with delay and jitter.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod address;
mod arbitrary;
mod exact;
mod faults;
mod page;
mod pairs;
mod sim;
