// SPDX-License-Identifier: MIT OR Apache-2.0
//! dkms, as a user runs it, and another kernel release.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::chroot::{Chroot, Mount};
use super::{INSIDE, module, work};
use crate::command::{Log, run};
use crate::place;
use crate::steps::Outcome;

const CYCLE: &str = "tools/xtask/src/guest/dkms.sh";
const INSTALL: &str = "tools/xtask/src/guest/install.sh";

/// A whole life under dkms: add, build, install, remove.
pub(crate) fn dkms(log: &Log) -> Result<Outcome> {
    let chroot = Chroot::ensure(log)?;
    let work = work()?;
    let tree = work.join("dkms");
    if tree.exists() {
        std::fs::remove_dir_all(&tree)?;
    }
    let mut assemble = Command::new("sh");
    assemble.arg(place::root().join("tools/dkms/assemble"));
    run(assemble.arg(&tree), log)?;
    let root = place::root();
    let mut cycle = chroot.enter(&[Mount::Read(&root, "/src"), Mount::Write(&work, INSIDE)]);
    cycle.args(["sh", &format!("/src/{CYCLE}"), &chroot.release]);
    cycle.arg(format!("{INSIDE}/dkms"));
    run(&mut cycle, log).context("dkms does not get through its cycle")?;
    last_line(log)
}

/// Builds for another kernel that the mirror has headers and source of: of another series if dkms.conf admits one, else of
/// another flavour.
pub(crate) fn second_kernel(log: &Log) -> Result<Outcome> {
    let chroot = Chroot::ensure(log)?;
    let root = place::root();
    let mut install = chroot.enter(&[Mount::Read(&root, "/src")]);
    install.args(["sh", &format!("/src/{INSTALL}"), "other", &chroot.release]);
    run(&mut install, log).context("the headers of a second kernel cannot be installed")?;
    let text = log.text()?;
    let release = text.lines().last().unwrap_or_default();
    if !release.starts_with(|c: char| c.is_ascii_digit()) {
        bail!("no second kernel release was named: `{release}`");
    }
    module::build_for(&chroot, release, log)?;
    Ok(Outcome::detail(format!("tdm.ko for {release}")))
}

fn last_line(log: &Log) -> Result<Outcome> {
    Ok(Outcome::detail(
        log.text()?.lines().last().unwrap_or_default(),
    ))
}
