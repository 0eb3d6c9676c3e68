// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tests that run inside the QEMU guest, as root: docs/guest.md. `cargo xtask guest run` starts them.
//!
//! A test is a function in `cases/` and a row in `table.rs`. Each runs in a process of its own, with the module freshly loaded
//! or not loaded, and has failed if it returns an error, panics, takes too long, leaves the module in use, or if the kernel
//! complained meanwhile.
#![deny(unsafe_code)]

mod cases;
mod child;
mod control;
mod kernel_log;
mod module;
mod raw;
mod report;
mod runner;
mod table;

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Tests that run inside the QEMU guest", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the tests
    List,
    /// Run a group's tests and report to standard output, a line of JSON each
    Run {
        /// The group
        #[arg(long)]
        group: String,
        /// Only this test (may be repeated)
        #[arg(long)]
        only: Vec<String>,
    },
    /// Run one test in this process: what `run` starts for each
    Case {
        /// Its name
        name: String,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::List => {
            for case in table::CASES {
                println!("{:10} {:28} {}", case.group, case.name, case.what);
            }
        }
        Command::Run { group, only } => {
            let cases = table::chosen(&group, &only)?;
            runner::run(&group, &cases)?;
        }
        Command::Case { name } => {
            let case = table::find(&name).with_context(|| format!("no test is named {name}"))?;
            println!("{}", (case.run)()?);
        }
    }
    Ok(())
}
