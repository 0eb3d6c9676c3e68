// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rules of the repository, as functions that return what breaks them.
//!
//! `tests/repository.rs` applies them to this checkout; each rule has a test on an invented
//! violation, so that it is known to be able to fail.
//!
//! - [`table`]: which crate stands in which layer and may use what;
//! - [`graph`]: the dependencies that cargo sees, compared with the table;
//! - [`purity`]: what the source of a sans-IO crate must not name;
//! - [`unsafety`]: where `unsafe` may stand;
//! - [`files`]: SPDX lines, lengths, paths of somebody's machine.
#![forbid(unsafe_code)]

pub mod files;
pub mod graph;
pub mod lexer;
pub mod purity;
pub mod table;
pub mod unsafety;
