// SPDX-License-Identifier: MIT OR Apache-2.0
//! The table of bindings and its indices.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::aor::Aor;
use crate::binding::Binding;

#[derive(Debug, Default)]
pub(crate) struct Table {
    bindings: BTreeMap<u64, Arc<Binding>>,
    of: BTreeMap<Aor, Vec<u64>>,
    expiry: BTreeSet<(Duration, u64)>,
    connections: BTreeSet<(u64, u64)>,
}

impl Table {
    pub(crate) fn len(&self) -> usize {
        self.bindings.len()
    }

    pub(crate) fn addresses(&self) -> usize {
        self.of.len()
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Arc<Binding>> {
        self.bindings.get(&id)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Binding>> {
        self.bindings.values()
    }

    /// The bindings of an address, in the order they were added.
    pub(crate) fn of(&self, aor: &Aor) -> impl Iterator<Item = &Arc<Binding>> {
        self.of
            .get(aor)
            .into_iter()
            .flatten()
            .filter_map(|id| self.bindings.get(id))
    }

    pub(crate) fn count(&self, aor: &Aor) -> usize {
        self.of.get(aor).map_or(0, Vec::len)
    }

    /// Puts a binding in, in the place of that of its id.
    pub(crate) fn put(&mut self, binding: Arc<Binding>) {
        self.remove(binding.id);
        self.expiry.insert((binding.expires, binding.id));
        if let Some(connection) = binding.flow.connection {
            self.connections.insert((connection, binding.id));
        }
        let ids = self.of.entry(binding.aor.clone()).or_default();
        let at = ids.partition_point(|id| *id < binding.id);
        ids.insert(at, binding.id);
        self.bindings.insert(binding.id, binding);
    }

    pub(crate) fn remove(&mut self, id: u64) -> Option<Arc<Binding>> {
        let binding = self.bindings.remove(&id)?;
        self.expiry.remove(&(binding.expires, id));
        if let Some(connection) = binding.flow.connection {
            self.connections.remove(&(connection, id));
        }
        if let Some(ids) = self.of.get_mut(&binding.aor) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.of.remove(&binding.aor);
            }
        }
        Some(binding)
    }

    pub(crate) fn next_expiry(&self) -> Option<Duration> {
        self.expiry.first().map(|(at, _)| *at)
    }

    pub(crate) fn due(&self, now: Duration) -> Option<u64> {
        self.expiry
            .first()
            .filter(|(at, _)| *at <= now)
            .map(|(_, id)| *id)
    }

    pub(crate) fn on_connection(&self, connection: u64) -> Vec<u64> {
        self.connections
            .range((connection, 0)..=(connection, u64::MAX))
            .map(|(_, id)| *id)
            .collect()
    }
}
