// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C view of the ring ABI, and the proof that it equals the Rust one.
//!
//! [`facts`] holds every struct and constant with sizes and offsets that the Rust compiler computed;
//! [`source`] reads the ABI's sources for comments and for what the facts must not forget; [`header`]
//! writes `libtdm/abi/include/tdm_abi.h`; [`assertions`] writes what a C or Rust compiler must then agree to.
//!
//! `tests/header.rs` compares the committed header with a fresh one and lets the C compiler check it.
//! The binary `bindgen-check` lets libclang read the header and the Rust compiler check what it read.
#![forbid(unsafe_code)]

pub mod assertions;
pub mod facts;
pub mod header;
pub mod source;

use std::path::{Path, PathBuf};

/// The top folder of the checkout.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where the committed header stands.
#[must_use]
pub fn header_path() -> PathBuf {
    root().join("libtdm/abi/include/tdm_abi.h")
}
