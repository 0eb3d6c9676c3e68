// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an endpoint is told at construction.

use core::time::Duration;

use sip_msg::{Host, Limits};

/// Timers of RFC 3261 as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// Estimate of the round-trip time; 500 ms.
    pub t1: Duration,
    /// Longest interval between retransmissions of non-INVITE requests and of INVITE
    /// responses; 4 s.
    pub t2: Duration,
    /// How long a message may stay in the network; 5 s.
    pub t4: Duration,
    /// Timer D, how long a refused INVITE's responses are still acknowledged on UDP; 32 s.
    pub d: Duration,
    /// How often a provisional response is repeated while the call rings, so that
    /// proxies do not give up; 60 s.
    pub refresh: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
            d: Duration::from_secs(32),
            refresh: Duration::from_secs(60),
        }
    }
}

impl Timers {
    /// 64 · T1: timers B, F, H, J, L and M.
    pub fn timeout(&self) -> Duration {
        self.t1.saturating_mul(64)
    }

    /// No interval may be nothing, or a timer would fire for ever at one instant.
    pub(crate) fn checked(mut self) -> Self {
        let least = Duration::from_millis(1);
        for timer in [
            &mut self.t1,
            &mut self.t2,
            &mut self.t4,
            &mut self.d,
            &mut self.refresh,
        ] {
            *timer = (*timer).max(least);
        }
        self
    }
}

/// Bounds on what peers and the owner can make an endpoint hold. Each has a counter in
/// [`Counters`](crate::Counters).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Sessions, ringing and ending ones included; 2,000. Beyond, an INVITE is answered
    /// 503 with Retry-After, and [`Endpoint::invite`](crate::Endpoint::invite) fails.
    pub sessions: usize,
    /// Transactions; 20,000. Beyond, requests are answered without one.
    pub transactions: usize,
    /// Outputs not yet taken; 20,000. While there are more, datagrams are dropped and
    /// timers wait.
    pub outputs: usize,
    /// Early dialogs of one outgoing call, and answers of one forked INVITE; 16.
    pub early_dialogs: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            sessions: 2_000,
            transactions: 20_000,
            outputs: 20_000,
            early_dialogs: 16,
        }
    }
}

/// The address that peers are told, where it is not the socket's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advertised {
    /// Host in Via and Contact.
    pub host: Host,
    /// Port in Via and Contact.
    pub port: Option<u16>,
}

/// An endpoint's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Timers.
    pub timers: Timers,
    /// Bounds.
    pub bounds: Bounds,
    /// Limits of one message.
    pub limits: Limits,
    /// What User-Agent and Server say; empty leaves them out.
    pub product: String,
    /// User part of our Contact; by default there is none.
    pub contact_user: Option<String>,
    /// Address in Via and Contact; by default that of the local socket.
    pub advertised: Option<Advertised>,
    /// Media types (`type/subtype`) accepted as the body of an INVITE. Multipart bodies
    /// are always accepted, since the owner can look for its part in them.
    pub accept: Vec<String>,
    /// Seconds in Retry-After when calls are refused for want of room.
    pub retry_after: u32,
    /// How often a re-INVITE that met another is sent again before it is given up.
    pub glare_attempts: u8,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            timers: Timers::default(),
            bounds: Bounds::default(),
            limits: Limits::default(),
            product: "Tandem".to_string(),
            contact_user: None,
            advertised: None,
            accept: vec!["application/sdp".to_string()],
            retry_after: 5,
            glare_attempts: 4,
        }
    }
}
