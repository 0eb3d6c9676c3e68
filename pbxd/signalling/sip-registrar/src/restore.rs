// SPDX-License-Identifier: MIT OR Apache-2.0
//! Taking back what storage held.

use core::time::Duration;
use std::sync::Arc;

use crate::binding::Binding;
use crate::output::{Cause, Change, Event, Output};
use crate::registrar::Registrar;

/// What became of stored bindings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Restored {
    /// In the table again.
    pub restored: usize,
    /// Their time ran out while we were away. Storage is told to delete them.
    pub expired: usize,
    /// Beyond [`Limits::contacts`](crate::Limits::contacts). They stay in storage.
    pub refused: usize,
}

impl Registrar {
    /// Takes back what storage held, at start, before requests. Connections are gone; times,
    /// Call-IDs and CSeq numbers go on, so that an old request does not pass for a new one.
    /// Of two bindings with one id the later one holds. Take the outputs afterwards: they
    /// delete what has expired. Contacts restored cause none.
    pub fn restore(
        &mut self,
        now: Duration,
        bindings: impl IntoIterator<Item = Binding>,
    ) -> Restored {
        let mut result = Restored::default();
        for mut binding in bindings {
            self.next_id = self.next_id.max(binding.id);
            if binding.expires <= now {
                result.expired += 1;
                self.counters.expired += 1;
                let id = binding.id;
                self.tell_restored(Change::Delete { id }, Arc::new(binding));
                continue;
            }
            let new = self.table.get(binding.id).is_none();
            if new && self.table.len() >= self.config.limits.contacts {
                result.refused += 1;
                self.counters.table_full += 1;
                continue;
            }
            binding.flow.connection = None;
            // A clock that was set back must not make registrations endless.
            binding.expires = binding
                .expires
                .min(now.saturating_add(self.config.max_expires));
            binding.refreshed = binding.refreshed.min(now);
            self.table.put(Arc::new(binding));
            result.restored += usize::from(new);
        }
        result
    }

    fn tell_restored(&mut self, change: Change, binding: Arc<Binding>) {
        let event = Event {
            aor: binding.aor.clone(),
            remaining: self.table.count(&binding.aor),
            binding,
            cause: Cause::Expired,
        };
        self.push_output(Output { change, event });
    }
}
