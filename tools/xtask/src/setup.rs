// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask setup`: everything that `cargo xtask test` would install, and nothing run.

use anyhow::Result;

use crate::steps::{Outcome, Steps};
use crate::{abi, apt, fuzz, guest, lint, peers, place, trixie};

/// Installs it all.
pub(crate) fn run() -> Result<bool> {
    place::need_root("`cargo xtask setup` installs Debian packages, which")?;
    let mut steps = Steps::new("setup")?;
    steps.step("packages", "Debian packages", |log| {
        let mut packages = Vec::from(fuzz::PACKAGES);
        packages.extend(abi::PACKAGES);
        packages.extend(peers::PEERS.iter().flat_map(|p| p.packages));
        packages.sort_unstable();
        packages.dedup();
        apt::ensure(&packages, log)?;
        Ok(Outcome::detail(packages.join(" ")))
    });
    steps.step("cargo-deny", "built into the cache", |log| {
        let program = lint::ensure_cargo_deny(log)?;
        Ok(Outcome::detail(program.display().to_string()))
    });
    steps.step("debian-13", "the chroot with Debian 13's compiler", |log| {
        let chroot = trixie::ensure_chroot(log)?;
        Ok(Outcome::detail(chroot.display().to_string()))
    });
    steps.step(
        "guest",
        "the chroot with the guest's kernel",
        guest::prepare,
    );
    Ok(steps.close())
}
