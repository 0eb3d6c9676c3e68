// SPDX-License-Identifier: MIT OR Apache-2.0
//! The hash algorithms.

use core::fmt;

/// A digest algorithm of RFC 8760.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// MD5, which every telephone has and nobody should choose.
    Md5,
    /// SHA-256.
    Sha256,
    /// SHA-512/256, written `SHA-512-256`. It is not a truncated SHA-512: its initial
    /// values are its own.
    Sha512_256,
}

/// What follows an algorithm's name when its first part is bound to the session.
const SESSION: &str = "-sess";

impl Algorithm {
    /// All of them, the weakest first.
    pub const ALL: [Self; 3] = [Self::Md5, Self::Sha256, Self::Sha512_256];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
            Self::Sha512_256 => "SHA-512-256",
        }
    }

    /// Octets of a digest.
    pub const fn octets(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha256 | Self::Sha512_256 => 32,
        }
    }

    /// Reads a name in any case, and whether it is the `-sess` variant.
    pub fn parse(text: &str) -> Option<(Self, bool)> {
        let base = text
            .len()
            .checked_sub(SESSION.len())
            .and_then(|at| text.split_at_checked(at))
            .filter(|(_, end)| end.eq_ignore_ascii_case(SESSION));
        let (name, session) = match base {
            Some((name, _)) => (name, true),
            None => (text, false),
        };
        Self::ALL
            .into_iter()
            .find(|a| a.name().eq_ignore_ascii_case(name))
            .map(|a| (a, session))
    }

    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Md5 => 0,
            Self::Sha256 => 1,
            Self::Sha512_256 => 2,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case_and_with_the_session_variant() {
        assert_eq!(Algorithm::parse("md5"), Some((Algorithm::Md5, false)));
        assert_eq!(
            Algorithm::parse("SHA-256-SESS"),
            Some((Algorithm::Sha256, true))
        );
        assert_eq!(
            Algorithm::parse("SHA-512-256"),
            Some((Algorithm::Sha512_256, false))
        );
        for other in ["", "-sess", "SHA-512", "MD5-", "SHA1", "ü-sess", "éééé"] {
            assert_eq!(Algorithm::parse(other), None, "{other}");
        }
    }
}
