// SPDX-License-Identifier: MIT OR Apache-2.0
//! Addresses of record in one spelling.

use core::fmt;
use std::sync::Arc;

use sip_msg::Uri;

/// An address of record in the one spelling under which it is stored: `user@host`, the user
/// without escapes, the host in lower case, without scheme, port and parameters; or a `tel:`
/// URI's number without visual separators.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Aor(pub(crate) Arc<str>);

impl Aor {
    /// The address of record that a URI means. `None` if it has no user part, or is neither
    /// `sip:`, `sips:` nor `tel:`.
    pub fn of(uri: &Uri) -> Option<Self> {
        match uri {
            Uri::Sip(sip) => {
                let user = sip.user_text()?;
                let host = sip.host.to_string().to_ascii_lowercase();
                Some(Self(format!("{user}@{host}").into()))
            }
            Uri::Tel(tel) => {
                let digits = tel.digits();
                (!digits.is_empty()).then(|| Self(digits.as_str().into()))
            }
            _ => None,
        }
    }

    /// One from storage, or from configuration that spells it the same way.
    pub fn from_stored(text: &str) -> Self {
        Self(text.into())
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Aor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_spellings_are_one_address() {
        let of = |text: &str| Aor::of(&Uri::parse(text).unwrap());
        let bob = of("sip:bob@Example.COM").unwrap();
        assert_eq!(bob.as_str(), "bob@example.com");
        for same in [
            "sips:bob@example.com",
            "sip:%62ob@example.com:5070;transport=tcp",
            "sip:bob:pw@example.com?x=y",
        ] {
            assert_eq!(of(same).as_ref(), Some(&bob), "{same}");
        }
        assert_ne!(of("sip:Bob@example.com").as_ref(), Some(&bob));
        assert_eq!(of("tel:+1-555-0100").unwrap().as_str(), "+15550100");
        assert_eq!(of("sip:example.com"), None);
        assert_eq!(of("mailto:bob@example.com"), None);
    }
}
