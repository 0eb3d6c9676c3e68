// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C header of the ABI: writing it, and reading it back with libclang.

use anyhow::Result;

use crate::command::{cargo, run};
use crate::steps::{Outcome, Steps};
use crate::{apt, place};

/// bindgen loads libclang at run time, which wants its own headers.
pub(crate) const PACKAGES: [&str; 2] = ["libclang-dev", "libc6-dev"];

/// `cargo xtask abi-header`.
pub(crate) fn write_header() -> Result<bool> {
    let mut command = cargo(&["run", "--quiet", "--locked", "--package", "abi-check"]);
    Ok(command.args(["--bin", "abi-header"]).status()?.success())
}

/// The step that lets bindgen read the header back.
pub(crate) fn add(steps: &mut Steps) {
    steps.step(
        "abi-bindgen",
        "bindgen reads the C header back; Rust compares",
        |log| {
            apt::ensure(&PACKAGES, log)?;
            let mut command = cargo(&["run", "--quiet", "--locked", "--package", "abi-check"]);
            command.args(["--features", "bindgen", "--bin", "bindgen-check", "--"]);
            run(command.arg(place::target().join("xtask/bindgen")), log)?;
            Ok(Outcome::detail(
                log.text()?.lines().last().unwrap_or_default(),
            ))
        },
    );
}
