// SPDX-License-Identifier: MIT OR Apache-2.0
//! The program `pbxd`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    pbxd::cli::main()
}
