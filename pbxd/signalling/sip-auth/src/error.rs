// SPDX-License-Identifier: MIT OR Apache-2.0
//! Errors.

use crate::algorithm::Algorithm;

/// Why a header value cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Longer than [`MAX_FIELD`](crate::MAX_FIELD).
    #[error("header value of {0} octets")]
    TooLong(usize),
    /// More than [`MAX_CHALLENGES`](crate::MAX_CHALLENGES) schemes.
    #[error("too many challenges")]
    TooManyChallenges,
    /// More than [`MAX_PARAMS`](crate::MAX_PARAMS) parameters.
    #[error("too many parameters")]
    TooManyParams,
    /// A value longer than [`MAX_VALUE`](crate::MAX_VALUE).
    #[error("value too long at octet {at}")]
    ValueTooLong {
        /// Where it starts.
        at: usize,
    },
    /// Something else than a parameter or a scheme.
    #[error("at octet {at}: expected {expected}")]
    Expected {
        /// Where.
        at: usize,
        /// What should have been there.
        expected: &'static str,
    },
    /// The same parameter twice: two readers could take different ones.
    #[error("parameter {0} twice")]
    Duplicate(String),
    /// A parameter that has to be there.
    #[error("parameter {0} is missing")]
    Missing(&'static str),
    /// A parameter's value.
    #[error("parameter {name}: expected {expected}")]
    BadValue {
        /// The parameter.
        name: &'static str,
        /// What should have been there.
        expected: &'static str,
    },
    /// Another scheme than Digest.
    #[error("not the Digest scheme")]
    NotDigest,
}

/// Why an authenticator's configuration is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No algorithm is offered.
    #[error("no algorithm")]
    NoAlgorithm,
    /// An algorithm is offered twice.
    #[error("algorithm {0} twice")]
    AlgorithmTwice(Algorithm),
    /// No quality of protection is offered.
    #[error("no quality of protection")]
    NoQop,
    /// A realm that cannot stand in a header.
    #[error("realm: expected 1 to 128 printable characters")]
    Realm,
    /// No time or no memory for nonces.
    #[error("{0} is zero")]
    Zero(&'static str),
}

/// Why a stored secret cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{algorithm}: expected {expected} hexadecimal digits")]
pub struct SecretError {
    /// Whose secret it was to be.
    pub algorithm: Algorithm,
    /// How many digits it has.
    pub expected: usize,
}
