// SPDX-License-Identifier: MIT OR Apache-2.0
//! cargo-deny over `deny.toml`. Its advisories are not checked: the advisory database is a git
//! repository, and this command promises to reach package registries only.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{Log, run};
use crate::place;
use crate::steps::Outcome;

/// The version whose `deny.toml` this is.
const VERSION: &str = "0.20.2";

/// The step.
pub(crate) fn check(log: &Log) -> Result<Outcome> {
    let program = ensure(log)?;
    let mut command = Command::new(program);
    command.current_dir(place::root());
    command.args([
        "--locked",
        "--workspace",
        "--all-features",
        "check",
        "licenses",
        "bans",
        "sources",
    ]);
    run(&mut command, log)?;
    Ok(Outcome::detail(
        "advisories not checked: their database is not in a registry",
    ))
}

/// Builds cargo-deny into the cache if it is absent.
pub(crate) fn ensure(log: &Log) -> Result<PathBuf> {
    let root = place::cache()?.join(format!("cargo-deny-{VERSION}"));
    let program = root.join("bin/cargo-deny");
    if !program.exists() {
        let mut command = Command::new("cargo");
        command.args([
            "install",
            "cargo-deny",
            "--locked",
            "--version",
            VERSION,
            "--root",
        ]);
        command
            .arg(&root)
            .env("CARGO_TARGET_DIR", root.join("build"));
        // Built once and run for a second: the compiler's time is what counts.
        command
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off");
        run(&mut command, log).context("cannot install cargo-deny")?;
        std::fs::remove_dir_all(root.join("build")).context("cannot remove cargo-deny's build")?;
    }
    Ok(program)
}
