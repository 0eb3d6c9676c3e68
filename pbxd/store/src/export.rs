// SPDX-License-Identifier: MIT OR Apache-2.0
//! Records as JSON and as CSV.

use crate::Record;
use std::io::{self, Write};

/// The columns of the CSV export, in order. The JSON export has the same fields, with times as milliseconds since 1970.
pub const COLUMNS: &[&str] = &[
    "id",
    "state",
    "offered",
    "answered",
    "ended",
    "from",
    "from_span",
    "from_slot",
    "calling",
    "calling_name",
    "presentation",
    "called",
    "route",
    "to",
    "to_span",
    "to_slot",
    "sent",
    "attempts",
    "cause",
    "released",
    "total_ms",
    "ringing_ms",
    "talking_ms",
];

/// Writes records as a JSON array, one record a line.
///
/// # Errors
/// The writer's.
pub fn write_json<'a>(
    mut to: impl Write,
    records: impl IntoIterator<Item = &'a Record>,
) -> io::Result<()> {
    to.write_all(b"[")?;
    for (number, record) in records.into_iter().enumerate() {
        to.write_all(if number == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut to, record)?;
    }
    to.write_all(b"\n]\n")
}

/// Writes records as CSV (RFC 4180: comma, CRLF, quotes doubled), with a header line; times as RFC 3339 in UTC, an empty
/// field for what is not known. Fields are written as they are: a program that takes a leading `=` or `+` for a formula
/// must import them as text.
///
/// # Errors
/// The writer's.
pub fn write_csv<'a>(
    mut to: impl Write,
    records: impl IntoIterator<Item = &'a Record>,
) -> io::Result<()> {
    line(&mut to, COLUMNS.iter().map(|name| (*name).to_owned()))?;
    for record in records {
        line(&mut to, fields(record))?;
    }
    Ok(())
}

fn fields(r: &Record) -> impl Iterator<Item = String> {
    fn some(value: Option<impl ToString>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    [
        r.id.to_string(),
        r.state.name().to_owned(),
        r.offered.to_string(),
        some(r.answered),
        some(r.ended),
        r.from.clone(),
        some(r.from_span.as_ref()),
        some(r.from_slot),
        some(r.calling.as_ref()),
        some(r.calling_name.as_ref()),
        r.presentation.clone(),
        r.called.clone(),
        some(r.route.as_ref()),
        some(r.to.as_ref()),
        some(r.to_span.as_ref()),
        some(r.to_slot),
        some(r.sent.as_ref()),
        r.attempts.to_string(),
        some(r.cause),
        some(r.released.as_ref()),
        some(r.total_ms),
        some(r.ringing_ms),
        some(r.talking_ms),
    ]
    .into_iter()
}

fn line(to: &mut impl Write, fields: impl Iterator<Item = String>) -> io::Result<()> {
    for (number, field) in fields.enumerate() {
        if number > 0 {
            to.write_all(b",")?;
        }
        if field.contains([',', '"', '\r', '\n']) {
            write!(to, "\"{}\"", field.replace('"', "\"\""))?;
        } else {
            to.write_all(field.as_bytes())?;
        }
    }
    to.write_all(b"\r\n")
}
