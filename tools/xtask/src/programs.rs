// SPDX-License-Identifier: MIT OR Apache-2.0
//! The demo and the benchmarks: which binary of which package they are.

use anyhow::{Result, bail};

use crate::command::{cargo, shown};

/// A binary of the workspace, built with `--release`.
pub(crate) struct Program {
    /// The package.
    pub(crate) package: &'static str,
    /// The binary in it.
    pub(crate) bin: &'static str,
    /// Arguments that are always given.
    pub(crate) args: &'static [&'static str],
}

/// The demo. `None` as long as the tree has none: `cargo xtask demo` then fails and says so.
pub(crate) const DEMO: Option<Program> = None;

/// The benchmarks, run one after another.
pub(crate) const BENCHES: &[Program] = &[];

impl Program {
    /// Cargo's arguments to build and run it.
    pub(crate) fn cargo_args(&self) -> Vec<&'static str> {
        let mut args = vec!["run", "--quiet", "--release", "--locked"];
        args.extend(["--package", self.package, "--bin", self.bin, "--"]);
        args.extend(self.args);
        args
    }
}

/// `cargo xtask demo`.
pub(crate) fn demo(args: &[String]) -> Result<bool> {
    match DEMO {
        Some(program) => foreground(&program, args),
        None => bail!("there is no demo in this tree yet (see docs/status.md)"),
    }
}

/// `cargo xtask bench`.
pub(crate) fn bench(args: &[String]) -> Result<bool> {
    if BENCHES.is_empty() {
        bail!("there is no benchmark in this tree yet (see docs/status.md)");
    }
    let mut good = true;
    for program in BENCHES {
        good &= foreground(program, args)?;
    }
    Ok(good)
}

/// Runs it on this terminal.
fn foreground(program: &Program, args: &[String]) -> Result<bool> {
    let mut command = cargo(&program.cargo_args());
    command.args(args);
    match command.status() {
        Ok(status) => Ok(status.success()),
        Err(error) => bail!("cannot start `{}`: {error}", shown(&command)),
    }
}
