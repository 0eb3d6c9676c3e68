// SPDX-License-Identifier: MIT OR Apache-2.0
//! What runs compared with what is wanted.

use crate::file::Wanted;
use crate::names::fields;
use serde_json::{Value, json};
use tdm::abi::config::LineConfig;
use tdm::{Slot, Span};
use tdm_cli::{Failure, Problem};

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its key in the file.
    pub field: &'static str,
    /// Its value now, as the file writes it; `-` if it has none.
    pub now: String,
    /// The wanted one; `-` if it is to have none.
    pub wanted: String,
}

/// A span of the file, opened, and what differs on it.
#[derive(Debug)]
pub struct Item {
    /// The span.
    pub span: Span,
    /// What the file wants.
    pub wanted: Wanted,
    /// What differs, in the order of the file's keys; nothing if it runs as wanted.
    pub changes: Vec<Change>,
    /// Slots that somebody holds.
    pub claimed: Vec<u8>,
}

/// Compares two configurations by their keys.
#[must_use]
pub fn compare(now: &LineConfig, wanted: &LineConfig) -> Vec<Change> {
    let (now, wanted) = (
        fields(now).unwrap_or_default(),
        fields(wanted).unwrap_or_default(),
    );
    let value = |fields: &[(&'static str, String)], key: &str| {
        fields
            .iter()
            .find(|(field, _)| *field == key)
            .map_or_else(|| "-".to_owned(), |(_, value)| value.clone())
    };
    let gone = now
        .iter()
        .filter(|(key, _)| wanted.iter().all(|(other, _)| other != key));
    wanted
        .iter()
        .chain(gone)
        .map(|(field, _)| Change {
            field,
            now: value(&now, field),
            wanted: value(&wanted, field),
        })
        .filter(|change| change.now != change.wanted)
        .collect()
}

/// Opens all spans of the file and compares them.
///
/// # Errors
/// Every span that cannot be opened, with its place in the file.
pub fn plan(wanted: Vec<Wanted>) -> Result<Vec<Item>, Failure> {
    let mut items = Vec::new();
    let mut problems = Vec::new();
    for wanted in wanted {
        match Span::open(&wanted.address) {
            Ok(span) => items.push(Item {
                changes: compare(&span.config(), &wanted.config),
                claimed: claimed(&span),
                span,
                wanted,
            }),
            Err(error) => problems.push(Problem {
                place: Some(wanted.place),
                message: error.to_string(),
            }),
        }
    }
    if problems.is_empty() {
        Ok(items)
    } else {
        Err(Failure::all(problems))
    }
}

fn claimed(span: &Span) -> Vec<u8> {
    Slot::all()
        .filter(|slot| span.claim_of(*slot) != 0)
        .map(Slot::number)
        .collect()
}

impl Item {
    /// The span's part of the JSON result.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let changes: Vec<Value> = self
            .changes
            .iter()
            .map(|change| {
                json!({
                    "field": change.field,
                    "now": bare(&change.now),
                    "wanted": bare(&change.wanted),
                })
            })
            .collect();
        json!({
            "address": self.wanted.address.to_string(),
            "changes": changes,
            "claimed_slots": self.claimed,
        })
    }
}

/// A value as JSON: what the file writes is JSON too, but for a missing value.
pub(crate) fn bare(value: &str) -> Value {
    serde_json::from_str(value).unwrap_or(Value::Null)
}
