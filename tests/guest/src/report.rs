// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is reported, a line of JSON each. `tools/xtask/src/guest/report.rs` reads them.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use serde::Serialize;

/// Lines of a test's output and of the kernel's that are reported at most; the last ones count.
pub(crate) const MOST_LINES: usize = 200;

/// A line.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Line<'a> {
    /// The first one.
    Start {
        /// The group.
        group: &'a str,
        /// How many tests are to run.
        cases: usize,
    },
    /// One a test.
    Case {
        /// Its name.
        name: &'a str,
        /// Whether it passed.
        ok: bool,
        /// How long it took.
        seconds: f64,
        /// What it has to say, or why it failed.
        detail: String,
        /// What it printed, if it failed.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        output: Vec<String>,
        /// What the kernel printed meanwhile, if it failed.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        kernel: Vec<String>,
    },
    /// The last one.
    End {
        /// False if something went wrong that belongs to no test.
        ok: bool,
        /// What.
        detail: String,
    },
}

/// Writes a line to standard output.
pub(crate) fn send(line: &Line<'_>) -> Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, line)?;
    writeln!(out).context("the line for results is gone")?;
    out.flush()?;
    Ok(())
}

/// The last lines of a text.
pub(crate) fn last_lines(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(MOST_LINES);
    let last = lines.get(from..).unwrap_or_default();
    last.iter().map(|&line| line.to_owned()).collect()
}
