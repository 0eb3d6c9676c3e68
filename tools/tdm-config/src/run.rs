// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the command line asks for.

use crate::cli::{Cli, Command};
use crate::file::{self, MAX_BYTES, Wanted};
use crate::names::fields;
use crate::plan::{Item, bare, plan};
use clap::CommandFactory;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use tdm::{Span, SpanAddress};
use tdm_cli::Failure;

/// The exit code of `diff` when something differs.
pub const EXIT_DIFFERENT: u8 = 1;
/// The exit code of `apply` when it is refused because of claims.
pub const EXIT_CLAIMED: u8 = 3;

/// Runs the program and returns its exit code.
///
/// # Errors
/// What is to be reported.
pub fn run(cli: &Cli) -> Result<u8, Failure> {
    match &cli.command {
        Command::Apply {
            config,
            dry_run,
            force,
        } => apply(config, *dry_run, *force, cli.json),
        Command::Diff { config } => diff(config, cli.json),
        Command::Dump { config, spans } => dump(config.as_deref(), spans, cli.json),
        Command::Check { config } => {
            let spans = read(config)?.len();
            let text = format!("{}: {spans} spans, no errors\n", config.display());
            print(cli.json, &json!({ "spans": spans }), &text)
        }
        Command::Packaging(packaging) => packaging
            .write(Cli::command(), &mut io::stdout().lock())
            .map(|()| 0)
            .map_err(Failure::new),
    }
}

/// Reads and checks the file.
fn read(path: &Path) -> Result<Vec<Wanted>, Failure> {
    let (name, result) = if path == Path::new("-") {
        ("standard input".to_owned(), text_of(io::stdin().lock()))
    } else {
        let name = path.display().to_string();
        (name, File::open(path).and_then(text_of))
    };
    match result {
        Ok(text) => file::parse(&name, &text),
        Err(error) => Err(Failure::new(format!("cannot read {name}: {error}"))),
    }
}

/// At most one byte more than a file may have, so that a longer one is noticed.
fn text_of(from: impl Read) -> io::Result<String> {
    let mut text = String::new();
    from.take(MAX_BYTES as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}

fn apply(config: &Path, dry_run: bool, force: bool, json: bool) -> Result<u8, Failure> {
    let items = plan(read(config)?)?;
    let held: Vec<&Item> = items
        .iter()
        .filter(|item| !item.changes.is_empty() && !item.claimed.is_empty())
        .collect();
    if !held.is_empty() && !force && !dry_run {
        let problems = held.iter().map(|item| tdm_cli::Problem {
            place: Some(item.wanted.place.clone()),
            message: format!(
                "{}: slots {:?} are claimed, and a change ends what runs on them; nothing was changed on any span (--force does it)",
                item.wanted.address, item.claimed
            ),
        });
        return Err(Failure::all(problems.collect()).with_exit(EXIT_CLAIMED));
    }
    let mut text = String::new();
    let mut results = Vec::new();
    for (done, item) in items.iter().enumerate() {
        let change = !item.changes.is_empty() && !dry_run;
        if change {
            configure(item).map_err(|failure| partly(failure, done, &items))?;
        }
        let mut result = item.to_json();
        result["applied"] = Value::Bool(change);
        results.push(result);
        describe(&mut text, item, dry_run);
    }
    print(json, &json!({ "spans": results }), &text)
}

/// Configures one span and looks whether it runs so.
fn configure(item: &Item) -> Result<(), Failure> {
    let failed = |message: String| {
        Failure::all(vec![tdm_cli::Problem {
            place: Some(item.wanted.place.clone()),
            message: format!("{}: {message}", item.wanted.address),
        }])
    };
    item.span
        .configure(item.wanted.config)
        .map_err(|error| failed(error.to_string()))?;
    if item.span.config() == item.wanted.config {
        Ok(())
    } else {
        Err(failed(
            "it accepted the configuration and runs another one".to_owned(),
        ))
    }
}

/// Adds to a failure what was done before it.
fn partly(mut failure: Failure, done: usize, items: &[Item]) -> Failure {
    let changed: Vec<String> = items
        .iter()
        .take(done)
        .filter(|item| !item.changes.is_empty())
        .map(|item| item.wanted.address.to_string())
        .collect();
    if !changed.is_empty() {
        failure.problems.push(tdm_cli::Problem {
            place: None,
            message: format!("changed before that: {}", changed.join(", ")),
        });
    }
    failure
}

fn diff(config: &Path, json: bool) -> Result<u8, Failure> {
    let items = plan(read(config)?)?;
    let mut text = String::new();
    for item in items.iter().filter(|item| !item.changes.is_empty()) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", item.wanted.address);
        for change in &item.changes {
            let _ = writeln!(
                text,
                "  {}: {} -> {}",
                change.field, change.now, change.wanted
            );
        }
        claims(&mut text, item);
    }
    let results: Vec<Value> = items.iter().map(Item::to_json).collect();
    print(json, &json!({ "spans": results }), &text)?;
    let different = items.iter().any(|item| !item.changes.is_empty());
    Ok(if different { EXIT_DIFFERENT } else { 0 })
}

fn describe(text: &mut String, item: &Item, dry_run: bool) {
    let changes: Vec<String> = item
        .changes
        .iter()
        .map(|change| format!("{} {} -> {}", change.field, change.now, change.wanted))
        .collect();
    let address = &item.wanted.address;
    // Writing to a String cannot fail.
    let _ = match (changes.is_empty(), dry_run) {
        (true, _) => writeln!(text, "{address}: unchanged"),
        (false, true) => writeln!(text, "{address}: would change {}", changes.join(", ")),
        (false, false) => writeln!(text, "{address}: changed {}", changes.join(", ")),
    };
    if !changes.is_empty() {
        claims(text, item);
    }
}

fn claims(text: &mut String, item: &Item) {
    if !item.claimed.is_empty() {
        let _ = writeln!(text, "  warning: slots {:?} are claimed", item.claimed);
    }
}

fn dump(config: Option<&Path>, spans: &[String], json: bool) -> Result<u8, Failure> {
    let addresses = match config {
        Some(config) => read(config)?
            .into_iter()
            .map(|wanted| wanted.address)
            .collect(),
        None => addresses(spans)?,
    };
    let mut text = String::from("# Written by tdm-config dump.\n");
    let mut results = Vec::new();
    for address in addresses {
        let span = Span::open(&address).map_err(Failure::new)?;
        let found = fields(&span.config());
        let quoted = toml::Value::String(address.to_string());
        // Writing to a String cannot fail.
        let _ = match &found {
            Some(_) => writeln!(text, "\n[[span]]\naddress = {quoted}"),
            None => writeln!(text, "\n# {address} is not configured"),
        };
        let mut result = json!({ "address": address.to_string() });
        for (key, value) in found.unwrap_or_default() {
            let _ = writeln!(text, "{key} = {value}");
            result[key] = bare(&value);
        }
        results.push(result);
    }
    print(json, &json!({ "spans": results }), &text)
}

/// The spans that were named; all of an emulator for `unix:SOCKET`, all nodes for nothing.
fn addresses(spans: &[String]) -> Result<Vec<SpanAddress>, Failure> {
    if spans.is_empty() {
        return nodes();
    }
    let mut all = Vec::new();
    for text in spans {
        match text.strip_prefix("unix:") {
            Some(socket) if !socket.contains('#') => {
                let found = tdm::list(Path::new(socket)).map_err(Failure::new)?;
                all.extend(found.into_iter().map(|each| SpanAddress::Emulated {
                    socket: socket.into(),
                    span: each.name,
                }));
            }
            _ => all.push(text.parse().map_err(Failure::new)?),
        }
    }
    Ok(all)
}

fn nodes() -> Result<Vec<SpanAddress>, Failure> {
    const FOLDER: &str = "/dev/tdm";
    let mut found: Vec<_> = std::fs::read_dir(FOLDER)
        .map(|entries| {
            entries
                .filter_map(|entry| {
                    let path = entry.ok()?.path();
                    // Beside the spans stands the driver's own node.
                    let number: u32 = path
                        .file_name()?
                        .to_str()?
                        .strip_prefix("span")?
                        .parse()
                        .ok()?;
                    Some((number, path))
                })
                .collect()
        })
        .unwrap_or_default();
    if found.is_empty() {
        return Err(Failure::new(format!(
            "no span in {FOLDER}: load the driver (modprobe tdm), or name spans or unix:SOCKET"
        )));
    }
    found.sort();
    Ok(found
        .into_iter()
        .map(|(_, path)| SpanAddress::Node(path))
        .collect())
}

/// Prints a result and gives exit code 0.
fn print(json: bool, result: &Value, text: &str) -> Result<u8, Failure> {
    let mut out = io::stdout().lock();
    let written = if json {
        writeln!(out, "{result}")
    } else {
        out.write_all(text.as_bytes())
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(error)),
        _ => Ok(0),
    }
}
