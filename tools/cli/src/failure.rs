// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why a tool ended without success.

use crate::{EXIT_ERROR, Place};
use std::fmt;
use std::io::Write;
use std::process::ExitCode;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, if it stands in a file.
    pub place: Option<Place>,
    /// What was found and what is expected.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// Everything that was wrong, and the exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The problems, at least one.
    pub problems: Vec<Problem>,
    /// The exit code.
    pub exit: u8,
}

impl Failure {
    /// A failure with one problem that has no place in a file, and [`EXIT_ERROR`].
    pub fn new(message: impl fmt::Display) -> Self {
        Self::all(vec![Problem {
            place: None,
            message: message.to_string(),
        }])
    }

    /// A failure with these problems, and [`EXIT_ERROR`].
    #[must_use]
    pub fn all(problems: Vec<Problem>) -> Self {
        Self {
            problems,
            exit: EXIT_ERROR,
        }
    }

    /// The same failure with another exit code.
    #[must_use]
    pub fn with_exit(mut self, exit: u8) -> Self {
        self.exit = exit;
        self
    }

    /// The failure as the object that `--json` prints.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let problems: Vec<_> = self
            .problems
            .iter()
            .map(|problem| match &problem.place {
                Some(place) => serde_json::json!({
                    "file": place.file,
                    "line": place.line,
                    "column": place.column,
                    "message": problem.message,
                }),
                None => serde_json::json!({ "message": problem.message }),
            })
            .collect();
        serde_json::json!({ "errors": problems })
    }

    /// Prints the failure to standard error and returns the exit code.
    #[must_use]
    pub fn report(&self, program: &str, json: bool) -> ExitCode {
        let mut out = std::io::stderr().lock();
        // Nobody is left to be told if standard error is gone too.
        let _ = if json {
            writeln!(out, "{}", self.to_json())
        } else {
            self.problems
                .iter()
                .try_for_each(|problem| writeln!(out, "{program}: {problem}"))
        };
        ExitCode::from(self.exit)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure() -> Failure {
        Failure::all(vec![
            Problem {
                place: Some(Place {
                    file: "spans.toml".to_owned(),
                    line: 3,
                    column: 8,
                }),
                message: "no such key".to_owned(),
            },
            Problem {
                place: None,
                message: "the span is gone".to_owned(),
            },
        ])
    }

    #[test]
    fn text_names_file_line_and_column() {
        assert_eq!(
            failure().to_string(),
            "spans.toml:3:8: no such key\nthe span is gone"
        );
    }

    #[test]
    fn json_has_the_same_facts() {
        assert_eq!(
            failure().to_json(),
            serde_json::json!({"errors": [
                {"file": "spans.toml", "line": 3, "column": 8, "message": "no such key"},
                {"message": "the span is gone"},
            ]})
        );
    }
}
