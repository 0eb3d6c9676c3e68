// SPDX-License-Identifier: MIT OR Apache-2.0
//! Digest authentication for SIP (RFC 3261, RFC 7616, RFC 8760), sans-IO, as server and
//! as client.
//!
//! * [`Authenticator`] is the server side of one realm: it writes challenges and judges
//!   requests. [`Authenticator::verify`] takes the time, the request and the values of its
//!   `Authorization` (or `Proxy-Authorization`) fields, and asks its caller for the user's
//!   [`Secret`].
//! * [`Client`] is the other side: it takes challenges and writes the fields of the next
//!   request.
//! * [`Challenge`] and [`Credentials`] read and write the header values, liberally:
//!   what [`parse_challenges`] and [`Credentials::parse`] accept is in their documentation.
//!
//! Nothing here reads a clock or draws random numbers. Time is a `Duration` since an epoch
//! of the caller's choice; it must not run back. Randomness is a seed from the operating
//! system given at construction: the same seed and the same inputs give the same outputs.
//!
//! # What a stranger can learn
//! The challenge depends on the configuration, the time and the nonces issued before, and
//! on nothing that the request said. A user who does not exist is verified against a secret
//! that nobody knows: the same digests are computed, over inputs of the same length, and
//! compared in constant time. What the caller does with the user's name (its look-up) is the
//! caller's to keep even.
//!
//! # What is remembered
//! A nonce that was only issued costs no memory: it is sealed under a key and proves its own
//! age. The counts used with it are remembered from its first good use on, in a table that is
//! bounded; a nonce that the table has dropped is stale, never fresh again.
//!
//! ACK and CANCEL cannot be challenged: see [`may_challenge`].

#![forbid(unsafe_code)]

mod algorithm;
mod challenge;
mod client;
mod config;
mod counters;
mod credentials;
mod error;
mod fields;
mod hash;
mod nonce;
mod prf;
mod qop;
mod replay;
mod request;
mod secret;
mod server;
mod uri;

pub use algorithm::Algorithm;
pub use challenge::{Challenge, parse_challenges};
pub use client::{Client, ClientConfig, Declined, Login, Target};
pub use config::{Config, UriPolicy};
pub use counters::Counters;
pub use credentials::Credentials;
pub use error::{ConfigError, ReadError, SecretError};
pub use qop::Qop;
pub use request::{Request, may_challenge};
pub use secret::Secret;
pub use server::{Accepted, Authenticator, Claim, Refusal, Verdict};

/// Octets of one header value that are looked at; a longer one is refused.
pub const MAX_FIELD: usize = 8_192;
/// Octets of one parameter's value.
pub const MAX_VALUE: usize = 1_024;
/// Parameters of one challenge or one set of credentials.
pub const MAX_PARAMS: usize = 32;
/// Challenges in one header value, and fields of a message that are looked at.
pub const MAX_CHALLENGES: usize = 16;
