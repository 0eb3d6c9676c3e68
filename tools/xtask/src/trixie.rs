// SPDX-License-Identifier: MIT OR Apache-2.0
//! Debian 13's own compiler checks the workspace, in a chroot kept in the cache.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{Log, run};
use crate::steps::Outcome;
use crate::{apt, place};

/// Raise it when `PACKAGES` or the way the chroot is made changes: the next run makes a new one.
const RECIPE: u32 = 1;
const SUITE: &str = "trixie";
const PACKAGES: &str = "ca-certificates,rustc,cargo,gcc,libc6-dev,pkg-config";

/// Mounts what is needed and runs the check; its head says what it is given.
const INSIDE: &str = "tools/xtask/src/trixie.sh";

/// `cargo check --workspace --locked` with Debian 13's rustc and cargo.
pub(crate) fn check(log: &Log) -> Result<Outcome> {
    let chroot = ensure_chroot(log)?;
    let target = place::cache()?.join(format!("{SUITE}-target"));
    let cargo_home = place::cargo_home()?;
    for dir in [&target, &cargo_home] {
        std::fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    }
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh"]);
    command.arg(place::root().join(INSIDE));
    command.args([&chroot, &place::root(), &cargo_home, &target]);
    run(&mut command, log).context("the workspace does not pass Debian 13's compiler")?;
    let text = log.text()?;
    let version = text.lines().rev().find(|line| line.starts_with("rustc "));
    Ok(Outcome::detail(version.unwrap_or_default()))
}

/// Makes the chroot if it is absent.
pub(crate) fn ensure_chroot(log: &Log) -> Result<PathBuf> {
    place::need_root("a chroot")?;
    let dir = place::cache()?.join(format!("{SUITE}-{RECIPE}"));
    if !dir.join("usr/bin/cargo").exists() {
        make(&dir, log).context("cannot make the Debian 13 chroot")?;
    }
    Ok(dir)
}

fn make(dir: &Path, log: &Log) -> Result<()> {
    apt::ensure(&["mmdebstrap", "util-linux"], log)?;
    // Made beside its place and moved there when whole: an interrupted run leaves no half chroot.
    let partial = dir.with_extension("partial");
    for old in [dir, &partial] {
        if old.exists() {
            std::fs::remove_dir_all(old)?;
        }
    }
    let mut command = Command::new("mmdebstrap");
    command
        .arg("--variant=minbase")
        .arg(format!("--include={PACKAGES}"));
    command.arg(SUITE).arg(&partial);
    if let Some(mirror) = std::env::var_os("TANDEM_DEBIAN_MIRROR") {
        command.arg(mirror);
    }
    run(&mut command, log)?;
    std::fs::rename(&partial, dir)?;
    Ok(())
}
