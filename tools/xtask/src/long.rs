// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask test --long`: the third tier, in shards. Each writes a dated result file.

use anyhow::{Result, bail};

use crate::command::{cargo, run as run_command};
use crate::steps::{Outcome, Steps, count_tests};
use crate::{fuzz, place, results};

/// A part of the tier that runs by itself.
struct Shard {
    name: &'static str,
    what: &'static str,
    run: fn(&mut Steps),
}

/// Seconds that each fuzz target gets here.
const FUZZ_SECONDS: u64 = 30 * 60;

/// All shards.
const SHARDS: &[Shard] = &[
    Shard {
        name: "fuzz",
        what: "every fuzz target for 30 minutes, two at a time",
        run: |steps| fuzz::add(steps, FUZZ_SECONDS),
    },
    Shard {
        name: "media",
        what: "240 channels bridged for 60 s of line time in lock-step, byte for byte; the bridge benchmark",
        run: media,
    },
];

fn media(steps: &mut Steps) {
    let what = "8 E1 in lock-step, both directions, both socket layers";
    steps.step("240-channels", what, |log| {
        let args = [
            "test",
            "--locked",
            "--release",
            "-p",
            "media-engine",
            "--test",
            "bridge",
            "two_hundred",
        ];
        let mut command = cargo(&args);
        command.env("TANDEM_LINE_SECONDS", "60");
        run_command(&mut command, log)?;
        let tests = count_tests(&log.text()?);
        let detail = format!("{} tests", tests.passed);
        Ok(Outcome {
            detail,
            tests: Some(tests),
        })
    });
    let what = "CPU time a channel beside a bare sendmsg/recvmsg loop";
    steps.step("bench", what, |log| {
        let args = [
            "bench",
            "--locked",
            "-p",
            "media-engine",
            "--bench",
            "bridge",
        ];
        run_command(&mut cargo(&args), log)?;
        Ok(Outcome::detail(
            log.text()?.lines().last().unwrap_or_default(),
        ))
    });
}

/// Prints the shards.
pub(crate) fn list() -> Result<bool> {
    for shard in SHARDS {
        println!("{:12} {}", shard.name, shard.what);
    }
    Ok(true)
}

/// Runs the shards named, or all.
pub(crate) fn run(names: &[String]) -> Result<bool> {
    if let Some(unknown) = names.iter().find(|n| SHARDS.iter().all(|s| s.name != *n)) {
        bail!("no shard is named `{unknown}`; `cargo xtask test --long --list` names them");
    }
    place::need_root("`cargo xtask test --long` installs Debian packages, which")?;
    let mut good = true;
    for shard in SHARDS {
        if !names.is_empty() && !names.iter().any(|n| n == shard.name) {
            continue;
        }
        let mut steps = Steps::new(&format!("long-{}", shard.name))?;
        (shard.run)(&mut steps);
        good &= steps.close();
        let file = results::record(shard.name, shard.what, steps.finished())?;
        println!("result: {}", file.display());
    }
    results::write_status()?;
    Ok(good)
}
