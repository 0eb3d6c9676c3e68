// SPDX-License-Identifier: MIT OR Apache-2.0
//! Supplementary services: codec and association.

mod arbitrary;
mod association;
mod ber;
mod codec;
#[path = "../samples/mod.rs"]
mod samples;
