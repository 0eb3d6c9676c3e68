// SPDX-License-Identifier: MIT OR Apache-2.0
//! Debian packages that a step needs.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command::{Log, exists, run};
use crate::place;

/// Installs those of `packages` that are absent. Fails, and names them, where that is not possible.
pub(crate) fn ensure(packages: &[&str], log: &Log) -> Result<()> {
    let missing: Vec<&str> = packages.iter().copied().filter(|p| !installed(p)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !exists("apt-get") {
        bail!(
            "these programs of Debian are needed and there is no apt-get here to install them: {list}"
        );
    }
    if !place::is_root() {
        bail!("install first: sudo apt-get install {list}");
    }
    run(&mut apt(&["update"]), log).context("apt-get update failed")?;
    let mut install = apt(&["install", "-y", "--no-install-recommends"]);
    install.args(&missing);
    run(&mut install, log).with_context(|| format!("apt-get could not install {list}"))
}

fn apt(args: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    // Another apt may be at work on this machine: wait for it.
    command.args(["-o", "DPkg::Lock::Timeout=600"]).args(args);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${db:Status-Status}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|out| out.stdout == b"installed")
}
