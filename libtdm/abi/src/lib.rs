// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The ring ABI, version 1: what a span's kernel side and its userspace side agree on.
//!
//! A span is published as memory: one *status* region, one *receive* and one *sent* region of 32 slot rings each,
//! and one *transmit* region for every claim. The kernel module and the emulator write the first three, the claim's holder
//! writes the last. This crate holds the layout, the numbers and the pure functions over them; it owns no memory, makes no
//! system call and contains no `unsafe`: each side brings its own accessor by implementing [`words::Words`].
//!
//! The same source files are compiled by cargo and, through `#[path]`, by the kernel's build; `docs/abi.md` is the specification.
#![no_std]
#![forbid(unsafe_code)]

pub mod claim;
pub mod command;
pub mod config;
pub mod control;
pub mod event;
pub mod geometry;
pub mod ioctl;
pub mod message;
pub mod position;
pub mod ring;
pub mod status;
pub mod text;
pub mod transmit;
pub mod wake;
pub mod word;
pub mod words;
