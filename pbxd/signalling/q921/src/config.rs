// SPDX-License-Identifier: MIT OR Apache-2.0
//! What one link is told when it is made: every system parameter is data.

use core::time::Duration;

/// Which side of the interface we are; it decides the sense of the command/response bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The exchange.
    Network,
    /// The customer's equipment.
    User,
}

impl Side {
    /// The C/R bit of a command that this side sends.
    pub const fn command_bit(self) -> bool {
        matches!(self, Side::Network)
    }

    /// The other side.
    #[must_use]
    pub const fn peer(self) -> Side {
        match self {
            Side::Network => Side::User,
            Side::User => Side::Network,
        }
    }
}

/// Who keeps the link up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// The link establishes itself whenever layer 1 is up, and tries again this long after every
    /// failure or release by the peer. This is what a primary-rate D channel wants.
    KeepUp {
        /// Pause between a failure and the next attempt.
        pause: Duration,
    },
    /// Only layer 3's requests establish the link.
    OnRequest,
}

/// The parameters of one data link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Our side.
    pub side: Side,
    /// Service access point, 0 to 63.
    pub sapi: u8,
    /// Terminal endpoint, 0 to 126.
    pub tei: u8,
    /// Window k: I frames outstanding, 1 to 127.
    pub k: u8,
    /// T200: how long an acknowledgement may take.
    pub t200: Duration,
    /// T203: how long the link may be silent before it is asked.
    pub t203: Duration,
    /// N200: how often a frame is retransmitted.
    pub n200: u32,
    /// N201: octets of an information field at most.
    pub n201: usize,
    /// I frames waiting for the window at most; more are refused and counted.
    pub queue: usize,
    /// Who keeps the link up.
    pub persistence: Persistence,
    /// Whether layer 3 hears of every re-establishment. `false` is the letter of the standard, which
    /// is silent when no I frame of ours was outstanding; `true` lets layer 3 check its calls also
    /// when the peer has started afresh.
    pub report_every_reset: bool,
}

impl Config {
    /// The values of a primary-rate D channel: SAPI 0, TEI 0, k 7, T200 1 s, T203 10 s, N200 3,
    /// N201 260, the link kept up.
    pub const fn pri(side: Side) -> Self {
        Config {
            side,
            sapi: 0,
            tei: 0,
            k: 7,
            t200: Duration::from_secs(1),
            t203: Duration::from_secs(10),
            n200: 3,
            n201: 260,
            queue: 256,
            persistence: Persistence::KeepUp {
                pause: Duration::from_secs(1),
            },
            report_every_reset: true,
        }
    }

    /// The window within its legal range.
    pub(crate) fn window(&self) -> usize {
        usize::from(self.k.clamp(1, 127))
    }
}
