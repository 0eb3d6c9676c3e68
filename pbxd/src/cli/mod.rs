// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line: runs the daemon, or asks one that runs.

mod ask;
mod records;
mod show;

use crate::config::{self, Config, Level, Log};
use crate::daemon::Source;
use clap::{CommandFactory, Parser, Subcommand};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tdm_cli::{Failure, Packaging, Place, Problem};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::reload::Handle;

/// Where the configuration is looked for.
const CONFIG: &str = "/etc/tandem/pbxd.toml";
const PROGRAM: &str = "pbxd";

/// Tandem's exchange: bridges TDM lines to SIP and RTP.
///
/// Without a subcommand it runs in the foreground until SIGTERM or SIGINT, which end all calls; SIGHUP reads the configuration again. The subcommands ask a pbxd that
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
    /// Read the configuration file again and put it into force, as SIGHUP does; calls go on.
    ///
    /// Prints what has changed and what needs a restart. A file with errors changes nothing.
    Reload,
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
            let source = Source {
                file: std::path::absolute(&arguments.config).map_err(Failure::new)?,
                log_level: start_logging(&config.log),
            };
            crate::daemon::run(config, &source).map_err(Failure::new)
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

/// Logs go to standard error; RUST_LOG overrides the configured level. Returns what sets the level later.
fn start_logging(log: &Log) -> Box<dyn Fn(Level)> {
    let fixed = EnvFilter::try_from_default_env().ok();
    let changeable = fixed.is_none();
    let filter = fixed.unwrap_or_else(|| EnvFilter::new(level_name(log.level)));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A subscriber that is set already (by a test) stays.
    if log.json {
        let builder = builder.json().with_filter_reloading();
        let handle = builder.reload_handle();
        let _ = builder.try_init();
        setter(handle, changeable)
    } else {
        let builder = builder.with_filter_reloading();
        let handle = builder.reload_handle();
        let _ = builder.try_init();
        setter(handle, changeable)
    }
}

fn setter<S: 'static>(handle: Handle<EnvFilter, S>, changeable: bool) -> Box<dyn Fn(Level)> {
    Box::new(move |level| {
        if changeable {
            // It fails only when the subscriber is gone, and then nothing is logged.
            let _ = handle.reload(EnvFilter::new(level_name(level)));
        }
    })
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    }
}
