// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Pure line code: alarm and framing states, HDLC over a slot, ABCD packing, test patterns.
//!
//! The kernel module compiles the module files of this crate by path (not this file), so they use
//! `core` only: no allocation, no floating point, no indexing that can fail, no `crate::` paths.
//!
//! Everything here is octet-level: a card's framer, or the emulator in its place, has found the
//! slots already. Framing, CRC-4 and line code appear as states and counters; bits exist only
//! inside slots. Time is a frame number (125 µs) given by the caller.
#![no_std]
#![forbid(unsafe_code)]

pub mod abcd;
pub mod alarm;
pub mod framing;
pub mod hdlc;
pub mod pattern;
