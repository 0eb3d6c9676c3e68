// SPDX-License-Identifier: MIT OR Apache-2.0
//! A command is a list of steps. Each prints a header, its time and its result; a table closes.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::command::Log;
use crate::place;

/// How many lines of a failed step's log are shown.
const TAIL: usize = 80;

/// What a step has to say when it went well.
#[derive(Default)]
pub(crate) struct Outcome {
    /// One line for the table.
    pub(crate) detail: String,
    /// Tests that passed and failed, where the step ran a test runner.
    pub(crate) tests: Option<Counts>,
}

impl Outcome {
    /// Nothing but a line for the table.
    pub(crate) fn detail(detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            tests: None,
        }
    }
}

/// Tests counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed.
    pub(crate) failed: u64,
    /// Tests marked as ignored, which the rules of the repository forbid.
    pub(crate) ignored: u64,
}

/// One finished step.
pub(crate) struct Finished {
    /// Its name.
    pub(crate) name: String,
    /// What happened.
    pub(crate) result: Result<Outcome>,
    /// How long it took.
    pub(crate) time: Duration,
}

/// The steps of one command, run one after another. A failed step does not stop the next.
pub(crate) struct Steps {
    logs: PathBuf,
    only: Vec<String>,
    finished: Vec<Finished>,
}

impl Steps {
    /// Steps that log to `target/xtask/<command>/`.
    pub(crate) fn new(command: &str) -> Result<Self> {
        Ok(Self {
            logs: place::logs(command)?,
            only: Vec::new(),
            finished: Vec::new(),
        })
    }

    /// Runs only the steps of these names, or whose names begin with one and a hyphen; all if there is none.
    pub(crate) fn only(mut self, names: &[String]) -> Self {
        self.only = names.to_vec();
        self
    }

    fn wanted(&self, name: &str) -> bool {
        let begins = |only: &String| {
            name.strip_prefix(only.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        self.only.is_empty() || self.only.iter().any(begins)
    }

    /// Runs one step. `what` is said in the header.
    pub(crate) fn step(
        &mut self,
        name: &str,
        what: &str,
        run: impl FnOnce(&Log) -> Result<Outcome>,
    ) {
        if !self.wanted(name) {
            return;
        }
        println!("== {name}: {what}");
        let start = Instant::now();
        let log = Log::create(
            self.logs
                .join(format!("{}.log", name.replace(['/', ' '], "-"))),
        );
        let (result, log) = match log {
            Ok(log) => (run(&log), Some(log)),
            Err(error) => (Err(error), None),
        };
        let time = start.elapsed();
        match &result {
            Ok(outcome) => println!("   ok in {}  {}", seconds(time), outcome.detail),
            Err(error) => {
                println!("   FAILED after {}: {error:#}", seconds(time));
                if let Some(log) = log {
                    println!("   the end of {}:", log.path().display());
                    println!("{}", log.tail(TAIL).unwrap_or_default());
                }
            }
        }
        self.finished.push(Finished {
            name: name.to_owned(),
            result,
            time,
        });
    }

    /// The steps that ran.
    pub(crate) fn finished(&self) -> &[Finished] {
        &self.finished
    }

    /// Prints the table. True if every step went well.
    pub(crate) fn close(&self) -> bool {
        if self.finished.is_empty() {
            println!("no step of that name: {}", self.only.join(" "));
            return false;
        }
        let width = self
            .finished
            .iter()
            .map(|f| f.name.len())
            .max()
            .unwrap_or(0);
        println!("\n{:width$}  result      time", "step");
        let mut total = Duration::ZERO;
        let mut tests: Option<Counts> = None;
        for step in &self.finished {
            total += step.time;
            let (word, detail) = match &step.result {
                Ok(outcome) => ("ok", outcome.detail.clone()),
                Err(error) => ("FAILED", format!("{error}")),
            };
            if let Ok(Outcome {
                tests: Some(counts),
                ..
            }) = &step.result
            {
                let sum = tests.get_or_insert_default();
                sum.passed += counts.passed;
                sum.failed += counts.failed;
            }
            let detail = detail.lines().next().unwrap_or_default();
            println!(
                "{:width$}  {word:6}  {:>8}  {detail}",
                step.name,
                seconds(step.time)
            );
        }
        let failed = self.finished.iter().filter(|f| f.result.is_err()).count();
        println!(
            "{:width$}  {:6}  {:>8}",
            "all",
            if failed == 0 { "ok" } else { "FAILED" },
            seconds(total)
        );
        println!("logs: {}", self.logs.display());
        if let Some(counts) = tests {
            println!("steps that failed: {failed}");
            println!(
                "tests: {} passed, {} failed",
                counts.passed,
                counts.failed + failed as u64
            );
        }
        failed == 0
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// Adds up the closing lines of cargo's test runner.
pub(crate) fn count_tests(text: &str) -> Counts {
    let mut counts = Counts::default();
    for line in text.lines().filter(|l| l.starts_with("test result:")) {
        for part in line.split([';', '.']) {
            let mut words = part.split_whitespace();
            if let (Some(number), Some(word)) = (words.next(), words.next()) {
                let number = number.parse().unwrap_or(0);
                match word {
                    "passed" => counts.passed += number,
                    "failed" => counts.failed += number,
                    "ignored" => counts.ignored += number,
                    _ => {}
                }
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::{Counts, count_tests};

    #[test]
    fn test_results_of_several_binaries_add_up() {
        let text = "test a ... ok\n\
            test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 2 passed; 1 failed; 3 ignored; 0 measured; 0 filtered out; finished in 1.00s\n";
        let expected = Counts {
            passed: 7,
            failed: 1,
            ignored: 3,
        };
        assert_eq!(count_tests(text), expected);
    }
}
