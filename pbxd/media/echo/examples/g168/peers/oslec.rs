// SPDX-License-Identifier: MIT OR Apache-2.0
//! Builds OSLEC out of Debian's dahdi-dkms, which is downloaded and unpacked but not installed (installing it would build
//! kernel modules). What it wants of the kernel is given by a small header of ours.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Folder, HARNESS, run};

/// The kernel, as far as OSLEC is concerned.
const KERNEL: &str = "// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#define GFP_KERNEL 0
#define kzalloc(size, flags) calloc(1, size)
#define kcalloc(count, size, flags) calloc(count, size)
#define kfree(what) free((void *)(what))
#define EXPORT_SYMBOL_GPL(name) extern int peer_symbol_##name
#define MODULE_LICENSE(text) extern int peer_licence
#define MODULE_AUTHOR(text) extern int peer_author
#define MODULE_DESCRIPTION(text) extern int peer_description
#define MODULE_VERSION(text) extern int peer_version
static inline int fls(unsigned int v) { return v ? 32 - __builtin_clz(v) : 0; }
";

pub(super) fn build(folder: &Folder) -> Result<PathBuf, String> {
    let advice = "OSLEC comes from Debian's package dahdi-dkms: apt-get update";
    let mut download = Command::new("apt-get");
    download
        .args(["download", "dahdi-dkms"])
        .current_dir(&folder.0);
    run(&mut download, advice)?;
    let package = named(&folder.0, |name| name.ends_with(".deb")).ok_or(advice)?;
    let unpacked = folder.0.join("package");
    run(
        Command::new("dpkg-deb")
            .arg("-x")
            .arg(package)
            .arg(&unpacked),
        advice,
    )?;
    let sources =
        named(&unpacked.join("usr/src"), |name| name.starts_with("dahdi-")).ok_or(advice)?;
    let sources = sources.join("drivers/staging/echo");
    for header in ["kernel.h", "module.h", "slab.h", "string.h", "types.h"] {
        folder.write(&format!("linux/{header}"), KERNEL)?;
    }
    let harness = folder.write("peer.c", HARNESS)?;
    let program = folder.0.join("peer");
    let mut cc = Command::new("cc");
    cc.args(["-O3", "-march=native", "-w", "-DPEER_OSLEC", "-I"]);
    cc.arg(&folder.0)
        .arg("-I")
        .arg(&sources)
        .arg("-o")
        .arg(&program);
    cc.arg(harness).arg(sources.join("echo.c"));
    run(&mut cc, "apt-get install gcc libc6-dev")?;
    Ok(program)
}

fn named(folder: &Path, wanted: impl Fn(&str) -> bool) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let mut paths = entries.map(|entry| entry.path());
    paths.find(|path| {
        path.file_name()
            .and_then(|n| n.to_str())
            .is_some_and(&wanted)
    })
}
