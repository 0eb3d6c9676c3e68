// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs the tests of a group, one after another, and judges them.

use std::time::Duration;

use anyhow::Result;

use crate::child::{self, Ended};
use crate::kernel_log::{self, KernelLog};
use crate::module;
use crate::report::{Line, last_lines, send};
use crate::table::{Case, Module};

/// Runs them all. After a test that broke the kernel no other runs.
pub(crate) fn run(group: &str, cases: &[&Case]) -> Result<()> {
    let mut log = KernelLog::open()?;
    let boot = log.new_messages()?;
    send(&Line::Start {
        group,
        cases: cases.len(),
    })?;
    let mut end =
        kernel_log::complaint(&boot).map(|m| format!("the kernel complained while it booted: {m}"));
    for case in cases {
        let run = judge(case, &mut log)?;
        let broken = kernel_log::is_broken(&run.kernel);
        let ok = run.failures.is_empty();
        let last = run.output.lines().last().unwrap_or_default().to_owned();
        send(&Line::Case {
            name: case.name,
            ok,
            seconds: run.time.as_secs_f64(),
            detail: if ok { last } else { run.failures.join("; ") },
            output: if ok {
                Vec::new()
            } else {
                last_lines(&run.output)
            },
            kernel: if ok {
                Vec::new()
            } else {
                last_lines(&run.kernel.join("\n"))
            },
        })?;
        if broken {
            end = Some(format!(
                "{} broke the kernel; no test runs after it",
                case.name
            ));
            break;
        }
        if module::is_loaded() {
            end = Some(format!(
                "after {} the module is still loaded; no test runs after it",
                case.name
            ));
            break;
        }
    }
    send(&Line::End {
        ok: end.is_none(),
        detail: end.unwrap_or_default(),
    })
}

struct Judged {
    failures: Vec<String>,
    output: String,
    kernel: Vec<String>,
    time: Duration,
}

fn judge(case: &Case, log: &mut KernelLog) -> Result<Judged> {
    let mut judged = Judged {
        failures: Vec::new(),
        output: String::new(),
        kernel: Vec::new(),
        time: Duration::ZERO,
    };
    let loaded = match case.module {
        Module::Absent => Ok(()),
        Module::Loaded(parameters) => module::load(parameters),
    };
    match loaded {
        Err(error) => judged.failures.push(format!("{error:#}")),
        Ok(()) => {
            let Ended {
                failure,
                output,
                time,
            } = child::run(case.name, case.limit)?;
            if let Some(failure) = failure {
                let last = output.lines().last().unwrap_or_default();
                judged.failures.push(format!("{failure}: {last}"));
            }
            judged.output = output;
            judged.time = time;
        }
    }
    if module::is_loaded() {
        if let Err(error) = module::unload() {
            judged
                .failures
                .push(format!("the module is still loaded: {error:#}"));
        }
    }
    // What the kernel still has to say about it.
    std::thread::sleep(Duration::from_millis(20));
    judged.kernel = log.new_messages()?;
    if let Some(message) = kernel_log::complaint(&judged.kernel) {
        judged
            .failures
            .push(format!("the kernel complained: {message}"));
    }
    Ok(judged)
}
