// SPDX-License-Identifier: MIT OR Apache-2.0
//! The configuration of spans from one TOML file: checked as a whole, compared field by field, applied only where it differs.
//!
//! [`file`] reads and checks the file, [`names`] holds the words for the ABI's numbers, [`plan`] compares what runs with what
//! is wanted, [`run`] does what the command line asks. See `docs/tools.md`.
#![forbid(unsafe_code)]

pub mod cli;
pub mod file;
pub mod names;
pub mod plan;
pub mod run;
