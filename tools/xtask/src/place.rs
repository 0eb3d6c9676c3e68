// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where things are: the checkout, the build folder, the cache outside the checkout.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The top folder of the checkout.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Cargo's build folder.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// The folder of a command's logs, made if absent.
pub(crate) fn logs(command: &str) -> Result<PathBuf> {
    let dir = target().join("xtask").join(command);
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    Ok(dir)
}

/// Where chroots and tools are kept between checkouts: `$TANDEM_CACHE`, else `/var/cache/tandem`
/// for root, else `$XDG_CACHE_HOME/tandem`, else `~/.cache/tandem`.
pub(crate) fn cache() -> Result<PathBuf> {
    let dir = if let Some(dir) = env::var_os("TANDEM_CACHE") {
        PathBuf::from(dir)
    } else if is_root() {
        PathBuf::from("/var/cache/tandem")
    } else if let Some(dir) = env::var_os("XDG_CACHE_HOME") {
        Path::new(&dir).join("tandem")
    } else {
        home()?.join(".cache/tandem")
    };
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    Ok(dir)
}

/// Cargo's own folder, which holds the crates that were fetched.
pub(crate) fn cargo_home() -> Result<PathBuf> {
    match env::var_os("CARGO_HOME") {
        Some(dir) => Ok(PathBuf::from(dir)),
        None => Ok(home()?.join(".cargo")),
    }
}

/// True for the superuser.
pub(crate) fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

/// Fails unless run by the superuser; `why` says what needs it.
pub(crate) fn need_root(why: &str) -> Result<()> {
    if is_root() {
        return Ok(());
    }
    bail!("{why} needs root: run `sudo -E cargo xtask …`, or in a container as root")
}

fn home() -> Result<PathBuf> {
    let home = env::var_os("HOME").context("HOME is not set")?;
    Ok(PathBuf::from(home))
}
