// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every developer command of Tandem: `cargo xtask --help`.
#![forbid(unsafe_code)]

mod abi;
mod apt;
mod cli;
mod command;
mod fuzz;
mod guest;
mod lint;
mod long;
mod peers;
mod place;
mod programs;
mod results;
mod setup;
mod sources;
mod steps;
mod tests;
mod trixie;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
