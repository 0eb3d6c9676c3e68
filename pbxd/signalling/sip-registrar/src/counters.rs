// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a registrar has seen.

/// What a registrar has seen. All of them only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests answered 200.
    pub served: u64,
    /// Of those, such as asked only what is registered.
    pub queries: u64,
    /// Contacts added.
    pub created: u64,
    /// Contacts refreshed.
    pub refreshed: u64,
    /// Contacts taken away by their owner.
    pub unregistered: u64,
    /// Contacts that another took the place of.
    pub replaced: u64,
    /// Contacts whose time ran out.
    pub expired: u64,
    /// Contacts taken away by the operator.
    pub deactivated: u64,
    /// Contacts whose connection was lost.
    pub flows_lost: u64,
    /// Requests for too short a time: 423.
    pub too_brief: u64,
    /// Requests older than what they would change: 500.
    pub out_of_order: u64,
    /// Requests that require what we do not have: 420.
    pub bad_extension: u64,
    /// Outbound asked for through a first hop that lacks it: 439.
    pub first_hop_lacks_outbound: u64,
    /// Outbound asked for with several contacts at once: 400.
    pub several_with_flow: u64,
    /// Requests beyond [`Limits::contacts_per_aor`](crate::Limits::contacts_per_aor): 403.
    pub too_many_contacts: u64,
    /// Requests beyond [`Limits::contacts`](crate::Limits::contacts): 503.
    pub table_full: u64,
    /// Requests while outputs were not taken: 503.
    pub congested: u64,
}
