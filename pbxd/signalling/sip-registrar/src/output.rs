// SPDX-License-Identifier: MIT OR Apache-2.0
//! What comes out of a registrar.

use std::sync::Arc;

use crate::aor::Aor;
use crate::binding::Binding;

/// A change of the table, for storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Store this, in the place of the binding of the same id if there is one.
    Put(Arc<Binding>),
    /// Take the binding of this id away.
    Delete {
        /// The binding's id.
        id: u64,
    },
}

/// Why the state of a contact changed, in the words of RFC 3680 where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The contact is new (`registered`).
    Created,
    /// The contact was there (`refreshed`).
    Refreshed,
    /// Its owner took it away (`unregistered`).
    Unregistered,
    /// Its time ran out (`expired`).
    Expired,
    /// Another contact took its place (`unregistered`, says RFC 3680).
    Replaced,
    /// The operator took it away (`deactivated`).
    Deactivated,
    /// Its connection was lost (`deactivated`).
    FlowLost,
}

impl Cause {
    /// Whether the contact is there afterwards.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Created | Self::Refreshed)
    }
}

/// A change of the table, for watchers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Whose contact.
    pub aor: Aor,
    /// The contact as it is, or as it was when it went.
    pub binding: Arc<Binding>,
    /// What happened to it.
    pub cause: Cause,
    /// How many contacts the address has now.
    pub remaining: usize,
}

/// One output: a change, told to storage and to watchers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// For storage.
    pub change: Change,
    /// For watchers.
    pub event: Event,
}
