// SPDX-License-Identifier: MIT OR Apache-2.0
//! The file: read and checked as a whole, with every error and its place.

mod span;

use tdm::SpanAddress;
use tdm::abi::config::LineConfig;
use tdm_cli::{Failure, Place, Problem};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A span as the file wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its address.
    pub address: SpanAddress,
    /// Its configuration, which passed [`LineConfig::check`].
    pub config: LineConfig,
    /// Where its address stands.
    pub place: Place,
}

/// The longest file, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// The most spans of a file.
pub const MAX_SPANS: usize = 1024;

/// Reads a file's text; `name` is used in messages.
///
/// # Errors
/// Everything that is wrong in it.
pub fn parse(name: &str, text: &str) -> Result<Vec<Wanted>, Failure> {
    if text.len() > MAX_BYTES {
        return Err(Failure::new(format!(
            "{name}: {} bytes, expected at most {MAX_BYTES}",
            text.len()
        )));
    }
    let mut report = Report {
        name,
        text,
        problems: Vec::new(),
    };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let offset = error.span().map_or(text.len(), |span| span.start);
        report.problem(offset, error.message().replace('\n', "; "));
    }
    // What could be recovered from a text that is no TOML would only give errors that nobody made.
    let wanted = if report.problems.is_empty() {
        spans(&mut report, document.get_ref())
    } else {
        Vec::new()
    };
    report.end(wanted)
}

/// Collects problems with their places.
pub(crate) struct Report<'a> {
    name: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
}

impl Report<'_> {
    fn place(&self, offset: usize) -> Place {
        Place::of(self.name, self.text, offset)
    }

    fn problem(&mut self, offset: usize, message: String) {
        let place = Some(self.place(offset));
        self.problems.push(Problem { place, message });
    }

    fn end(mut self, wanted: Vec<Wanted>) -> Result<Vec<Wanted>, Failure> {
        if self.problems.is_empty() {
            return Ok(wanted);
        }
        self.problems.sort_by_key(|problem| {
            problem
                .place
                .as_ref()
                .map(|place| (place.line, place.column))
        });
        Err(Failure::all(self.problems))
    }
}

fn spans(report: &mut Report<'_>, document: &DeTable<'_>) -> Vec<Wanted> {
    for key in document.keys().filter(|key| key.get_ref() != "span") {
        report.problem(
            key.span().start,
            format!(
                "unknown key {:?}, expected [[span]] tables only",
                key.get_ref()
            ),
        );
    }
    let Some(entry) = document.get("span") else {
        report.problem(
            0,
            "no [[span]] table, expected one for each span".to_owned(),
        );
        return Vec::new();
    };
    let wrong = |value: &Spanned<DeValue<'_>>| {
        let message = format!(
            "span is {}, expected [[span]] tables",
            value.get_ref().type_str()
        );
        (value.span().start, message)
    };
    let Some(tables) = entry.get_ref().as_array() else {
        let (offset, message) = wrong(entry);
        report.problem(offset, message);
        return Vec::new();
    };
    if tables.len() > MAX_SPANS {
        report.problem(
            entry.span().start,
            format!("{} spans, expected at most {MAX_SPANS}", tables.len()),
        );
        return Vec::new();
    }
    let mut wanted: Vec<Wanted> = Vec::new();
    for value in tables.iter() {
        let Some(table) = value.get_ref().as_table() else {
            let (offset, message) = wrong(value);
            report.problem(offset, message);
            continue;
        };
        let Some((offset, span)) = span::read(report, value.span().start, table) else {
            continue;
        };
        match wanted.iter().find(|other| other.address == span.address) {
            Some(other) => {
                let message = format!(
                    "{} is configured twice, first in line {}",
                    span.address, other.place.line
                );
                report.problem(offset, message);
            }
            None => wanted.push(span),
        }
    }
    wanted
}
