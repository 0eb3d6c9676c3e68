// SPDX-License-Identifier: MIT OR Apache-2.0
//! The chroot in which modules are built and QEMU runs: Debian 13 with the newest kernel of its backports.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command::{Log, run};
use crate::{apt, place, trixie};

/// Raise it when the way the chroot is made changes: the next run makes a new one.
const RECIPE: u32 = 1;
const ENTER: &str = "tools/xtask/src/guest/enter.sh";
const INSTALL: &str = "tools/xtask/src/guest/install.sh";
const METADATA: &str = "tools/dkms/rust-metadata";
const PREFERENCES: &str = include_str!("preferences");
const MIRROR: &str = "http://deb.debian.org/debian";

/// A folder of the host that a command in the chroot sees.
pub(crate) enum Mount<'a> {
    /// To be read.
    Read(&'a Path, &'static str),
    /// To be written.
    Write(&'a Path, &'static str),
}

/// A whole chroot and the kernel in it.
pub(crate) struct Chroot {
    /// Its folder.
    pub(crate) dir: PathBuf,
    /// The kernel's release, such as 7.3.4+deb13-cloud-amd64.
    pub(crate) release: String,
}

impl Chroot {
    /// The chroot that is there, whatever Debian's newest kernel is by now; made if there is none.
    pub(crate) fn ensure(log: &Log) -> Result<Self> {
        match Self::current()? {
            Some(chroot) => Ok(chroot),
            None => Self::newest(log),
        }
    }

    /// The chroot of the newest backports kernel, made unless it is there.
    pub(crate) fn newest(log: &Log) -> Result<Self> {
        let base = trixie::ensure_chroot(log)?;
        let partial =
            place::cache()?.join(format!("guest-{RECIPE}.partial-{}", std::process::id()));
        let made = Self::make(&base, &partial, log);
        if partial.exists() {
            std::fs::remove_dir_all(&partial)
                .with_context(|| format!("cannot remove {}", partial.display()))?;
        }
        made.context("cannot make the guest's chroot")
    }

    /// What the last successful `newest` left.
    fn current() -> Result<Option<Self>> {
        let Ok(release) = std::fs::read_to_string(current_file()?) else {
            return Ok(None);
        };
        let chroot = Self::of(release.trim())?;
        Ok(chroot.dir.exists().then_some(chroot))
    }

    fn of(release: &str) -> Result<Self> {
        Ok(Self {
            dir: place::cache()?.join(format!("guest-{RECIPE}-{release}")),
            release: release.to_owned(),
        })
    }

    /// Made beside its place and moved there when whole: an interrupted run leaves no half chroot.
    fn make(base: &Path, partial: &Path, log: &Log) -> Result<Self> {
        apt::ensure(&["util-linux"], log)?;
        let mut copy = Command::new("cp");
        copy.args(["--archive", "--reflink=auto"])
            .arg(base)
            .arg(partial);
        run(&mut copy, log)?;
        let mirror = std::env::var("TANDEM_DEBIAN_MIRROR").unwrap_or_else(|_| MIRROR.to_owned());
        let backports = format!("deb {mirror} trixie-backports main\n");
        let apt = partial.join("etc/apt");
        std::fs::write(apt.join("sources.list.d/backports.list"), backports)?;
        std::fs::write(apt.join("preferences.d/tandem"), PREFERENCES)?;

        let root = place::root();
        let script = format!("/src/{INSTALL}");
        let mounts = [Mount::Read(&root, "/src")];
        run(
            enter(partial, &mounts).args(["sh", &script, "resolve"]),
            log,
        )?;
        let text = log.text()?;
        let release = text.lines().last().unwrap_or_default();
        let Some(series) = series(release) else {
            bail!("trixie-backports names no cloud kernel: `{release}`");
        };
        let chroot = Self::of(release)?;
        if !chroot.dir.exists() {
            run(
                enter(partial, &mounts).args(["sh", &script, "install", release, &series]),
                log,
            )?;
            let metadata = format!("/src/{METADATA}");
            run(
                enter(partial, &mounts).args(["sh", &metadata, release]),
                log,
            )?;
            if let Err(error) = std::fs::rename(partial, &chroot.dir) {
                // Another run may have made the same one meanwhile.
                if !chroot.dir.exists() {
                    return Err(error.into());
                }
            }
        }
        std::fs::write(current_file()?, format!("{release}\n"))?;
        Ok(chroot)
    }

    /// A command to run in the chroot; its program and arguments are to be added. All its processes end with it, and with
    /// this one.
    pub(crate) fn enter(&self, mounts: &[Mount<'_>]) -> Command {
        enter(&self.dir, mounts)
    }
}

fn current_file() -> Result<PathBuf> {
    Ok(place::cache()?.join(format!("guest-{RECIPE}-current")))
}

/// `7.3` of `7.3.4+deb13-cloud-amd64`.
fn series(release: &str) -> Option<String> {
    let (major, rest) = release.split_once('.')?;
    let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    (number(major) && number(&minor)).then(|| format!("{major}.{minor}"))
}

fn enter(dir: &Path, mounts: &[Mount<'_>]) -> Command {
    let mut command = Command::new("setpriv");
    command.args([
        "--pdeathsig",
        "KILL",
        "unshare",
        "--mount",
        "--pid",
        "--fork",
    ]);
    command.args(["--kill-child=KILL", "--propagation", "private", "sh"]);
    command.arg(place::root().join(ENTER)).arg(dir);
    for mount in mounts {
        command.arg(match mount {
            Mount::Read(place, inside) => format!("{}:{inside}:ro", place.display()),
            Mount::Write(place, inside) => format!("{}:{inside}", place.display()),
        });
    }
    command.arg("--");
    command
}

#[cfg(test)]
mod tests {
    use super::series;

    #[test]
    fn the_series_is_the_first_two_numbers() {
        assert_eq!(series("7.3.4+deb13-cloud-amd64").as_deref(), Some("7.3"));
        assert_eq!(series("7.10-amd64").as_deref(), Some("7.10"));
        assert_eq!(series("cloud-amd64"), None);
        assert_eq!(series("7."), None);
        assert_eq!(series(""), None);
    }
}
