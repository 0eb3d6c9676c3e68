// SPDX-License-Identifier: MIT OR Apache-2.0
//! Captures D channels to pcap and slots to WAV.
#![forbid(unsafe_code)]

use clap::Parser;
use std::process::ExitCode;
use tdm_cap::{cli::Cli, run};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run::run(&cli) {
        Ok(exit) => ExitCode::from(exit),
        Err(failure) => failure.report("tdm-cap", cli.json),
    }
}
