// SPDX-License-Identifier: MIT OR Apache-2.0
//! The emulator's command.
#![forbid(unsafe_code)]

use anyhow::{Context, Result};
use clap::{CommandFactory, Parser};
use nix::sys::signal::{SigSet, Signal};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tdm_cli::{Failure, Packaging, Place, Problem};
use tdm_emu::{Config, ConfigError, Emulator};
use tracing_subscriber::EnvFilter;

/// Exit code for an emulator that cannot run.
const EXIT_RUN: u8 = 1;

/// Emulates E1 spans and PCI cards: serves spans over a Unix socket and cards over vfio-user, joins their lines by cables and
/// cross-connects, impairs them, and plays the exchange at their far ends.
#[derive(Debug, Parser)]
#[command(
    name = "tdm-emu",
    version,
    subcommand_negates_reqs = true,
    after_help = "Exit codes: 0 ended by a signal or file is good, 1 failure, 2 the file is wrong.\nLogging: RUST_LOG, for instance RUST_LOG=tdm_emu=debug."
)]
struct Arguments {
    /// The file that describes spans, lines and far ends (docs/emulator.md).
    #[arg(long, value_name = "FILE", required = true)]
    config: Option<PathBuf>,
    /// Only check the file.
    #[arg(long)]
    check: bool,
    /// Print errors as JSON.
    #[arg(long)]
    json: bool,
    /// Completions and manual pages.
    #[command(subcommand)]
    packaging: Option<Packaging>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match act(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report("tdm-emu", arguments.json),
    }
}

fn act(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(packaging) = &arguments.packaging {
        return packaging
            .write(Arguments::command(), &mut io::stdout().lock())
            .map_err(Failure::new);
    }
    let Some(path) = &arguments.config else {
        // The command line demands it.
        return Err(Failure::new("--config is missing"));
    };
    let config = load(path)?;
    if arguments.check {
        return Ok(());
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
    run(&config).map_err(|error| Failure::new(format!("{error:#}")).with_exit(EXIT_RUN))
}

/// Reads and checks the file.
fn load(path: &Path) -> Result<Config, Failure> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("cannot read {file}: {error}")))?;
    text.parse().map_err(|error| match error {
        ConfigError::Parse(error) => {
            let offset = error.span().map_or(0, |span| span.start);
            Failure::all(vec![Problem {
                place: Some(Place::of(&file, &text, offset)),
                message: error.message().to_owned(),
            }])
        }
        ConfigError::Unfit(problems) => {
            let problem = |problem: &tdm_emu::config::Problem| Problem {
                place: None,
                message: format!("{file}: {problem}"),
            };
            Failure::all(problems.iter().map(problem).collect())
        }
        other => Failure::new(other),
    })
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
    let (spans, cards) = (config.span.len(), config.card.len());
    tracing::info!(socket = %emulator.socket().display(), spans, cards, "serving");
    let signal = signals.wait().context("waiting for a signal")?;
    for card in &config.card {
        if let Some(report) = emulator.card(&card.name) {
            tracing::info!(card = card.name, ?report, "card");
        }
    }
    tracing::info!(%signal, statistics = ?emulator.statistics(), "ending");
    Ok(())
}
