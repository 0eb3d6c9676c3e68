// SPDX-License-Identifier: MIT OR Apache-2.0
//! Coverage-guided fuzzing of the targets in tests/fuzz, on stable Rust.
//!
//! libFuzzer needs the compiler's coverage pass and no nightly feature: `-C passes` and
//! `-C llvm-args` are stable flags. There is no address sanitizer, which is nightly only; the
//! crates under test forbid `unsafe`, so panics, overflows, hangs and memory use are what is sought.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::command::{Log, cargo, run as run_command};
use crate::steps::{Outcome, Steps};
use crate::{apt, place};

/// libfuzzer-sys compiles libFuzzer, which is C++.
pub(crate) const PACKAGES: [&str; 1] = ["g++"];

/// How many targets run at a time.
const WORKERS: usize = 2;

/// Targets that one shard of the third tier fuzzes, about an hour's worth.
pub(crate) struct Group {
    /// The shard's name.
    pub(crate) shard: &'static str,
    /// Files in tests/fuzz/src/targets.
    pub(crate) targets: &'static [&'static str],
    /// The packages whose code they run.
    pub(crate) packages: &'static [&'static str],
}

/// Every target, in one group.
pub(crate) const GROUPS: &[Group] = &[
    Group {
        shard: "fuzz-isdn",
        targets: &["facility", "q921", "q931"],
        packages: &["facility", "q921", "q931"],
    },
    Group {
        shard: "fuzz-line",
        targets: &["cas"],
        packages: &["cas", "tdm-line"],
    },
    Group {
        shard: "fuzz-sip",
        targets: &["sdp", "sip_msg", "sip_session"],
        packages: &["sdp", "sip-msg", "sip-session"],
    },
    Group {
        shard: "fuzz-edge",
        targets: &["sip_auth", "sip_registrar", "sip_stream"],
        packages: &["sip-auth", "sip-registrar", "sip-stream"],
    },
    Group {
        shard: "fuzz-media",
        targets: &["hdlc", "playout", "rtcp", "rtp"],
        packages: &["tdm-line", "playout", "rtp"],
    },
    Group {
        shard: "fuzz-config",
        targets: &["config", "control", "emulator"],
        packages: &["pbxd", "pbx-api", "tdm-emu"],
    },
];

/// The flags of `cargo fuzz` that matter without a sanitizer.
const RUSTFLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Cdebug-assertions=yes -Coverflow-checks=yes -Ccodegen-units=1";

/// `cargo xtask fuzz`.
#[derive(Args)]
pub(crate) struct Options {
    /// Time for each target
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Only this target (may be repeated)
    #[arg(long)]
    target: Vec<String>,
    /// Seed of libFuzzer's random numbers (0: it takes one and prints it in the log)
    #[arg(long, default_value_t = 0)]
    seed: u32,
}

/// Runs the command.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let all = targets()?;
    if let Some(unknown) = options.target.iter().find(|t| !all.contains(t)) {
        bail!(
            "no target is named `{unknown}`; there are: {}",
            all.join(" ")
        );
    }
    let chosen = if options.target.is_empty() {
        all
    } else {
        options.target.clone()
    };
    let mut steps = Steps::new("fuzz")?;
    add_targets(&mut steps, &chosen, options.seconds, options.seed);
    Ok(steps.close())
}

/// The steps of a shard.
pub(crate) fn add_group(steps: &mut Steps, shard: &str, seconds: u64) {
    let group = GROUPS.iter().filter(|group| group.shard == shard);
    let targets: Vec<String> = group
        .flat_map(|group| group.targets)
        .map(|t| (*t).to_owned())
        .collect();
    add_targets(steps, &targets, seconds, 0);
}

/// One step that builds, one that fuzzes every target.
pub(crate) fn add(steps: &mut Steps, seconds: u64) {
    match targets() {
        Ok(targets) => add_targets(steps, &targets, seconds, 0),
        Err(error) => steps.step("fuzz", "list of targets", |_| Err(error)),
    }
}

fn add_targets(steps: &mut Steps, targets: &[String], seconds: u64, seed: u32) {
    let mut program = None;
    steps.step("fuzz-build", "targets with coverage counters", |log| {
        program = Some(build(log)?);
        Ok(Outcome::default())
    });
    let Some(program) = program else { return };
    let what = format!(
        "{} targets, {seconds} s each, {WORKERS} at a time",
        targets.len()
    );
    steps.step("fuzz", &what, |log| {
        fuzz_all(&program, targets, seconds, seed, log)
    });
}

/// The names of the target files.
fn targets() -> Result<Vec<String>> {
    let dir = place::root().join("tests/fuzz/src/targets");
    let mut names = Vec::new();
    for entry in
        std::fs::read_dir(&dir).with_context(|| format!("cannot read {}", dir.display()))?
    {
        let path = entry?.path();
        if let (Some(stem), Some("rs")) = (
            path.file_stem().and_then(|s| s.to_str()),
            path.extension().and_then(|e| e.to_str()),
        ) {
            names.push(stem.to_owned());
        }
    }
    names.sort();
    if names.is_empty() {
        bail!("{} holds no target", dir.display());
    }
    Ok(names)
}

/// Builds the one binary that holds every target.
fn build(log: &Log) -> Result<PathBuf> {
    apt::ensure(&PACKAGES, log)?;
    let dir = place::target().join("xtask-fuzz");
    let triple = host_triple()?;
    let mut command = cargo(&["build", "--release", "--locked", "--package", "fuzz"]);
    // With --target the flags reach the code under test and not build scripts.
    command.args([
        "--features",
        "coverage",
        "--bin",
        "coverage",
        "--target",
        &triple,
    ]);
    command
        .env("RUSTFLAGS", RUSTFLAGS)
        .env("CARGO_TARGET_DIR", &dir);
    run_command(&mut command, log)?;
    Ok(dir.join(triple).join("release/coverage"))
}

fn host_triple() -> Result<String> {
    let out = Command::new("rustc")
        .arg("-vV")
        .output()
        .context("cannot start rustc")?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let line = text.lines().find_map(|l| l.strip_prefix("host: "));
    line.map(str::to_owned).context("`rustc -vV` names no host")
}

fn fuzz_all(
    program: &Path,
    targets: &[String],
    seconds: u64,
    seed: u32,
    log: &Log,
) -> Result<Outcome> {
    let queue = Mutex::new(targets.iter());
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().ok().and_then(|mut q| q.next());
                    let Some(target) = next else { break };
                    let result = fuzz_one(program, target, seconds, seed);
                    if let Ok(mut results) = results.lock() {
                        results.push((target.clone(), result));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by(|a, b| a.0.cmp(&b.0));
    if results.len() != targets.len() {
        bail!("only {} of {} targets ran", results.len(), targets.len());
    }
    let mut failed = Vec::new();
    let mut details = Vec::new();
    for (target, result) in results {
        match result {
            Ok(figures) => {
                println!("   {target:14} {figures}");
                details.push(format!("{target}: {figures}"));
            }
            Err(error) => {
                println!("   {target:14} FAILED: {error:#}");
                failed.push(format!("{target}: {error:#}"));
            }
        }
    }
    let lines = [details.clone(), failed.clone()].concat();
    std::fs::write(log.path(), format!("{}\n", lines.join("\n")))?;
    if !failed.is_empty() {
        bail!("{}", failed.join("; "));
    }
    Ok(Outcome::detail(details.join("; ")))
}

/// Fuzzes one target. What it finds on the way stays in `target/fuzz/<name>/corpus`.
fn fuzz_one(program: &Path, target: &str, seconds: u64, seed: u32) -> Result<String> {
    let work = place::target().join("fuzz").join(target);
    let found = work.join("corpus");
    std::fs::create_dir_all(&found)?;
    let log = Log::create(work.join("log"))?;
    let mut command = Command::new(program);
    command.env("TANDEM_FUZZ_TARGET", target);
    command
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-seed={seed}"));
    command.args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"]);
    command.arg(format!("-artifact_prefix={}/", work.display()));
    command
        .arg(&found)
        .arg(place::root().join("tests/fuzz/corpus").join(target));
    if run_command(&mut command, &log).is_err() {
        let text = log.text()?;
        let saved = text
            .lines()
            .find_map(|l| l.split_once("Test unit written to "))
            .map(|(_, f)| f);
        let saved = saved.unwrap_or("no input was saved");
        let cause = text
            .lines()
            .find(|l| l.contains("panicked at") || l.contains("ERROR: libFuzzer"))
            .unwrap_or("it ended with an error");
        bail!("{cause}; input: {saved}; log: {}", log.path().display());
    }
    figures(&log.text()?)
}

fn figures(text: &str) -> Result<String> {
    let runs = text
        .lines()
        .find_map(|l| l.strip_prefix("stat::number_of_executed_units:"));
    let runs = runs.context("libFuzzer printed no statistics")?.trim();
    let coverage = text
        .lines()
        .rev()
        .find_map(|l| l.split_once(" cov: ")?.1.split_whitespace().next());
    Ok(format!("{runs} runs, {} edges", coverage.unwrap_or("?")))
}

#[cfg(test)]
mod tests {
    use super::{GROUPS, figures, targets};

    #[test]
    fn every_target_is_in_one_shard_of_the_long_tier() {
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|g| g.targets).copied().collect();
        grouped.sort_unstable();
        assert_eq!(grouped, targets().unwrap());
    }

    #[test]
    fn figures_come_from_libfuzzers_closing_lines() {
        let text = "#2\tINITED cov: 12 ft: 13\n#99\tDONE   cov: 40 ft: 51 corp: 3/9b\n\
            stat::number_of_executed_units: 99\n";
        assert_eq!(figures(text).unwrap(), "99 runs, 40 edges");
        assert!(figures("").is_err());
    }
}
