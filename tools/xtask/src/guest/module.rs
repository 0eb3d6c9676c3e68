// SPDX-License-Identifier: MIT OR Apache-2.0
//! Building tdm.ko, the way dkms does.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::chroot::{Chroot, Mount};
use super::{INSIDE, work};
use crate::command::{Log, run};
use crate::place;

/// Copies the sources out of the checkout and builds the module for the chroot's kernel. Warnings are errors.
pub(crate) fn build(chroot: &Chroot, log: &Log) -> Result<PathBuf> {
    build_for(chroot, &chroot.release, log)
}

/// The same for any kernel whose headers are in the chroot.
pub(crate) fn build_for(chroot: &Chroot, release: &str, log: &Log) -> Result<PathBuf> {
    let work = work()?;
    let tree = work.join(release).join("tree");
    std::fs::create_dir_all(&tree).with_context(|| format!("cannot make {}", tree.display()))?;
    let mut assemble = Command::new("sh");
    assemble.arg(place::root().join("tools/dkms/assemble"));
    run(assemble.arg(&tree), log)?;

    let inside = format!("{INSIDE}/{release}/tree");
    let headers = format!("/lib/modules/{release}/build");
    let mounts = [Mount::Write(&work, INSIDE)];
    let mut prepare = chroot.enter(&mounts);
    prepare.args(["sh", &format!("{inside}/dkms/prepare"), release, &headers]);
    run(&mut prepare, log)?;
    let mut make = chroot.enter(&mounts);
    make.args(["sh", &format!("{inside}/dkms/build"), release, &headers]);
    make.arg(format!("{inside}/kmod"));
    make.args(["KRUSTFLAGS=-Dwarnings", "KCFLAGS=-Werror"]);
    run(&mut make, log).with_context(|| format!("tdm.ko does not build for kernel {release}"))?;
    let module = tree.join("kmod/tdm.ko");
    if !module.exists() {
        bail!("the build made no {}", module.display());
    }
    Ok(module)
}
