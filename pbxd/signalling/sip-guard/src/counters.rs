// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a guard has decided.

/// What a guard has decided. All of them only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests served.
    pub served: u64,
    /// Requests of sources that the access list denies.
    pub denied: u64,
    /// Requests of banned sources.
    pub banned: u64,
    /// Requests beyond the rate.
    pub limited: u64,
    /// Scanners' requests to be answered late.
    pub tarpitted: u64,
    /// Scanners' requests dropped.
    pub scanners_dropped: u64,
    /// Emergency calls let through in spite of all.
    pub emergencies: u64,
    /// Offences noted.
    pub offences: u64,
    /// Bans made.
    pub bans: u64,
    /// Bans that ended.
    pub releases: u64,
    /// Sources forgotten for want of room.
    pub sources_forgotten: u64,
    /// Bans forgotten for want of room.
    pub bans_forgotten: u64,
    /// Events that nobody took in time.
    pub events_lost: u64,
}
