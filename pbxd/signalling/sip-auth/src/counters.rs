// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an authenticator has seen.

/// What an authenticator has seen. All of them only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests with good credentials.
    pub accepted: u64,
    /// Requests without credentials for the realm.
    pub no_credentials: u64,
    /// Credentials of users whom nobody knows.
    pub unknown_user: u64,
    /// Wrong responses.
    pub wrong_response: u64,
    /// Right responses to nonces that had grown too old.
    pub stale: u64,
    /// Right responses to nonces that are not ours, or no longer.
    pub foreign_nonce: u64,
    /// Right responses whose count had been used.
    pub replayed: u64,
    /// Algorithms that are not on offer.
    pub algorithm: u64,
    /// Qualities of protection that are not on offer.
    pub qop: u64,
    /// URIs that do not fit the request.
    pub uri: u64,
    /// Fields that cannot be read.
    pub malformed: u64,
    /// Nonces issued.
    pub nonces: u64,
    /// Nonces that fell out of the table while they were in use.
    pub dropped_nonces: u64,
    /// Responses computed to judge requests: one for each that was judged by its response,
    /// whether its user exists or not.
    pub responses_computed: u64,
}
