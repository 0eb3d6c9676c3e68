// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask test --long`: the third tier, in shards. Each writes a dated result file.

use anyhow::{Result, bail};

use crate::command::{cargo, run as run_command};
use crate::steps::{Outcome, Steps, count_tests};
use crate::{apt, fuzz, guest, place, results};

/// A part of the tier that runs by itself and fits in a working session.
#[derive(Clone, Copy)]
struct Shard {
    name: &'static str,
    what: &'static str,
    /// The packages it tests: its result holds until one of them, or what they use, changes.
    packages: &'static [&'static str],
    run: Run,
}

#[derive(Clone, Copy)]
enum Run {
    /// These steps.
    Steps(fn(&mut Steps)),
    /// The targets of [`fuzz::GROUPS`] with the shard's name.
    Fuzz,
}

/// Seconds that each fuzz target gets here.
const FUZZ_SECONDS: u64 = 30 * 60;

/// The shards that do not fuzz.
const SHARDS: &[Shard] = &[
    Shard {
        name: "media",
        what: "240 channels bridged for 60 s of line time in lock-step, byte for byte; 240 calls in real time; the bridge benchmark",
        packages: &["media-engine", "pbxd", "tdm-emu"],
        run: Run::Steps(media),
    },
    Shard {
        name: "echo",
        what: "the G.168 bench over the canceller and its peers, every model, loss and delay; cost of a channel",
        packages: &["echo", "g168-bench", "simd-dispatch"],
        run: Run::Steps(echo),
    },
    Shard {
        name: "guest",
        what: "the kernel module in QEMU: a second kernel, the original driver, the harness itself",
        packages: &["guest-tests", "kernel-rust-abi", "tdm-line"],
        run: Run::Steps(guest::add_long),
    },
    Shard {
        name: "card",
        what: "the original C driver of the TE4xx cards on an emulated one, in QEMU",
        packages: &["guest-tests", "tdm-emu", "tdm-line"],
        run: Run::Steps(guest::add_card),
    },
];

/// All shards.
fn shards() -> impl Iterator<Item = Shard> {
    let fuzz = fuzz::GROUPS.iter().map(|group| Shard {
        name: group.shard,
        what: "fuzz targets for 30 minutes each, two at a time",
        packages: group.packages,
        run: Run::Fuzz,
    });
    SHARDS.iter().copied().chain(fuzz)
}

fn echo(steps: &mut Steps) {
    let packages = &[
        "libspandsp-dev",
        "asterisk-core-sounds-en-wav",
        "gcc",
        "libc6-dev",
    ];
    for canceller in ["lanes", "oslec", "spandsp"] {
        let what = "every test of the bench, worst margins";
        steps.step(&format!("g168-{canceller}"), what, |log| {
            apt::ensure(packages, log)?;
            let args = [
                "run",
                "--locked",
                "--release",
                "-p",
                "echo",
                "--example",
                "g168",
                "--",
            ];
            let mut command = cargo(&args);
            command.args(["--cases", "full", "--canceller", canceller]);
            run_command(&mut command, log)?;
            Ok(Outcome::detail("figures are in the log"))
        });
    }
    steps.step("bench", "CPU time a sample and channel", |log| {
        let args = ["bench", "--locked", "-p", "echo", "--bench", "channels"];
        run_command(&mut cargo(&args), log)?;
        let text = log.text()?;
        let figures: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("ratio") || line.contains("p99.9"))
            .map(str::trim)
            .collect();
        if figures.is_empty() {
            bail!("the benchmark printed no figures");
        }
        Ok(Outcome::detail(figures.join("; ")))
    });
}

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
    let what = "240 calls of SIPp in real time through eight E1, with speech, for 60 s";
    steps.step("load-240", what, |log| {
        let packages = ["sip-tester", "tshark", "sox", "asterisk-core-sounds-en-wav"];
        apt::ensure(&packages, log)?;
        let args = [
            "run",
            "--release",
            "--locked",
            "-p",
            "peers",
            "--bin",
            "load_240",
        ];
        run_command(&mut cargo(&args), log)?;
        Ok(Outcome::detail(
            log.text()?.lines().last().unwrap_or_default(),
        ))
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

/// Prints the shards, and which of their results still holds.
pub(crate) fn list() -> Result<bool> {
    for shard in shards() {
        let state = results::state(shard.name, shard.packages)?;
        println!("{:12} {}: {state}", shard.name, shard.what);
    }
    Ok(true)
}

/// Runs the shards named, or all.
pub(crate) fn run(names: &[String]) -> Result<bool> {
    if let Some(unknown) = names.iter().find(|n| shards().all(|s| s.name != *n)) {
        bail!("no shard is named `{unknown}`; `cargo xtask test --long --list` names them");
    }
    place::need_root("`cargo xtask test --long` installs Debian packages, which")?;
    let mut good = true;
    for shard in shards() {
        if !names.is_empty() && !names.iter().any(|n| n == shard.name) {
            continue;
        }
        let mut steps = Steps::new(&format!("long-{}", shard.name))?;
        match shard.run {
            Run::Steps(run) => run(&mut steps),
            Run::Fuzz => fuzz::add_group(&mut steps, shard.name, FUZZ_SECONDS),
        }
        good &= steps.close();
        let file = results::record(shard.name, shard.what, shard.packages, steps.finished())?;
        println!("result: {}", file.display());
    }
    results::write_status()?;
    Ok(good)
}
