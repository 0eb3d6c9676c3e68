// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The pure functions of the ABI: against their definitions, and on arbitrary values. The memory model is checked by `loom.rs`.
#![cfg(not(loom))]

mod config;
mod event;
mod geometry;
mod memory;
mod position;
mod ring;
mod text;
mod transmit;
mod wake;
