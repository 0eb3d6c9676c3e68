// SPDX-License-Identifier: MIT OR Apache-2.0
//! The original C driver and its tools, as an independent judge of cards. Built from Debian's packages, kept in the chroot.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::chroot::{Chroot, Mount};
use crate::command::{Log, run};
use crate::place;

const SCRIPT: &str = "tools/xtask/src/guest/dahdi.sh";
/// Where it is kept in the chroot; another name when the script makes something else.
const INSIDE: &str = "/var/lib/tandem/dahdi-2/root";

/// The folder to lay over an initramfs; made if it is absent.
pub(crate) fn ensure(chroot: &Chroot, log: &Log) -> Result<PathBuf> {
    let overlay = chroot.dir.join(INSIDE.trim_start_matches('/'));
    if !overlay.exists() {
        let root = place::root();
        let mut make = chroot.enter(&[Mount::Read(&root, "/src")]);
        make.args(["sh", &format!("/src/{SCRIPT}"), &chroot.release, INSIDE]);
        run(&mut make, log).context("the original C driver does not build")?;
    }
    Ok(overlay)
}
