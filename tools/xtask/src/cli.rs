// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{abi, fuzz, guest, lint, long, programs, results, setup, tests};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Developer commands of Tandem", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play a call from an E1 timeslot to a SIP phone and back, on emulated spans
    Demo {
        /// Arguments handed to the demo
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Lint, test, check with Debian 13's compiler, run the peers, fuzz, play the demo
    Test {
        /// Run the long shards instead; each writes a dated file to docs/results/
        #[arg(long)]
        long: bool,
        /// Run only this shard (may be repeated)
        #[arg(long, requires = "long", value_name = "NAME")]
        shard: Vec<String>,
        /// Run only this step (may be repeated); a whole run is what counts
        #[arg(long, conflicts_with = "long", value_name = "STEP")]
        only: Vec<String>,
        /// List the shards and leave
        #[arg(long, requires = "long")]
        list: bool,
    },
    /// Formatting, clippy, licences and bans, the rules of the repository
    Lint,
    /// Fuzz the parsers, guided by coverage
    Fuzz(fuzz::Options),
    /// Run the benchmarks
    Bench {
        /// Arguments handed to each benchmark
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Build the kernel module and run tests of it in QEMU
    #[command(subcommand)]
    Guest(guest::Guest),
    /// Install and build what `test` needs, without running it
    Setup,
    /// Write libtdm/abi/include/tdm_abi.h from the Rust definitions
    AbiHeader,
    /// Write the generated section of docs/status.md from docs/results/
    Status,
}

/// Runs the command given. False: it ran and something in it failed.
pub(crate) fn run() -> Result<bool> {
    match Cli::parse().command {
        Command::Demo { args } => programs::demo(&args),
        Command::Test {
            long: false, only, ..
        } => tests::run(&only),
        Command::Test { list: true, .. } => long::list(),
        Command::Test { shard, .. } => long::run(&shard),
        Command::Lint => lint::run(),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Bench { args } => programs::bench(&args),
        Command::Guest(command) => guest::run(&command),
        Command::Setup => setup::run(),
        Command::AbiHeader => abi::write_header(),
        Command::Status => results::write_status().map(|()| true),
    }
}
