// SPDX-License-Identifier: MIT OR Apache-2.0
//! The programs that run in the guest: ordinary binaries of the workspace, built like its tests.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::boots::Boot;
use crate::command::{Log, cargo, run};
use crate::place;

const TESTS: &str = "guest-tests";

/// Builds them: all binaries of the boot's packages, and the tests.
pub(crate) fn build(boot: &Boot, log: &Log) -> Result<Vec<PathBuf>> {
    let mut packages = vec![TESTS];
    packages.extend(boot.programs);
    let mut words = vec!["build", "--locked", "--bins"];
    for package in &packages {
        words.extend(["--package", package]);
    }
    run(&mut cargo(&words), log)?;
    let folder = place::target().join("debug");
    let mut found = Vec::new();
    for package in packages {
        let program = folder.join(package);
        if !program.exists() {
            bail!("package {package} has no binary of its own name, which is what a guest gets");
        }
        found.push(program);
    }
    Ok(found)
}

/// Prints the tests.
pub(crate) fn list(log: &Log) -> Result<()> {
    run(
        &mut cargo(&["build", "--locked", "--bins", "--package", TESTS]),
        log,
    )?;
    let program = place::target().join("debug").join(TESTS);
    let status = Command::new(&program)
        .arg("list")
        .status()
        .with_context(|| format!("cannot start {}", program.display()))?;
    if !status.success() {
        bail!("{}: {status}", program.display());
    }
    Ok(())
}
