// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tests that go wrong on purpose: what they show is that the harness sees it.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

/// Passes.
pub(crate) fn good() -> Result<String> {
    Ok("as planted".to_owned())
}

/// Returns an error.
pub(crate) fn failure() -> Result<String> {
    println!("what it printed before");
    bail!("planted on purpose")
}

/// Passes, with a message in the kernel's log that looks like one of its warnings.
pub(crate) fn warning() -> Result<String> {
    std::fs::write(
        "/dev/kmsg",
        "<4>WARNING: CPU: 0 PID: 1 at planted.c:1 planted+0x1/0x2\n",
    )
    .context("cannot write /dev/kmsg")?;
    Ok("as planted".to_owned())
}

/// Never returns.
pub(crate) fn hang() -> Result<String> {
    loop {
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// Leaves a process behind that has the module's control node open.
pub(crate) fn leftover() -> Result<String> {
    Command::new("sh")
        .args(["-c", "sleep 600 <> /dev/tdm/ctl & sleep 0.2"])
        .status()
        .context("cannot start sh")?;
    Ok("as planted".to_owned())
}

/// Crashes the kernel.
pub(crate) fn panic() -> Result<String> {
    std::fs::write("/proc/sysrq-trigger", "c").context("cannot write /proc/sysrq-trigger")?;
    bail!("the kernel is still there")
}
