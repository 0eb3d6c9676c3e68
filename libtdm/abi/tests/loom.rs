// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The memory model checked: every interleaving, and every stale value that the fences allow, within a bound on preemptions.
//!
//! Run by `RUSTFLAGS="--cfg loom" cargo test -p kernel-rust-abi --release --test loom`; empty without that flag.
//!
//! Each property stands beside models that lack one fence or one step and must fail: they show that the property needs it and
//! that the model is able to find out.
#![cfg(loom)]

#[path = "loom/model.rs"]
mod model;

#[path = "loom/events.rs"]
mod events;
#[path = "loom/positions.rs"]
mod positions;
#[path = "loom/rows.rs"]
mod rows;
#[path = "loom/transmit.rs"]
mod transmit;
