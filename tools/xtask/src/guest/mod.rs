// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask guest`: the kernel module, built for Debian 13's backports kernel and run in QEMU (docs/guest.md).

mod boot;
mod boots;
mod cards;
mod chroot;
mod dahdi;
mod image;
mod module;
mod options;
mod packaging;
mod programs;
mod report;
mod tiers;

pub(crate) use options::Guest;
pub(crate) use tiers::{add, add_card, add_long, prepare};

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::command::Log;
use crate::place;
use boots::Boot;
use chroot::Chroot;

/// Runs a subcommand. False: it ran and a test in it failed.
pub(crate) fn run(command: &Guest) -> Result<bool> {
    place::need_root("a chroot")?;
    let log = Log::create(place::logs("guest")?.join("guest.log"))?;
    let done = match command {
        Guest::Prepare => Chroot::newest(&log).map(|chroot| {
            println!("{} in {}", chroot.release, chroot.dir.display());
            true
        }),
        Guest::Build => Chroot::ensure(&log).and_then(|chroot| {
            println!("{}", module::build(&chroot, &log)?.display());
            Ok(true)
        }),
        Guest::Run(options) => options.boot().and_then(|boot| {
            let start = Instant::now();
            let report = play(&boot, &options.only, &log)?;
            print!("{report}");
            println!("{:.1} s in all", start.elapsed().as_secs_f64());
            Ok(report.good())
        }),
        Guest::Shell(options) => options.boot().and_then(|boot| shell(&boot, &log)),
        Guest::List => programs::list(&log).map(|()| true),
    };
    done.with_context(|| format!("what the programs said is in {}", log.path().display()))
}

/// Builds what a boot needs, boots, runs its tests.
pub(crate) fn play(boot: &Boot, only: &[String], log: &Log) -> Result<report::Report> {
    let chroot = Chroot::ensure(log)?;
    let image = image_of(boot, &chroot, image::Mode::Tests(only), log)?;
    boot::tests(boot, &chroot, &image, log)
}

fn shell(boot: &Boot, log: &Log) -> Result<bool> {
    let chroot = Chroot::ensure(log)?;
    let image = image_of(boot, &chroot, image::Mode::Shell, log)?;
    boot::shell(boot, &chroot, &image, log)
}

fn image_of(
    boot: &Boot,
    chroot: &Chroot,
    mode: image::Mode<'_>,
    log: &Log,
) -> Result<image::Image> {
    let module = module::build(chroot, log)?;
    let programs = programs::build(boot, log)?;
    let overlay = if boot.dahdi {
        Some(dahdi::ensure(chroot, log)?)
    } else {
        None
    };
    image::make(
        boot,
        chroot,
        &module,
        &programs,
        overlay.as_deref(),
        mode,
        log,
    )
}

/// The folder of everything that is built for or read from a guest: below the build folder, seen as [`INSIDE`] in the chroot.
fn work() -> Result<PathBuf> {
    let dir = place::target().join("guest");
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    Ok(dir)
}

/// Where [`work`] is mounted in the chroot.
const INSIDE: &str = "/work";
