// SPDX-License-Identifier: MIT OR Apache-2.0
//! The original C driver (DAHDI), which judges emulated cards.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::module::command;

const MODULES: [&str; 3] = ["dahdi", "oct612x", "wct4xxp"];

/// Loads it and asks it for its cards, of which there are none; unloads it.
pub(crate) fn loads() -> Result<String> {
    for module in MODULES {
        command(Command::new("insmod").arg(format!("/dahdi/{module}.ko")))?;
    }
    if !std::path::Path::new("/dev/dahdi/ctl").exists() {
        bail!("the driver made no /dev/dahdi/ctl");
    }
    let scan = Command::new("dahdi_scan")
        .output()
        .context("cannot start dahdi_scan")?;
    let found = String::from_utf8_lossy(&scan.stdout);
    if !found.trim().is_empty() {
        bail!("dahdi_scan found a card where there is none: {found}");
    }
    for module in MODULES.iter().rev() {
        command(Command::new("rmmod").arg(module))?;
    }
    let version = std::fs::read_to_string("/dahdi/version").context("/dahdi/version")?;
    Ok(version.trim().to_owned())
}
