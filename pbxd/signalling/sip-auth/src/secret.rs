// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is known of a user's password.

use core::fmt;

use crate::algorithm::Algorithm;
use crate::error::SecretError;
use crate::hash::{Hex, joined};

/// What is known of a user's password in one realm: for each algorithm the digest of
/// `user:realm:password` (`HA1`), or nothing. The password itself is not kept. Whoever reads
/// an HA1 can log in with it: store it like a password.
#[derive(Clone, Default)]
pub struct Secret {
    ha1: [Option<Hex>; 3],
}

impl Secret {
    /// Nothing: no algorithm will do.
    pub const fn empty() -> Self {
        Self { ha1: [None; 3] }
    }

    /// From a password, for every algorithm.
    pub fn from_password(user: &str, realm: &str, password: &str) -> Self {
        let parts = [user.as_bytes(), realm.as_bytes(), password.as_bytes()];
        Self {
            ha1: Algorithm::ALL.map(|algorithm| Some(joined(algorithm, &parts))),
        }
    }

    /// The same with a stored HA1 in hexadecimal digits of either case.
    ///
    /// # Errors
    /// [`SecretError`] if it is not as long as the algorithm's digests, or not hexadecimal.
    pub fn with_ha1(mut self, algorithm: Algorithm, ha1: &str) -> Result<Self, SecretError> {
        let hex = Hex::parse(algorithm, ha1).ok_or(SecretError {
            algorithm,
            expected: algorithm.octets() * 2,
        })?;
        if let Some(place) = self.ha1.get_mut(algorithm.index()) {
            *place = Some(hex);
        }
        Ok(self)
    }

    /// The HA1 of an algorithm as lower-case hexadecimal digits, for storing.
    pub fn ha1(&self, algorithm: Algorithm) -> Option<String> {
        self.hex(algorithm).map(|hex| hex.to_string())
    }

    pub(crate) fn hex(&self, algorithm: Algorithm) -> Option<&Hex> {
        self.ha1.get(algorithm.index())?.as_ref()
    }
}

impl AsRef<Secret> for Secret {
    fn as_ref(&self) -> &Secret {
        self
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(
                Algorithm::ALL
                    .iter()
                    .filter(|a| self.hex(**a).is_some())
                    .map(|a| a.name()),
            )
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_digests_come_back_and_do_not_show() {
        let made = Secret::from_password("Mufasa", "http-auth@example.org", "Circle of Life");
        let mut stored = Secret::empty();
        for algorithm in Algorithm::ALL {
            let ha1 = made.ha1(algorithm).unwrap();
            assert_eq!(ha1.len(), algorithm.octets() * 2);
            stored = stored.with_ha1(algorithm, &ha1.to_uppercase()).unwrap();
            assert_eq!(stored.ha1(algorithm), Some(ha1.clone()));
            assert!(!format!("{made:?}").contains(&ha1));
        }
        assert!(Secret::empty().with_ha1(Algorithm::Md5, "00").is_err());
        assert!(
            Secret::empty()
                .with_ha1(Algorithm::Md5, &"g".repeat(32))
                .is_err()
        );
        assert_eq!(Secret::empty().ha1(Algorithm::Md5), None);
    }
}
