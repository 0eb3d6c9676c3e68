// SPDX-License-Identifier: MIT OR Apache-2.0
//! A test's process: its output and its time.

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// Where a test's output goes.
const OUTPUT: &str = "/tmp/output";

/// How a test's process ended.
pub(crate) struct Ended {
    /// What went wrong, if anything.
    pub(crate) failure: Option<String>,
    /// All that it printed.
    pub(crate) output: String,
    /// How long it took.
    pub(crate) time: Duration,
}

/// Runs a test in a process group of its own, all of which is ended with it.
pub(crate) fn run(name: &str, limit: Duration) -> Result<Ended> {
    let file = File::create(OUTPUT).context("cannot write /tmp")?;
    let start = Instant::now();
    let mut child = Command::new(std::env::current_exe()?)
        .args(["case", name])
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .process_group(0)
        .spawn()
        .context("cannot start the test")?;
    let failure = wait(&mut child, limit)?;
    let time = start.elapsed();
    let bytes = std::fs::read(OUTPUT)?;
    Ok(Ended {
        failure,
        output: String::from_utf8_lossy(&bytes).into_owned(),
        time,
    })
}

fn wait(child: &mut Child, limit: Duration) -> Result<Option<String>> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((!status.success()).then(|| status.to_string()));
        }
        if Instant::now() > deadline {
            let group = format!("-{}", child.id());
            // The group may be gone by now, which is all right.
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
            let gone = Instant::now() + Duration::from_secs(5);
            while child.try_wait()?.is_none() {
                if Instant::now() > gone {
                    return Ok(Some(format!(
                        "took more than {} s, and cannot be killed",
                        limit.as_secs()
                    )));
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            return Ok(Some(format!("took more than {} s", limit.as_secs())));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
