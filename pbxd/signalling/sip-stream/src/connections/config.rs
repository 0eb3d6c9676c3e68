// SPDX-License-Identifier: MIT OR Apache-2.0
//! How many connections there may be, and how long.

use core::time::Duration;

/// How many connections there may be, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Incoming connections of one source ([`Prefix`](crate::Prefix)). An office behind one
    /// address needs one for each telephone.
    pub per_source: usize,
    /// Connections in all.
    pub total: usize,
    /// For TCP, TLS and WebSocket to be established.
    pub handshake: Duration,
    /// For an incoming connection's first message, once it is established.
    pub silence: Duration,
    /// For a connection that nothing holds, since it was last used.
    pub idle: Duration,
}

impl Default for Config {
    /// 200 a source, 20,000 in all; 10 s to shake hands, 30 s to say something, 10 minutes of
    /// idleness.
    fn default() -> Self {
        Self {
            per_source: 200,
            total: 20_000,
            handshake: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            idle: Duration::from_secs(600),
        }
    }
}

/// Why a configuration is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is zero")]
pub struct ConfigError(pub &'static str);

impl Config {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (name, zero) in [
            ("per_source", self.per_source == 0),
            ("total", self.total == 0),
            ("handshake", self.handshake.is_zero()),
            ("silence", self.silence.is_zero()),
            ("idle", self.idle.is_zero()),
        ] {
            if zero {
                return Err(ConfigError(name));
            }
        }
        Ok(())
    }
}
