// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an authenticator offers and takes.

use core::time::Duration;

use crate::algorithm::Algorithm;
use crate::error::ConfigError;
use crate::qop::Qop;

/// How the URI in the credentials must fit the Request-URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UriPolicy {
    /// Octet for octet.
    Exact,
    /// Equivalent by the rules of RFC 3261.
    Equivalent,
    /// The same user part (the dialled number), whatever the host: proxies on the way
    /// rewrite hosts, ports and parameters, and nobody but a thief the number.
    SameUser,
    /// Not compared.
    Any,
}

/// What an authenticator offers and takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The realm.
    pub realm: String,
    /// The algorithms on offer, the preferred one first: one challenge each. What is not
    /// listed is refused, however good the response.
    pub algorithms: Vec<Algorithm>,
    /// The qualities of protection on offer.
    pub qops: Vec<Qop>,
    /// Whether credentials without `qop` are taken, as clients of RFC 2069 send them. Each
    /// nonce then serves one request.
    pub without_qop: bool,
    /// How the URIs must fit.
    pub uri: UriPolicy,
    /// Whether a nonce serves only the address it was sent to. It keeps a thief out who sees
    /// one request, and makes telephones that change their address answer another challenge.
    pub bind_source: bool,
    /// How long a nonce serves.
    pub nonce_lifetime: Duration,
    /// How many nonces' counts are remembered. When there are more in use, the oldest become
    /// stale and their users are challenged once more.
    pub remembered_nonces: usize,
}

impl Config {
    /// SHA-256 and then MD5, `auth`, nonces for five minutes, 100,000 of them remembered.
    pub fn new(realm: &str) -> Self {
        Self {
            realm: realm.to_string(),
            algorithms: vec![Algorithm::Sha256, Algorithm::Md5],
            qops: vec![Qop::Auth],
            without_qop: true,
            uri: UriPolicy::SameUser,
            bind_source: false,
            nonce_lifetime: Duration::from_secs(300),
            remembered_nonces: 100_000,
        }
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let letters = self.realm.chars().count();
        if !(1..=128).contains(&letters) || self.realm.chars().any(char::is_control) {
            return Err(ConfigError::Realm);
        }
        if self.algorithms.is_empty() {
            return Err(ConfigError::NoAlgorithm);
        }
        for (index, algorithm) in self.algorithms.iter().enumerate() {
            if self
                .algorithms
                .iter()
                .skip(index + 1)
                .any(|a| a == algorithm)
            {
                return Err(ConfigError::AlgorithmTwice(*algorithm));
            }
        }
        if self.qops.is_empty() {
            return Err(ConfigError::NoQop);
        }
        if self.nonce_lifetime.is_zero() {
            return Err(ConfigError::Zero("nonce_lifetime"));
        }
        if self.remembered_nonces == 0 {
            return Err(ConfigError::Zero("remembered_nonces"));
        }
        Ok(())
    }
}
