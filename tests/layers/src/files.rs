// SPDX-License-Identifier: MIT OR Apache-2.0
//! Rules for every tracked file: an SPDX line, a length, no path of somebody's machine.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

/// No text file is longer than this many lines.
pub const MAX_LINES: usize = 1_000;
/// The SPDX line stands among the first lines.
const SPDX_WITHIN: usize = 5;
/// Licence expressions that are in use.
const EXPRESSIONS: [&str; 3] = ["MIT OR Apache-2.0", "GPL-2.0-only OR MIT", "GPL-2.0-only"];
/// Folders whose files the kernel module shares or holds.
const KERNEL_FOLDERS: [&str; 3] = ["libtdm/abi/", "libtdm/line/", "kmod/"];

/// The files of the checkout that git tracks and that exist, relative to `root`.
pub fn tracked(root: &Path) -> Result<Vec<String>, String> {
    let out = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cannot start git, which lists the files to look at: {error}"))?;
    if !out.status.success() {
        return Err(format!(
            "git ls-files: {}",
            String::from_utf8_lossy(&out.stderr)
        ));
    }
    let text = String::from_utf8(out.stdout).map_err(|error| error.to_string())?;
    let names = text.split('\0').filter(|name| !name.is_empty());
    Ok(names
        .filter(|name| root.join(name).is_file())
        .map(str::to_owned)
        .collect())
}

/// `REUSE.toml`: the licences of files that cannot hold a line of text.
#[derive(Debug, Default, Deserialize)]
pub struct Reuse {
    /// Its rows.
    #[serde(default)]
    pub annotations: Vec<Annotation>,
}

/// One row of `REUSE.toml`.
#[derive(Debug, Deserialize)]
pub struct Annotation {
    /// `folder/**`, `**/*.ending`, or the name of one file.
    pub path: String,
    /// The expression.
    #[serde(rename = "SPDX-License-Identifier")]
    pub expression: String,
}

impl Reuse {
    /// Reads the file's text.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    fn covers(&self, name: &str) -> Option<&str> {
        let row = self.annotations.iter().find(|row| {
            if let Some(ending) = row.path.strip_prefix("**/*") {
                name.ends_with(ending)
            } else if let Some(folder) = row.path.strip_suffix("**") {
                name.starts_with(folder)
            } else {
                name == row.path
            }
        });
        row.map(|row| row.expression.as_str())
    }
}

/// What is wrong with the licence of one file.
#[must_use]
pub fn licence(name: &str, content: &[u8], reuse: &Reuse) -> Option<String> {
    if name.starts_with("LICENSES/") {
        return None;
    }
    let text = String::from_utf8_lossy(content);
    let mark = concat!("SPDX-License", "-Identifier:");
    let line = text
        .lines()
        .take(SPDX_WITHIN)
        .find_map(|line| line.split_once(mark));
    let expression = match line {
        Some((_, rest)) => rest
            .trim()
            .trim_end_matches("-->")
            .trim_end_matches("*/")
            .trim(),
        None => match reuse.covers(name) {
            Some(expression) => expression,
            None => {
                return Some(format!(
                    "{name}: no SPDX line among its first {SPDX_WITHIN} lines"
                ));
            }
        },
    };
    if !EXPRESSIONS.contains(&expression) {
        return Some(format!("{name}: `{expression}` is no licence of ours"));
    }
    let kernel = KERNEL_FOLDERS.iter().any(|folder| name.starts_with(folder));
    let source = [".rs", ".c", ".h"].iter().any(|end| name.ends_with(end));
    if source && kernel != expression.starts_with("GPL") {
        return Some(format!(
            "{name}: `{expression}` is not the licence of its folder"
        ));
    }
    None
}

/// What is wrong with the length of one file.
#[must_use]
pub fn length(name: &str, content: &[u8], reuse: &Reuse) -> Option<String> {
    // Texts that nobody here writes, and data.
    if name.starts_with("LICENSES/") || reuse.covers(name).is_some() {
        return None;
    }
    let lines = content.iter().filter(|byte| **byte == b'\n').count();
    (lines > MAX_LINES).then(|| format!("{name}: {lines} lines, more than {MAX_LINES}"))
}

/// The paths of somebody's machine in one file.
#[must_use]
pub fn machine_paths(name: &str, content: &[u8]) -> Option<String> {
    // Written in two parts, so that this file does not name them.
    let paths = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/tmp/", "t/"),
        concat!("/tmp/tan", "dem/"),
    ];
    let text = String::from_utf8_lossy(content);
    for (index, line) in text.lines().enumerate() {
        if let Some(path) = paths.iter().find(|path| line.contains(**path)) {
            return Some(format!(
                "{name}:{}: `{path}` is a path of one machine",
                index + 1
            ));
        }
    }
    None
}
