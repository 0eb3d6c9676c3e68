// SPDX-License-Identifier: MIT OR Apache-2.0
//! The emulator's command.
#![forbid(unsafe_code)]

use anyhow::{Context, Result};
use clap::Parser;
use nix::sys::signal::{SigSet, Signal};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use tdm_emu::{Config, Emulator};
use tracing_subscriber::EnvFilter;

/// Exit code for a file that cannot be used.
const EXIT_CONFIG: u8 = 2;

/// Emulates E1 spans: serves them over a Unix socket, joins them by cables and cross-connects, impairs them, and plays the
/// exchange at their far ends.
#[derive(Debug, Parser)]
#[command(
    name = "tdm-emu",
    version,
    after_help = "Exit codes: 0 ended by a signal or file is good, 1 failure, 2 the file is wrong.\nLogging: RUST_LOG, for instance RUST_LOG=tdm_emu=debug."
)]
struct Arguments {
    /// The file that describes spans, lines and far ends (docs/emulator.md).
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Only check the file.
    #[arg(long)]
    check: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let config = match Config::load(&arguments.config) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{}: {error}", arguments.config.display());
            return ExitCode::from(EXIT_CONFIG);
        }
    };
    if arguments.check {
        return ExitCode::SUCCESS;
    }
    match run(&config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tdm-emu: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs until a signal asks for the end.
fn run(config: &Config) -> Result<()> {
    let mut signals = SigSet::empty();
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        signals.add(signal);
    }
    // Threads inherit the mask, so that only this one waits for signals.
    signals.thread_block().context("blocking signals")?;
    let emulator = Emulator::spawn(config)?;
    tracing::info!(socket = %emulator.socket().display(), spans = config.span.len(), "serving");
    let signal = signals.wait().context("waiting for a signal")?;
    tracing::info!(%signal, statistics = ?emulator.statistics(), "ending");
    Ok(())
}
