// SPDX-License-Identifier: MIT OR Apache-2.0
//! Loading and unloading tdm.ko.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// Where the module is in the guest.
pub(crate) const FILE: &str = "/tdm.ko";
/// What the kernel calls it.
pub(crate) const NAME: &str = "tdm";

/// Loads it.
pub(crate) fn load(parameters: &[&str]) -> Result<()> {
    command(Command::new("insmod").arg(FILE).args(parameters))
}

/// Unloads it.
pub(crate) fn unload() -> Result<()> {
    command(Command::new("rmmod").arg(NAME))
}

/// Whether it is loaded.
pub(crate) fn is_loaded() -> bool {
    Path::new("/sys/module")
        .join(NAME)
        .join("initstate")
        .exists()
}

/// Runs a program to its end; its words are the error.
pub(crate) fn command(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}").replace('"', "");
    let out = command
        .output()
        .with_context(|| format!("cannot start {shown}"))?;
    if !out.status.success() {
        let said = String::from_utf8_lossy(&out.stderr);
        bail!("{shown}: {}: {}", out.status, said.trim());
    }
    Ok(())
}
