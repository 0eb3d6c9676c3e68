// SPDX-License-Identifier: MIT OR Apache-2.0
//! What this host can do.

use core::time::Duration;

use crate::target::Transport;

/// Which addresses are used, and which come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Both, IPv6 first, by turns (as RFC 8305 does).
    V6First,
    /// Both, IPv4 first, by turns.
    V4First,
    /// IPv4 only.
    V4Only,
    /// IPv6 only.
    V6Only,
}

/// What this host can do, and how much it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The transports we have, in the order we prefer them where the far end does not say.
    pub transports: Vec<Transport>,
    /// Addresses.
    pub family: Family,
    /// How long to wait for answers in all. Then those that are there have to do.
    pub patience: Duration,
    /// Questions for one resolution.
    pub questions: usize,
    /// NAPTR records, SRV records and addresses looked at in one answer.
    pub records: usize,
    /// Targets in all.
    pub targets: usize,
}

impl Default for Config {
    /// UDP, TCP, TLS in RFC 3263's order of last resort; IPv6 first; 5 s; 32 questions, 32
    /// records an answer, 64 targets.
    fn default() -> Self {
        Self {
            transports: vec![Transport::Udp, Transport::Tcp, Transport::Tls],
            family: Family::V6First,
            patience: Duration::from_secs(5),
            questions: 32,
            records: 32,
            targets: 64,
        }
    }
}

impl Config {
    pub(crate) fn has(&self, transport: Transport) -> bool {
        self.transports.contains(&transport)
    }
}
