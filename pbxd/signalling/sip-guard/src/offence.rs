// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a source can do wrong.

use core::fmt;

/// What a source did wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Offence {
    /// A wrong password for a user who exists.
    WrongPassword,
    /// A user who does not exist.
    UnknownUser,
    /// Different users one after the other, without success. The guard finds this itself.
    Enumeration,
    /// Something that is not SIP.
    Malformed,
    /// A call to where its caller may not call.
    Forbidden,
    /// More than the rate. The guard finds this itself.
    Rate,
    /// A scanner's signature. The guard finds this itself.
    Scanner,
}

impl Offence {
    /// A name for logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong-password",
            Self::UnknownUser => "unknown-user",
            Self::Enumeration => "enumeration",
            Self::Malformed => "malformed",
            Self::Forbidden => "forbidden",
            Self::Rate => "rate",
            Self::Scanner => "scanner",
        }
    }
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether the source can have been forged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// No: it came over a connection, or used a nonce that was sent to it.
    Proven,
    /// It may be.
    Unproven,
}
