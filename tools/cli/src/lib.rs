// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the command line tools share, so that they fail, stop and describe themselves alike.
//!
//! - [`Failure`]: one or more problems, each with its place in a file if it has one, and the exit code; printed to standard
//!   error as text or, with `--json`, as one JSON object;
//! - [`Packaging`]: the hidden subcommands `completions` and `man`, made from the tool's own definition;
//! - [`Stop`]: an orderly end on SIGINT and SIGTERM.
#![forbid(unsafe_code)]

mod failure;
mod packaging;
mod place;
mod stop;

pub use failure::{Failure, Problem};
pub use packaging::Packaging;
pub use place::Place;
pub use stop::Stop;

/// The exit code of an error, the same as for a wrong command line.
pub const EXIT_ERROR: u8 = 2;
