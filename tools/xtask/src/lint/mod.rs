// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is checked without running the product.

mod licences;

use anyhow::Result;

pub(crate) use licences::ensure as ensure_cargo_deny;

use crate::command::{Log, cargo, run as run_command};
use crate::steps::{Outcome, Steps};

/// `cargo xtask lint`.
pub(crate) fn run() -> Result<bool> {
    let mut steps = Steps::new("lint")?;
    add(&mut steps);
    steps.step(
        "rules",
        "layers, sans-IO, unsafe, SPDX, file sizes, machine paths",
        rules,
    );
    Ok(steps.close())
}

/// The steps that `cargo test --workspace` does not hold.
pub(crate) fn add(steps: &mut Steps) {
    steps.step("format", "cargo fmt --all --check", format);
    steps.step(
        "clippy",
        "clippy on all targets, warnings are errors",
        clippy,
    );
    steps.step(
        "licences",
        "cargo-deny: licences, bans, sources",
        licences::check,
    );
}

fn format(log: &Log) -> Result<Outcome> {
    run_command(&mut cargo(&["fmt", "--all", "--check"]), log)?;
    Ok(Outcome::default())
}

fn clippy(log: &Log) -> Result<Outcome> {
    let args = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    run_command(&mut cargo(&args), log)?;
    Ok(Outcome::default())
}

/// The rules of the repository are ordinary tests: `tests/layers`.
fn rules(log: &Log) -> Result<Outcome> {
    run_command(
        &mut cargo(&["test", "--locked", "--package", "layers"]),
        log,
    )?;
    Ok(Outcome::default())
}
