// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use tdm_cli::Packaging;

const EXIT_CODES: &str = "\
Exit codes:
  0  done, or nothing to do; diff: what runs is what is wanted
  1  diff: something differs
  2  an error; nothing was changed unless the message says so
  3  apply: refused, because slots of a span to be changed are claimed (see --force)";

/// Apply, compare and dump the configuration of spans.
#[derive(Debug, Parser)]
#[command(name = "tdm-config", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Print results, and errors, as JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Configure the spans that differ from the file; each change begins a new epoch on its span
    Apply {
        /// The file; - for standard input
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// Only say what would be changed
        #[arg(long)]
        dry_run: bool,
        /// Also change spans of which slots are claimed
        #[arg(long)]
        force: bool,
    },
    /// Show, field by field, where what runs differs from the file
    Diff {
        /// The file; - for standard input
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Write what runs as such a file
    Dump {
        /// Dump the spans that this file names
        #[arg(long, value_name = "FILE", conflicts_with = "spans")]
        config: Option<PathBuf>,
        /// Spans, or unix:SOCKET for all spans of an emulator; without any, all nodes in /dev/tdm
        #[arg(value_name = "SPAN")]
        spans: Vec<String>,
    },
    /// Check the file without asking any span
    Check {
        /// The file; - for standard input
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Completions and manual pages.
    #[command(flatten)]
    Packaging(Packaging),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        super::Cli::command().debug_assert();
    }
}
