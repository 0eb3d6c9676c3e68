// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the tests of a guest reported, as test results.

use std::fmt;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::boot::Ending;
use crate::steps::Counts;

/// Lines of a guest's console that are shown when it did not come to its end.
const CONSOLE_LINES: usize = 60;

/// One line of `guest-tests run`; tests/guest/src/report.rs writes them.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Line {
    Start {
        cases: usize,
    },
    Case {
        name: String,
        ok: bool,
        seconds: f64,
        detail: String,
        #[serde(default)]
        output: Vec<String>,
        #[serde(default)]
        kernel: Vec<String>,
    },
    End {
        ok: bool,
        detail: String,
    },
}

/// All results of one boot.
pub(crate) struct Report {
    lines: Vec<Line>,
    failures: Vec<String>,
}

impl Report {
    /// Reads the results, and the console and QEMU's words where the guest did not come to its end.
    pub(crate) fn read(
        results: &Path,
        console: &Path,
        qemu: &Path,
        ending: Ending,
    ) -> Result<Self> {
        let text = lossy(results)?;
        let mut report = Self::parse(&text);
        match ending {
            Ending::Ended(status) if status.success() => {}
            Ending::Ended(status) => {
                report.add_failure(&format!("QEMU: {status}: {}", lossy(qemu)?.trim_end()))
            }
            Ending::TooLong(limit) => report.add_failure(&format!(
                "the guest was still running after {} s and was ended",
                limit.as_secs()
            )),
        }
        if !report.failures.is_empty() {
            let console = lossy(console)?;
            let lines: Vec<&str> = console.lines().collect();
            let from = lines.len().saturating_sub(CONSOLE_LINES);
            let tail = lines.get(from..).unwrap_or_default().join("\n");
            report.add_failure(&format!("the end of the guest's console:\n{tail}"));
        }
        Ok(report)
    }

    /// Reads what came over the second serial line.
    fn parse(text: &str) -> Self {
        let mut report = Self {
            lines: Vec::new(),
            failures: Vec::new(),
        };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match serde_json::from_str(line) {
                Ok(line) => report.lines.push(line),
                Err(error) => report.add_failure(&format!("no result line ({error}): {line}")),
            }
        }
        let mut announced = None;
        let mut cases = 0;
        let mut end = None;
        for line in &report.lines {
            match line {
                Line::Start { cases } => announced = Some(*cases),
                Line::Case { .. } => cases += 1,
                Line::End { ok, detail } => end = Some((*ok, detail.clone())),
            }
        }
        match announced {
            None => report.add_failure("the guest's tests did not start"),
            Some(0) => report.add_failure("no test was to run"),
            Some(number) if number != cases => {
                report.add_failure(&format!("{cases} of {number} tests reported"));
            }
            Some(_) => {}
        }
        match end {
            None => report.add_failure("the guest's tests did not come to their end"),
            Some((false, detail)) => report.add_failure(&detail),
            Some((true, _)) => {}
        }
        report
    }

    /// Adds something that is wrong and belongs to no test.
    pub(crate) fn add_failure(&mut self, what: &str) {
        self.failures.push(what.to_owned());
    }

    /// True if every test passed and nothing else went wrong.
    pub(crate) fn good(&self) -> bool {
        self.failures.is_empty() && self.counts().failed == 0
    }

    /// Tests that passed and failed.
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for line in &self.lines {
            if let Line::Case { ok, .. } = line {
                *(if *ok {
                    &mut counts.passed
                } else {
                    &mut counts.failed
                }) += 1;
            }
        }
        counts
    }

    /// The names of the tests that failed.
    pub(crate) fn failed(&self) -> Vec<&str> {
        let failed = |line| match line {
            &Line::Case {
                ref name,
                ok: false,
                ..
            } => Some(name.as_str()),
            _ => None,
        };
        self.lines.iter().filter_map(failed).collect()
    }

    /// What is wrong, in one line.
    pub(crate) fn summary(&self) -> String {
        let mut parts = Vec::new();
        let failed = self.failed();
        if !failed.is_empty() {
            parts.push(format!("failed: {}", failed.join(" ")));
        }
        for failure in &self.failures {
            parts.push(failure.lines().next().unwrap_or_default().to_owned());
        }
        parts.join("; ")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            let Line::Case {
                name,
                ok,
                seconds,
                detail,
                output,
                kernel,
            } = line
            else {
                continue;
            };
            let word = if *ok { "ok" } else { "FAILED" };
            writeln!(f, "test {name} ... {word} ({seconds:.1} s) {detail}")?;
            if !*ok {
                for (title, text) in [("output", output), ("kernel", kernel)] {
                    for line in text {
                        writeln!(f, "  {title}: {line}")?;
                    }
                }
            }
        }
        for failure in &self.failures {
            writeln!(f, "FAILED: {failure}")?;
        }
        let Counts { passed, failed, .. } = self.counts();
        let word = if self.good() { "ok" } else { "FAILED" };
        writeln!(f, "guest result: {word}. {passed} passed; {failed} failed")
    }
}

fn lossy(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::Report;

    const GOOD: &str = r#"{"event":"start","group":"software","cases":2}
{"event":"case","name":"a","ok":true,"seconds":0.5,"detail":"1 span"}
{"event":"case","name":"b","ok":true,"seconds":1.0,"detail":""}
{"event":"end","ok":true,"detail":""}
"#;

    #[test]
    fn a_whole_run_is_good() {
        let report = Report::parse(GOOD);
        assert!(report.good(), "{report}");
        assert_eq!(report.counts().passed, 2);
    }

    #[test]
    fn whatever_is_missing_is_a_failure() {
        let lines: Vec<&str> = GOOD.lines().collect();
        for left_out in 0..lines.len() {
            let mut some = lines.clone();
            some.remove(left_out);
            let report = Report::parse(&some.join("\n"));
            assert!(!report.good(), "without line {left_out}: {report}");
        }
        assert!(!Report::parse("").good());
    }

    #[test]
    fn a_failed_case_shows_its_output_and_the_kernel_messages() {
        let failed = r#"{"event":"case","name":"b","ok":false,"seconds":1.0,"detail":"no span","output":["oh"],"kernel":["WARNING: x"]}"#;
        let text = GOOD.replace(GOOD.lines().nth(2).unwrap(), failed);
        let report = Report::parse(&text);
        assert!(!report.good());
        assert_eq!(report.failed(), ["b"]);
        let shown = report.to_string();
        assert!(
            shown.contains("  output: oh\n  kernel: WARNING: x\n"),
            "{shown}"
        );
        assert!(shown.contains("1 passed; 1 failed"), "{shown}");
    }

    #[test]
    fn noise_on_the_line_is_a_failure() {
        assert!(!Report::parse(&format!("{GOOD}garbage\n")).good());
        let none = GOOD.replace("\"cases\":2", "\"cases\":0");
        assert!(!Report::parse(&none).good());
        let bad_end = GOOD.replace("\"end\",\"ok\":true", "\"end\",\"ok\":false");
        assert!(!Report::parse(&bad_end).good());
    }
}
