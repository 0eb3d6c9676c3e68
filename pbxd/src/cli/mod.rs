// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line: runs the daemon, or asks one that runs.

mod ask;
mod records;
mod show;

use crate::config::{self, Config, Level, Log};
use clap::{CommandFactory, Parser, Subcommand};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tdm_cli::{Failure, Packaging, Place, Problem};

/// Where the configuration is looked for.
const CONFIG: &str = "/etc/tandem/pbxd.toml";
const PROGRAM: &str = "pbxd";

/// Tandem's exchange: bridges TDM lines to SIP and RTP.
///
/// Without a subcommand it runs in the foreground until SIGTERM or SIGINT, which end all calls. The subcommands ask a pbxd that
/// runs, over its control socket.
///
/// Exit codes: 0 done; 1 not done (no such call, invalid configuration); 2 wrong arguments or pbxd cannot be reached.
#[derive(Debug, Parser)]
#[command(name = PROGRAM, version, max_term_width = 100)]
struct Arguments {
    /// The configuration file.
    #[arg(long, short, global = true, value_name = "FILE", default_value = CONFIG)]
    config: PathBuf,
    /// Only check the configuration: print what is wrong with it.
    #[arg(long)]
    check: bool,
    /// The control socket; by default the one in the configuration.
    #[arg(long, global = true, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the calls there are.
    Calls,
    /// End a call.
    Hangup {
        /// The call's id.
        id: u64,
        /// The Q.850 cause.
        #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u8).range(1..=127))]
        cause: u8,
    },
    /// List the spans and their channels.
    Spans,
    /// Show how pbxd is, with all counters.
    Status,
    /// Tell where a number would go, and why.
    Explain {
        /// The number.
        number: String,
        /// The trunk group or SIP peer it comes from.
        #[arg(long)]
        from: String,
    },
    /// End pbxd: no new calls at once, those there are after the grace.
    Shutdown {
        /// Seconds that calls may go on.
        #[arg(long, default_value_t = 0)]
        grace: u32,
    },
    /// List call records, newest first; from the database, so also when pbxd does not run.
    Records {
        /// At most this many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// Print CSV.
        #[arg(long)]
        csv: bool,
    },
    #[command(flatten)]
    Packaging(Packaging),
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(PROGRAM, arguments.json),
    }
}

fn dispatch(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.command {
        Some(Command::Packaging(packaging)) => packaging
            .write(Arguments::command(), &mut std::io::stdout())
            .map_err(Failure::new),
        Some(Command::Records { limit, csv }) => records::list(
            &load(&arguments.config)?.cdr.path,
            *limit,
            *csv,
            arguments.json,
        ),
        Some(command) => ask::ask(&socket(arguments)?, command, arguments.json),
        None if arguments.check => load(&arguments.config).map(|_| ()),
        None => {
            let config = load(&arguments.config)?;
            start_logging(&config.log);
            crate::daemon::run(config).map_err(Failure::new)
        }
    }
}

fn socket(arguments: &Arguments) -> Result<PathBuf, Failure> {
    match &arguments.socket {
        Some(path) => Ok(path.clone()),
        None => Ok(load(&arguments.config)?.node.control_socket),
    }
}

fn load(path: &Path) -> Result<Config, Failure> {
    config::load(path).map_err(|diagnostics| {
        let problems = diagnostics.into_iter().map(|found| {
            let place = Place {
                file: found.file,
                line: found.line,
                column: found.column,
            };
            Problem {
                place: Some(place),
                message: found.message,
            }
        });
        Failure::all(problems.collect()).with_exit(1)
    })
}

/// Logs go to standard error; RUST_LOG overrides the configured level.
fn start_logging(log: &Log) {
    let level = match log.level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(level));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A subscriber that is set already (by a test) stays.
    let _ = if log.json {
        builder.json().try_init()
    } else {
        builder.try_init()
    };
}
