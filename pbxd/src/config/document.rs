// SPDX-License-Identifier: MIT OR Apache-2.0
//! The TOML document: its sections are taken out one by one, and all that is wrong with each is noted.

use super::Diagnostic;
use core::ops::Range;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The sections there are, as written in the file.
const SECTIONS: &[&str] = &[
    "node",
    "span",
    "trunk_group",
    "sip",
    "sip_peer",
    "route",
    "calls",
    "causes",
    "cdr",
    "log",
];

/// Sections that may stand several times.
const LISTS: &[&str] = &["span", "trunk_group", "sip_peer", "route"];

pub(super) struct Document<'a> {
    text: &'a str,
    file: &'a str,
    root: DeTable<'a>,
    /// With the octet each is about.
    found: Vec<(usize, Diagnostic)>,
}

/// One section that was read, or the part of it that could be.
pub(super) struct Entry<T> {
    /// Its name, also when the rest could not be read, so that references to it are not wrong as well.
    pub(super) name: Option<String>,
    /// Where it stands.
    pub(super) at: Range<usize>,
    pub(super) value: Option<T>,
}

impl<'a> Document<'a> {
    pub(super) fn parse(text: &'a str, file: &'a str) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut document = Self {
            text,
            file,
            root: root.into_inner(),
            found: Vec::new(),
        };
        for error in errors {
            document.error(error.span().unwrap_or(0..0), error.message());
        }
        let unknown: Vec<(Range<usize>, String)> = document
            .root
            .iter()
            .filter(|(key, _)| !SECTIONS.contains(&key.get_ref().as_ref()))
            .map(|(key, _)| (key.span(), key.get_ref().to_string()))
            .collect();
        for (at, name) in unknown {
            document.error(
                at,
                format!(
                    "unknown section {name:?}, expected one of {}",
                    SECTIONS.join(", ")
                ),
            );
        }
        document
    }

    pub(super) fn error(&mut self, at: Range<usize>, message: impl Into<String>) {
        self.found.push((
            at.start,
            Diagnostic::at(self.file, self.text, at.start, message.into()),
        ));
    }

    /// Notes what is wrong with a value that was read.
    pub(super) fn error_at<T>(&mut self, value: &Spanned<T>, message: impl Into<String>) {
        self.error(value.span(), message);
    }

    /// The end: what is wrong, in the order of the file.
    pub(super) fn finish(mut self) -> Result<(), Vec<Diagnostic>> {
        if self.found.is_empty() {
            return Ok(());
        }
        self.found.sort_by_key(|(at, _)| *at);
        let mut diagnostics: Vec<Diagnostic> = self
            .found
            .into_iter()
            .map(|(_, diagnostic)| diagnostic)
            .collect();
        diagnostics.dedup();
        Err(diagnostics)
    }

    /// Whether the section is there.
    pub(super) fn has(&self, section: &str) -> bool {
        self.root.contains_key(section)
    }

    /// A section that may stand once; one that is missing is read as an empty one.
    pub(super) fn section<T: DeserializeOwned>(&mut self, section: &str) -> Entry<T> {
        match self.root.remove(section) {
            None => self.entry(section, Spanned::new(0..0, DeValue::Table(DeTable::new()))),
            Some(value) => self.entry(section, value),
        }
    }

    /// A section that may stand several times.
    pub(super) fn list<T: DeserializeOwned>(&mut self, section: &str) -> Vec<Entry<T>> {
        let Some(value) = self.root.remove(section) else {
            return Vec::new();
        };
        let at = value.span();
        match value.into_inner() {
            DeValue::Array(entries) => entries
                .into_iter()
                .map(|entry| self.entry(section, entry))
                .collect(),
            other => {
                let message = format!(
                    "found {} {section}, expected [[{section}]]",
                    other.type_str()
                );
                self.error(at, message);
                Vec::new()
            }
        }
    }

    fn entry<T: DeserializeOwned>(
        &mut self,
        section: &str,
        value: Spanned<DeValue<'a>>,
    ) -> Entry<T> {
        let at = value.span();
        let DeValue::Table(table) = value.into_inner() else {
            let brackets = if LISTS.contains(&section) {
                format!("[[{section}]]")
            } else {
                format!("[{section}]")
            };
            self.error(at.clone(), format!("expected a section {brackets}"));
            return Entry {
                name: None,
                at,
                value: None,
            };
        };
        let name = table
            .get("name")
            .and_then(|name| name.get_ref().as_str())
            .map(str::to_owned);
        let value = self.table(section, table, &at);
        Entry { name, at, value }
    }

    /// Reads a table; a key with an error is taken out and the rest read again, so that all errors show.
    fn table<T: DeserializeOwned>(
        &mut self,
        section: &str,
        mut table: DeTable<'a>,
        at: &Range<usize>,
    ) -> Option<T> {
        let mut removed = BTreeSet::new();
        loop {
            let value = Spanned::new(at.clone(), DeValue::Table(table.clone()));
            let error = match T::deserialize(toml::de::ValueDeserializer::from(value)) {
                Ok(value) => return removed.is_empty().then_some(value),
                Err(error) => error,
            };
            let message = error.message().trim_end();
            if removed
                .iter()
                .any(|key| message.contains(&format!("missing field `{key}`")))
            {
                return None;
            }
            let place = error.span().unwrap_or(at.clone());
            let message = match message.strip_prefix("wanted ") {
                Some(wanted) => {
                    let found = self.text.get(place.clone()).unwrap_or_default();
                    format!(
                        "in {section}: found `{}`, expected {wanted}",
                        found.lines().next().unwrap_or_default()
                    )
                }
                None => format!("in {section}: {message}"),
            };
            self.error(place.clone(), message);
            let within = |part: Range<usize>| {
                part.start <= place.start && place.start < part.end.max(part.start + 1)
            };
            let key = table
                .iter()
                .find(|(key, value)| within(key.span()) || within(value.span()))
                .map(|(key, _)| key.get_ref().to_string())?;
            table.remove(key.as_str());
            removed.insert(key);
        }
    }
}

/// A default for a field that has a place in the file or none.
pub(super) fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(0..0, value)
}
