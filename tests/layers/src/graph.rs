// SPDX-License-Identifier: MIT OR Apache-2.0
//! The dependency edges that `cargo metadata` reports, compared with the table.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::table::{Kind, layer};

/// Foreign crates that a sans-IO crate must not even test with: they bring sockets, clocks or threads.
const IO_CRATES: &[&str] = &[
    "async-std",
    "crossbeam",
    "io-uring",
    "libc",
    "log",
    "memmap2",
    "mio",
    "nix",
    "polling",
    "rayon",
    "rustix",
    "smol",
    "socket2",
    "tokio",
    "tracing",
    "tracing-subscriber",
];

/// What `cargo metadata` says.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    /// The crates of the workspace.
    pub packages: Vec<Package>,
}

/// One crate of the workspace.
#[derive(Debug, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its Cargo.toml.
    pub manifest_path: PathBuf,
    /// Edges that leave it.
    pub dependencies: Vec<Dependency>,
    /// Libraries, binaries, tests, build scripts.
    pub targets: Vec<Target>,
}

/// One edge.
#[derive(Debug, Deserialize)]
pub struct Dependency {
    /// The package at its other end.
    pub name: String,
    /// `None` for a normal one, else `dev` or `build`.
    pub kind: Option<String>,
}

/// One thing that cargo compiles.
#[derive(Debug, Deserialize)]
pub struct Target {
    /// `lib`, `bin`, `test`, `custom-build`…
    pub kind: Vec<String>,
    /// Its root file.
    pub src_path: PathBuf,
}

impl Package {
    /// The folder of the crate.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }
}

/// Asks cargo about the workspace at `root`; it needs no network.
pub fn read(root: &Path) -> Result<Metadata, String> {
    let args = [
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--offline",
    ];
    let out = Command::new("cargo")
        .args(args)
        .current_dir(root)
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned());
    }
    serde_json::from_slice(&out.stdout).map_err(|error| error.to_string())
}

/// Pure crates whose build script asks what the compiler can do, and nothing else.
const ASKS_THE_COMPILER: &[&str] = &["simd-dispatch"];

/// Every edge that the table forbids.
#[must_use]
pub fn violations(metadata: &Metadata) -> Vec<String> {
    let mut found = Vec::new();
    for package in &metadata.packages {
        let name = &package.name;
        let Some(row) = layer(name) else {
            found.push(format!(
                "{name}: not in the table of layers (tests/layers/src/table.rs)"
            ));
            continue;
        };
        for dependency in &package.dependencies {
            let to = &dependency.name;
            let ours = layer(to);
            match (dependency.kind.as_deref(), ours) {
                (None, Some(ours)) if !row.may_use(ours) => {
                    let why = if ours.rank >= row.rank {
                        "points up"
                    } else {
                        "is not in the table"
                    };
                    found.push(format!("{name} -> {to}: {why}"));
                }
                (None, None) if row.kind != Kind::System && !row.foreign.contains(&to.as_str()) => {
                    found.push(format!(
                        "{name} -> {to}: a foreign crate that its layer does not list"
                    ));
                }
                (Some("dev"), Some(ours)) if row.is_pure() && !ours.is_pure() => {
                    found.push(format!(
                        "{name} -> {to}: a sans-IO crate tests with one that does IO"
                    ));
                }
                (Some("dev"), None) if row.is_pure() && IO_CRATES.contains(&to.as_str()) => {
                    found.push(format!("{name} -> {to}: a sans-IO crate tests with IO"));
                }
                (Some("build"), _) if row.is_pure() => {
                    found.push(format!(
                        "{name} -> {to}: a sans-IO crate has no build script"
                    ));
                }
                _ => {}
            }
        }
        let builds = |target: &Target| target.kind.iter().any(|kind| kind == "custom-build");
        if row.is_pure()
            && !ASKS_THE_COMPILER.contains(&name.as_str())
            && package.targets.iter().any(builds)
        {
            found.push(format!("{name}: a sans-IO crate has no build script"));
        }
    }
    found
}
