// SPDX-License-Identifier: MIT OR Apache-2.0
//! Dated result files in docs/results/, and the section of docs/status.md made from them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::steps::Finished;
use crate::{place, sources};

const SPDX: &str = "# SPDX-License-Identifier: MIT OR Apache-2.0\n";
const BEGIN: &str = "<!-- results: written by `cargo xtask status` -->\n";
const END: &str = "<!-- end of results -->\n";

/// What one run of a shard gave.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    shard: String,
    what: String,
    /// Day of the run, UTC, YYYY-MM-DD.
    date: String,
    /// The commit it ran on; `+` behind it: with uncommitted changes.
    commit: String,
    /// The object name of the sources it tested; see [`sources::name`].
    sources: String,
    host: String,
    rustc: String,
    step: Vec<StepRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StepRecord {
    name: String,
    ok: bool,
    seconds: u64,
    detail: String,
}

/// Writes `docs/results/<date>-<shard>.toml`.
pub(crate) fn record(
    shard: &str,
    what: &str,
    packages: &[&str],
    finished: &[Finished],
) -> Result<PathBuf> {
    let date = output("date", &["-u", "+%F"])?;
    // The results themselves and the page made of them do not count as changes.
    let status = [
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--",
        ".",
        ":!docs",
    ];
    let changed = !output("git", &status)?.is_empty();
    let commit = output("git", &["rev-parse", "--short=12", "HEAD"])?;
    let record = Record {
        shard: shard.to_owned(),
        what: what.to_owned(),
        commit: if changed {
            format!("{commit}+")
        } else {
            commit
        },
        sources: sources::name(packages)?,
        host: format!(
            "{}, {} CPUs",
            output("uname", &["-srm"])?,
            output("nproc", &[])?
        ),
        rustc: output("rustc", &["--version"])?,
        step: finished.iter().map(step_record).collect(),
        date,
    };
    let dir = place::root().join("docs/results");
    std::fs::create_dir_all(&dir)?;
    let path = dir.join(format!("{}-{}.toml", record.date, record.shard));
    std::fs::write(&path, format!("{SPDX}{}", toml::to_string(&record)?))
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn step_record(step: &Finished) -> StepRecord {
    StepRecord {
        name: step.name.clone(),
        ok: step.result.is_ok(),
        seconds: step.time.as_secs(),
        detail: match &step.result {
            Ok(outcome) => outcome.detail.clone(),
            Err(error) => format!("{error:#}"),
        },
    }
}

/// Whether the newest result of a shard still holds for the committed sources of its packages.
pub(crate) fn state(shard: &str, packages: &[&str]) -> Result<String> {
    let records = read_all()?;
    let Some(record) = records.get(shard) else {
        return Ok("not run yet".to_owned());
    };
    let passed = if record.step.iter().all(|step| step.ok) {
        "passed"
    } else {
        "failed"
    };
    let since = if record.commit.ends_with('+') || record.sources != sources::name(packages)? {
        "its sources have changed since"
    } else {
        "its sources are the same"
    };
    Ok(format!("{passed} on {}, {since}", record.date))
}

/// Rewrites the generated section of docs/status.md.
pub(crate) fn write_status() -> Result<()> {
    let path = place::root().join("docs/status.md");
    let page = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let page = replaced(&page, &section(&read_all()?))?;
    std::fs::write(&path, page).with_context(|| format!("cannot write {}", path.display()))
}

/// The newest result of each shard.
fn read_all() -> Result<BTreeMap<String, Record>> {
    let mut newest = BTreeMap::new();
    let dir = place::root().join("docs/results");
    if !dir.exists() {
        return Ok(newest);
    }
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(&dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "toml") {
            paths.push(path);
        }
    }
    // Names begin with the date: the last one of a shard is its newest.
    paths.sort();
    for path in paths {
        let text = std::fs::read_to_string(&path)?;
        let record: Record = toml::from_str(&text)
            .with_context(|| format!("{} is no result file", path.display()))?;
        newest.insert(record.shard.clone(), record);
    }
    Ok(newest)
}

fn section(records: &BTreeMap<String, Record>) -> String {
    if records.is_empty() {
        return "No long run has been recorded yet.\n".to_owned();
    }
    let mut text = String::new();
    for record in records.values() {
        let Record {
            shard,
            what,
            date,
            commit,
            host,
            rustc,
            ..
        } = record;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "### `{shard}`, {date}\n\n{what}\n");
        let _ = writeln!(text, "Commit {commit}; {rustc}; {host}.\n");
        let _ = writeln!(text, "| step | result | seconds | |\n|---|---|---|---|");
        for step in &record.step {
            let word = if step.ok { "ok" } else { "**failed**" };
            let detail = step.detail.replace('|', "\\|").replace('\n', " ");
            let _ = writeln!(
                text,
                "| {} | {word} | {} | {detail} |",
                step.name, step.seconds
            );
        }
        text.push('\n');
    }
    text
}

fn replaced(page: &str, section: &str) -> Result<String> {
    let parts = page
        .split_once(BEGIN)
        .and_then(|(head, rest)| Some((head, rest.split_once(END)?.1)));
    match parts {
        Some((head, tail)) => Ok(format!("{head}{BEGIN}\n{section}\n{END}{tail}")),
        None => bail!("docs/status.md has lost the marks around its generated section"),
    }
}

fn output(program: &str, args: &[&str]) -> Result<String> {
    let out = Command::new(program)
        .args(args)
        .current_dir(place::root())
        .output()
        .with_context(|| format!("cannot start {program}"))?;
    if !out.status.success() {
        bail!("{program} {}: {}", args.join(" "), out.status);
    }
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, END, read_all, replaced, section};

    #[test]
    fn only_the_generated_section_changes() {
        let page = format!("before\n{BEGIN}old\n{END}after\n");
        let new = replaced(&page, "new\n").unwrap();
        assert_eq!(new, format!("before\n{BEGIN}\nnew\n\n{END}after\n"));
        assert_eq!(replaced(&new, "new\n").unwrap(), new);
        assert!(replaced("no marks", "new").is_err());
    }

    #[test]
    fn the_status_page_shows_the_committed_results() {
        let page = std::fs::read_to_string(crate::place::root().join("docs/status.md")).unwrap();
        let fresh = replaced(&page, &section(&read_all().unwrap())).unwrap();
        assert!(
            page == fresh,
            "docs/status.md is out of date: run `cargo xtask status`"
        );
    }
}
