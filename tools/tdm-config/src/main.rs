// SPDX-License-Identifier: MIT OR Apache-2.0
//! Applies, compares and dumps the configuration of spans.
#![forbid(unsafe_code)]

use clap::Parser;
use std::process::ExitCode;
use tdm_config::{cli::Cli, run};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run::run(&cli) {
        Ok(exit) => ExitCode::from(exit),
        Err(failure) => failure.report("tdm-config", cli.json),
    }
}
