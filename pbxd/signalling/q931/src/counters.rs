// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an interface counts. All counters only grow.

/// Counters of one interface since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Messages handed to the data link.
    pub messages_sent: u64,
    /// Messages the data link brought, good or bad.
    pub messages_received: u64,
    /// Calls begun by us.
    pub calls_out: u64,
    /// Calls begun by the peer and told of.
    pub calls_in: u64,
    /// Calls of the peer refused by the machine itself.
    pub calls_refused: u64,
    /// Calls that reached the active state.
    pub calls_active: u64,
    /// Collisions: both sides chose the same channel at once.
    pub collisions: u64,
    /// Octets that are no message (too short, bad call reference).
    pub not_a_message: u64,
    /// Messages of another protocol.
    pub other_protocol: u64,
    /// Messages with the dummy call reference, which serve no basic call.
    pub dummy_reference: u64,
    /// Messages for a call that does not exist.
    pub unknown_call: u64,
    /// Second SETUPs for a call that exists, or SETUPs with the flag of our own calls.
    pub repeated_setup: u64,
    /// Messages of a type that is unknown or not implemented.
    pub unknown_message: u64,
    /// Messages that do not fit the state of their call.
    pub unexpected_message: u64,
    /// Messages that crossed our clearing and were ignored.
    pub crossed_clearing: u64,
    /// Messages with a mandatory element missing, or one that had to be comprehended unknown.
    pub mandatory_missing: u64,
    /// Messages with a mandatory element that does not follow its coding.
    pub mandatory_invalid: u64,
    /// Optional elements unknown or invalid.
    pub harmless_faults: u64,
    /// Messages with the global call reference that may not have it.
    pub bad_global: u64,
    /// Timers expired that mean trouble (all but T302).
    pub timers_expired: u64,
    /// Calls lost with the data link.
    pub lost_with_link: u64,
    /// Active calls that survived a loss of the data link.
    pub survived_link: u64,
    /// RESTART messages sent.
    pub restarts_sent: u64,
    /// RESTART messages received.
    pub restarts_received: u64,
    /// RESTART ACKNOWLEDGEs for channels that wait for none.
    pub late_acknowledgements: u64,
    /// Channels whose RESTART went unanswered.
    pub restarts_failed: u64,
    /// STATUS messages received.
    pub status_received: u64,
    /// STATUS messages sent because of a fault.
    pub status_sent: u64,
    /// Requests refused because they did not fit the state of their call.
    pub illegal_requests: u64,
    /// Transitions that the state table does not have; any is a defect of this crate.
    pub illegal_transitions: u64,
    /// Messages dropped because the caller did not drain the outputs.
    pub outputs_full: u64,
}
