// SPDX-License-Identifier: MIT OR Apache-2.0
//! Supplementary services: codec and association.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod arbitrary;
mod association;
mod ber;
mod codec;
mod page;
#[path = "../samples/mod.rs"]
mod samples;
