// SPDX-License-Identifier: MIT OR Apache-2.0
//! The initramfs: busybox, the module, the test programs and what they need.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::boots::Boot;
use super::chroot::{Chroot, Mount};
use super::{INSIDE, work};
use crate::command::{Log, run};
use crate::place;

const INIT: &str = "tests/guest/init";
const PACK: &str = "tools/xtask/src/guest/image.sh";

/// What the guest does once it is up.
pub(crate) enum Mode<'a> {
    /// It runs the group's tests: those named, or all.
    Tests(&'a [String]),
    /// It gives a shell.
    Shell,
}

/// A packed initramfs.
pub(crate) struct Image {
    /// Its path in the chroot.
    pub(crate) inside: String,
    /// The folder of this boot: console, results.
    pub(crate) dir: PathBuf,
    /// The same folder as the chroot sees it.
    pub(crate) dir_inside: String,
}

/// Makes it.
pub(crate) fn make(
    boot: &Boot,
    chroot: &Chroot,
    module: &Path,
    programs: &[PathBuf],
    overlay: Option<&Path>,
    mode: Mode<'_>,
    log: &Log,
) -> Result<Image> {
    let work = work()?;
    let dir = work.join(&chroot.release).join(&boot.group);
    let root = dir.join("root");
    if root.exists() {
        std::fs::remove_dir_all(&root)?;
    }
    std::fs::create_dir_all(root.join("bin"))
        .with_context(|| format!("cannot make {}", root.display()))?;
    if let Some(overlay) = overlay {
        let mut copy = Command::new("cp");
        run(copy.arg("--archive").arg(overlay.join(".")).arg(&root), log)?;
    }
    for program in programs {
        let name = program.file_name().context("a program has a name")?;
        copy(program, &root.join("bin").join(name))?;
    }
    copy(module, &root.join("tdm.ko"))?;
    copy(&place::root().join(INIT), &root.join("init"))?;
    std::fs::write(root.join("arguments"), arguments(boot, &mode))?;

    let dir_inside = format!("{INSIDE}/{}/{}", chroot.release, boot.group);
    let checkout = place::root();
    let mut pack = chroot.enter(&[Mount::Read(&checkout, "/src"), Mount::Write(&work, INSIDE)]);
    pack.args(["sh", &format!("/src/{PACK}"), &format!("{dir_inside}/root")]);
    pack.arg(format!("{dir_inside}/initramfs"));
    run(&mut pack, log).context("cannot pack the guest's initramfs")?;
    Ok(Image {
        inside: format!("{dir_inside}/initramfs"),
        dir,
        dir_inside,
    })
}

/// The words that /init hands to `guest-tests`, one a line; none for a shell.
fn arguments(boot: &Boot, mode: &Mode<'_>) -> String {
    let Mode::Tests(only) = mode else {
        return String::new();
    };
    let mut lines = vec!["run", "--group", &boot.group];
    for name in *only {
        lines.extend(["--only", name]);
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to)
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}
