// SPDX-License-Identifier: MIT OR Apache-2.0
//! The program against spans that are served in this process, and its file against everything that can be wrong in it.
#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

#[path = "../../../libtdm/tests/support/mod.rs"]
mod support;

#[path = "config/errors.rs"]
mod errors;
#[path = "config/pages.rs"]
mod pages;
#[path = "config/program.rs"]
mod program;
