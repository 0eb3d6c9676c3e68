// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask test`: the second tier.

use anyhow::{Result, bail};

use crate::command::{Log, cargo, run as run_command};
use crate::steps::{Outcome, Steps, count_tests};
use crate::{abi, fuzz, guest, lint, peers, place, programs, trixie};

/// Seconds that each fuzz target gets here.
const FUZZ_SECONDS: u64 = 60;

/// Runs the tier.
pub(crate) fn run(only: &[String]) -> Result<bool> {
    place::need_root("`cargo xtask test` installs Debian packages and makes a chroot, which")?;
    let mut steps = Steps::new("test")?.only(only);
    lint::add(&mut steps);
    steps.step(
        "tests",
        "cargo test --workspace: no root, network or peer",
        cargo_test,
    );
    steps.step(
        "loom",
        "every interleaving of the ring ABI's accesses",
        loom,
    );
    steps.step(
        "debian-13",
        "cargo check with Debian 13's own compiler, in a chroot",
        trixie::check,
    );
    guest::add(&mut steps);
    abi::add(&mut steps);
    peers::add(&mut steps);
    fuzz::add(&mut steps, FUZZ_SECONDS);
    steps.step("demo", "cargo xtask demo", |log| {
        run_command(&mut cargo(&programs::DEMO.build_args()), log)?;
        // Whether a real-time figure is good depends on the machine; that the call and both directions are there does not.
        run_command(programs::DEMO.command().args(["--least", "80"]), log)?;
        Ok(Outcome::detail(
            log.text()?.lines().last().unwrap_or_default(),
        ))
    });
    Ok(steps.close())
}

/// The model checker's tests, which need the flag and so a build folder of their own.
fn loom(log: &Log) -> Result<Outcome> {
    let args = [
        "test",
        "--locked",
        "--release",
        "--package",
        "kernel-rust-abi",
        "--test",
        "loom",
    ];
    let mut command = cargo(&args);
    command.env("RUSTFLAGS", "--cfg loom");
    command.env("CARGO_TARGET_DIR", place::target().join("xtask-loom"));
    run_command(&mut command, log)?;
    let counts = count_tests(&log.text()?);
    if counts.passed == 0 {
        bail!("no model was checked");
    }
    Ok(Outcome {
        detail: format!("{} models", counts.passed),
        tests: Some(counts),
    })
}

/// The first tier.
fn cargo_test(log: &Log) -> Result<Outcome> {
    let result = run_command(
        &mut cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]),
        log,
    );
    let counts = count_tests(&log.text()?);
    if let Err(error) = result {
        bail!(
            "{error:#} ({} passed, {} failed)",
            counts.passed,
            counts.failed
        );
    }
    if counts.ignored > 0 {
        bail!(
            "{} tests are ignored; a test belongs to a tier or does not exist",
            counts.ignored
        );
    }
    Ok(Outcome {
        detail: format!("{} tests", counts.passed),
        tests: Some(counts),
    })
}
