// SPDX-License-Identifier: MIT OR Apache-2.0
//! A table of fixed size whose least recently used entries go first.

use std::collections::BTreeMap;

use crate::source::Source;

#[derive(Debug)]
pub(crate) struct Table<T> {
    entries: BTreeMap<Source, (u64, T)>,
    order: BTreeMap<u64, Source>,
    clock: u64,
    limit: usize,
}

impl<T> Table<T> {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            entries: BTreeMap::new(),
            order: BTreeMap::new(),
            clock: 0,
            limit: limit.max(1),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// An entry, without making it more recent.
    pub(crate) fn peek(&self, source: Source) -> Option<&T> {
        self.entries.get(&source).map(|(_, entry)| entry)
    }

    /// An entry, made the most recent. `make` makes one if there is none; then the least
    /// recent of a full table is given back.
    pub(crate) fn touch(
        &mut self,
        source: Source,
        make: impl FnOnce() -> T,
    ) -> (&mut T, Option<(Source, T)>) {
        self.clock += 1;
        let clock = self.clock;
        let mut gone = None;
        match self.entries.get(&source) {
            Some((old, _)) => {
                self.order.remove(old);
            }
            None if self.entries.len() >= self.limit => {
                gone = self.order.pop_first().and_then(|(_, oldest)| {
                    self.entries
                        .remove(&oldest)
                        .map(|(_, entry)| (oldest, entry))
                });
            }
            None => {}
        }
        self.order.insert(clock, source);
        let (stamp, entry) = self
            .entries
            .entry(source)
            .or_insert_with(|| (clock, make()));
        *stamp = clock;
        (entry, gone)
    }

    pub(crate) fn remove(&mut self, source: Source) -> Option<T> {
        let (stamp, entry) = self.entries.remove(&source)?;
        self.order.remove(&stamp);
        Some(entry)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Source, &T)> {
        self.entries
            .iter()
            .map(|(source, (_, entry))| (*source, entry))
    }
}
