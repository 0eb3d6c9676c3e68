// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a registrar grants, and how much of it.

use core::time::Duration;

use crate::error::ConfigError;

/// What becomes of a contact more than [`Limits::contacts_per_aor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// The request is answered 403 and nothing changes.
    Refuse,
    /// The contact that was refreshed longest ago goes.
    ReplaceOldest,
}

/// How much is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Contacts of one address of record.
    pub contacts_per_aor: usize,
    /// Contacts in all.
    pub contacts: usize,
    /// Contacts in one request.
    pub contacts_per_request: usize,
    /// Octets of one contact's URI.
    pub contact_octets: usize,
    /// Values of Path.
    pub path_hops: usize,
    /// Octets of all values of Path together.
    pub path_octets: usize,
    /// Octets of a Call-ID, of an instance, and (cut off there) of a User-Agent.
    pub text_octets: usize,
    /// Outputs not yet taken; beyond, requests are answered 503.
    pub outputs: usize,
}

impl Default for Limits {
    /// 10 contacts an address, 1,000,000 in all.
    fn default() -> Self {
        Self {
            contacts_per_aor: 10,
            contacts: 1_000_000,
            contacts_per_request: 16,
            contact_octets: 1_024,
            path_hops: 8,
            path_octets: 2_048,
            text_octets: 256,
            outputs: 20_000,
        }
    }
}

/// What a registrar grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The shortest registration; a shorter wish is answered 423. At most 3,600 s.
    pub min_expires: Duration,
    /// Granted where the request names no time.
    pub default_expires: Duration,
    /// The longest registration; a longer wish is granted this.
    pub max_expires: Duration,
    /// What becomes of a contact too many.
    pub overflow: Overflow,
    /// Whether a contact with an instance but without outbound takes the place of the
    /// instance's other contacts: a telephone that came back under another address then
    /// leaves no ghost.
    pub replace_same_instance: bool,
    /// Values of Service-Route (RFC 3608) to put into responses.
    pub service_route: Vec<String>,
    /// Flow-Timer (RFC 5626) to put into the responses to outbound registrations.
    pub flow_timer: Option<Duration>,
    /// How much is stored.
    pub limits: Limits,
}

impl Default for Config {
    /// From 60 s to 2 h, an hour where nothing is asked for.
    fn default() -> Self {
        Self {
            min_expires: Duration::from_secs(60),
            default_expires: Duration::from_secs(3_600),
            max_expires: Duration::from_secs(7_200),
            overflow: Overflow::Refuse,
            replace_same_instance: true,
            service_route: Vec::new(),
            flow_timer: None,
            limits: Limits::default(),
        }
    }
}

impl Config {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let (min, default, max) = (self.min_expires, self.default_expires, self.max_expires);
        if min < Duration::from_secs(1) || default < min || max < default {
            return Err(ConfigError::Expiry);
        }
        if min > Duration::from_secs(3_600) {
            return Err(ConfigError::Minimum);
        }
        let limits = &self.limits;
        for (name, value) in [
            ("contacts_per_aor", limits.contacts_per_aor),
            ("contacts", limits.contacts),
            ("contacts_per_request", limits.contacts_per_request),
            ("outputs", limits.outputs),
        ] {
            if value == 0 {
                return Err(ConfigError::Zero(name));
            }
        }
        Ok(())
    }
}
