// SPDX-License-Identifier: MIT OR Apache-2.0
//! Fuzz targets: every parser of what comes from outside, one file each in `src/targets/`.
//!
//! A target is a function of bytes. It returns; anything else (a panic, a hang, endless memory) is a defect.
//! The same targets run three ways:
//! - `cargo test -p fuzz`: over the committed corpus, its prefixes and fixed mutations of it;
//! - `cargo xtask fuzz`: under libFuzzer, guided by coverage;
//! - `cargo run -p fuzz --bin replay -- TARGET FILE…`: one input again.
//!
//! To add one: write `src/targets/<name>.rs`, put seeds into `corpus/<name>/`, add a line to [`targets`].
#![forbid(unsafe_code)]

pub mod mutate;
pub mod targets;

/// A function that must return, whatever the bytes.
pub type Run = fn(&[u8]);

/// The target of that name.
#[must_use]
pub fn target(name: &str) -> Option<Run> {
    targets::TARGETS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, run)| *run)
}
