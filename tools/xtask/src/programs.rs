// SPDX-License-Identifier: MIT OR Apache-2.0
//! The demo and the benchmarks: which binary of which package they are.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{Log, cargo, run, shown};
use crate::place;

/// A binary of the workspace, built with `--release`.
pub(crate) struct Program {
    /// The package.
    pub(crate) package: &'static str,
    /// The binary in it.
    pub(crate) bin: &'static str,
    /// Packages whose binaries it starts itself, and looks for beside its own.
    pub(crate) beside: &'static [&'static str],
    /// Arguments that are always given.
    pub(crate) args: &'static [&'static str],
}

/// The demo.
pub(crate) const DEMO: Program = Program {
    package: "demo",
    bin: "demo",
    beside: &["pbxd", "tdm-emu"],
    args: &[],
};

/// The benchmarks, run one after another: package and bench target.
const BENCHES: &[(&str, &str)] = &[("media-engine", "bridge")];

impl Program {
    /// Cargo's arguments to build it, and what stands beside it.
    pub(crate) fn build_args(&self) -> Vec<&'static str> {
        let mut args = vec!["build", "--release", "--locked"];
        for package in [self.package].iter().chain(self.beside) {
            args.extend(["--package", package]);
        }
        args.push("--bins");
        args
    }

    /// The command that runs it once it is built. Not `cargo run`: cargo would build it again, with the features that it has
    /// without the others.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(place::target().join("release").join(self.bin));
        command.args(self.args).current_dir(place::root());
        command
    }
}

/// Builds the workspace as its tests do, every program included: what the first tier has built already is not built again,
/// as it would be with other features or another profile.
pub(crate) fn build_for_tests(log: &Log) -> Result<()> {
    let args = ["build", "--workspace", "--locked", "--bins", "--tests"];
    run(&mut cargo(&args), log)
}

/// A program that [`build_for_tests`] has built.
pub(crate) fn beside_tests(bin: &str) -> PathBuf {
    place::target().join("debug").join(bin)
}

/// `cargo xtask demo`.
pub(crate) fn demo(args: &[String]) -> Result<bool> {
    foreground(&DEMO, args)
}

/// `cargo xtask bench`.
pub(crate) fn bench(args: &[String]) -> Result<bool> {
    let mut good = true;
    for (package, bench) in BENCHES {
        let words = [
            "bench",
            "--locked",
            "--package",
            package,
            "--bench",
            bench,
            "--",
        ];
        let mut command = cargo(&words);
        command.args(args);
        match command.status() {
            Ok(status) => good &= status.success(),
            Err(error) => bail!("cannot start `{}`: {error}", shown(&command)),
        }
    }
    Ok(good)
}

/// Builds and runs it on this terminal.
fn foreground(program: &Program, args: &[String]) -> Result<bool> {
    let mut run = program.command();
    run.args(args);
    for mut command in [cargo(&program.build_args()), run] {
        match command.status() {
            Ok(status) if status.success() => {}
            Ok(_) => return Ok(false),
            Err(error) => bail!("cannot start `{}`: {error}", shown(&command)),
        }
    }
    Ok(true)
}
