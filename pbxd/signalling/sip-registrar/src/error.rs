// SPDX-License-Identifier: MIT OR Apache-2.0
//! Errors.

/// Why a request is not a REGISTER that can be served. The answer is 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Another method, or a response.
    #[error("not a REGISTER request")]
    Method,
    /// A header that has to be there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A header that does not follow its grammar.
    #[error(transparent)]
    Header(#[from] sip_msg::HeaderError),
    /// The To header names nobody that can be registered.
    #[error("To: expected a sip, sips or tel URI with a user")]
    To,
    /// A contact that nobody could call.
    #[error("Contact: {0}")]
    Contact(&'static str),
    /// `*` with other contacts, or without `Expires: 0`.
    #[error("Contact: * stands alone and with Expires: 0")]
    Wildcard,
    /// More, or longer, than is stored.
    #[error("{what}: more than {limit}")]
    Bound {
        /// What there was too much of.
        what: &'static str,
        /// How much there may be.
        limit: usize,
    },
}

/// Why a configuration is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The expiry times are not in order.
    #[error("expiry: expected 0 < minimum <= default <= maximum")]
    Expiry,
    /// RFC 3261 does not let a registrar refuse an hour or more as too short.
    #[error("minimum expiry: expected at most 3600 s")]
    Minimum,
    /// A limit of zero.
    #[error("limits: {0} is zero")]
    Zero(&'static str),
}
