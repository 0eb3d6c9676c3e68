// SPDX-License-Identifier: MIT OR Apache-2.0
//! The guest's steps in the tiers of tests.

use anyhow::{Result, bail};

use super::chroot::Chroot;
use super::{boots, packaging, play};
use crate::command::Log;
use crate::place;
use crate::steps::{Outcome, Steps};

/// Makes what the steps need.
pub(crate) fn prepare(log: &Log) -> Result<Outcome> {
    place::need_root("a chroot")?;
    let chroot = Chroot::ensure(log)?;
    Ok(Outcome::detail(chroot.dir.display().to_string()))
}

/// The second tier: one boot, and a life under dkms.
pub(crate) fn add(steps: &mut Steps) {
    let what = "the module, built for Debian 13's backports kernel, booted in QEMU";
    steps.step("guest", what, |log| group("software", log));
    let what = "dkms add, build, install, remove; what it says where it cannot build";
    steps.step("dkms", what, packaging::dkms);
}

/// The third tier: what takes more boots, more kernels or changes the chroot.
pub(crate) fn add_long(steps: &mut Steps) {
    steps.step("guest", "the tests of the second tier", |log| {
        group("software", log)
    });
    steps.step(
        "soak",
        "a million hostile requests; 100 lives of the module",
        |log| group("soak", log),
    );
    let what = "a failing, a warning, a hanging and a crashing test are seen as such";
    steps.step("harness", what, planted);
    let what = "the module builds for another kernel of the mirror";
    steps.step("second-kernel", what, packaging::second_kernel);
    let what = "the original C driver loads in the guest and its tools run";
    steps.step("dahdi", what, |log| group("dahdi", log));
}

/// The emulated card before its judge.
pub(crate) fn add_card(steps: &mut Steps) {
    let what = "the original C driver on an emulated TE420: the ladder of docs/te4xx-card.md";
    steps.step("card", what, |log| group("card", log));
}

fn group(name: &str, log: &Log) -> Result<Outcome> {
    let report = play(&boots::named(name)?, &[], log)?;
    if !report.good() {
        bail!("{}", report.summary());
    }
    let counts = report.counts();
    Ok(Outcome {
        detail: format!("{} tests in the guest", counts.passed),
        tests: Some(counts),
    })
}

/// Cases of the group `planted` and what has to be found in the report of a boot that runs them.
const PLANTED: &[(&[&str], &str)] = &[
    (&["planted-failure", "planted-good"], "planted on purpose"),
    (
        &["planted-warning", "planted-good"],
        "the kernel complained",
    ),
    (&["planted-hang", "planted-good"], "took more than"),
    (
        &["planted-leftover", "planted-good"],
        "module is still loaded",
    ),
    (
        &["planted-panic", "planted-good"],
        "did not come to their end",
    ),
];

/// Shows that the harness sees what it is there to see.
fn planted(log: &Log) -> Result<Outcome> {
    for (cases, expected) in PLANTED {
        let names: Vec<String> = cases.iter().map(|&name| name.to_owned()).collect();
        let report = play(&boots::named("planted")?, &names, log)?;
        let text = report.to_string();
        let failed = cases.first().copied().unwrap_or_default();
        if report.good() || !text.contains(expected) {
            bail!("{failed} was not reported as it should be ({expected}):\n{text}");
        }
        // The test beside it is not blamed, unless the kernel is gone.
        if report.failed().iter().any(|&name| name != failed) {
            bail!("{failed} made another test fail:\n{text}");
        }
    }
    Ok(Outcome::detail(format!(
        "{} planted faults seen",
        PLANTED.len()
    )))
}
