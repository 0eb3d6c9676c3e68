// SPDX-License-Identifier: MIT OR Apache-2.0
//! What happened, in numbers.

/// Counts since construction; none is ever reset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Datagrams handed in.
    pub received: u64,
    /// Datagrams given out, retransmissions included.
    pub sent: u64,
    /// Given out by a retransmission timer or for a repeated request.
    pub resent: u64,
    /// Datagrams that were no SIP message.
    pub malformed: u64,
    /// Messages without readable mandatory headers.
    pub invalid: u64,
    /// Repeated requests that their transaction absorbed.
    pub absorbed: u64,
    /// Responses that no transaction waits for.
    pub stray_responses: u64,
    /// ACKs that nothing waits for.
    pub stray_acks: u64,
    /// Messages that came in a transaction state which does not expect them.
    pub unexpected: u64,
    /// Requests answered by the endpoint itself with a refusal.
    pub refused: u64,
    /// INVITEs refused because of the bound on sessions, or while not accepting.
    pub refused_calls: u64,
    /// Requests answered without a transaction because of the bound on transactions.
    pub without_transaction: u64,
    /// Datagrams dropped because the owner had not taken the outputs.
    pub dropped: u64,
    /// Early dialogs or forked answers beyond their bound.
    pub forks_ignored: u64,
    /// Transactions that ended without an answer or an ACK.
    pub timeouts: u64,
}
