// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why the owner's wish cannot be done.

/// What was wrong with a call into the endpoint. Nothing has been sent or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The session is not there (any more).
    #[error("no such session")]
    NoSession,
    /// The session's state does not allow it now.
    #[error("not in this state: {0}")]
    State(&'static str),
    /// A bound is reached.
    #[error("bound reached: {0}")]
    Full(&'static str),
    /// The endpoint is draining.
    #[error("not accepting calls")]
    NotAccepting,
    /// A status code that does not fit the call.
    #[error("status {0} does not fit here")]
    Status(u16),
    /// A header that the endpoint writes itself.
    #[error("header {0} is written by the endpoint")]
    Header(String),
}
