// SPDX-License-Identifier: MIT OR Apache-2.0
//! `WWW-Authenticate` and `Proxy-Authenticate`.

use core::fmt;

use crate::algorithm::Algorithm;
use crate::error::ReadError;
use crate::fields::{Scheme, quoted, read};
use crate::qop::Qop;

/// One Digest challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The realm.
    pub realm: String,
    /// The server's nonce.
    pub nonce: String,
    /// To be given back as it came.
    pub opaque: Option<String>,
    /// The nonce was too old, the password was right.
    pub stale: bool,
    /// The algorithm; `None` if it is one that we do not know.
    pub algorithm: Option<Algorithm>,
    /// The algorithm's `-sess` variant.
    pub session: bool,
    /// Whether the challenge names its algorithm; without, it is MD5.
    pub named: bool,
    /// The qualities of protection that we know, in the challenge's order; `None` if the
    /// challenge has no `qop` at all (RFC 2069).
    pub qops: Option<Vec<Qop>>,
}

impl Challenge {
    fn from_scheme(scheme: &Scheme) -> Result<Self, ReadError> {
        let named = scheme.value("algorithm").filter(|a| !a.is_empty());
        let algorithm = named.map_or(Some((Algorithm::Md5, false)), Algorithm::parse);
        Ok(Self {
            realm: scheme.required("realm")?.to_string(),
            nonce: scheme.required("nonce")?.to_string(),
            opaque: scheme.value("opaque").map(str::to_string),
            stale: scheme
                .value("stale")
                .is_some_and(|s| s.eq_ignore_ascii_case("true")),
            algorithm: algorithm.map(|(a, _)| a),
            session: algorithm.is_some_and(|(_, s)| s),
            named: named.is_some(),
            qops: scheme.value("qop").filter(|q| !q.is_empty()).map(|list| {
                list.split([',', ' ', '\t'])
                    .filter_map(Qop::parse)
                    .collect()
            }),
        })
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Digest realm={}, nonce={}",
            quoted(&self.realm),
            quoted(&self.nonce)
        )?;
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque={}", quoted(opaque))?;
        }
        if self.stale {
            f.write_str(", stale=true")?;
        }
        if let (true, Some(algorithm)) = (self.named, self.algorithm) {
            let session = if self.session { "-sess" } else { "" };
            write!(f, ", algorithm={algorithm}{session}")?;
        }
        if let Some(qops) = &self.qops {
            let list: Vec<_> = qops.iter().map(|q| q.name()).collect();
            write!(f, ", qop=\"{}\"", list.join(","))?;
        }
        Ok(())
    }
}

/// Reads the Digest challenges of one header value; those of other schemes are left out.
/// Several in one value, separated by commas, come apart. Read are: names in any case, values
/// quoted or not whatever the grammar asks for, blanks around `=` and `,`, doubled, trailing
/// and missing commas. Parameters that are not known (`domain`, `charset`, `userhash`) are
/// passed over.
///
/// # Errors
/// [`ReadError`] if the value has no grammar, or a Digest challenge no realm or nonce.
pub fn parse_challenges(text: &str) -> Result<Vec<Challenge>, ReadError> {
    read(text)?
        .iter()
        .filter(|s| s.is_digest())
        .map(Challenge::from_scheme)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_read_and_written() {
        let text = r#"Digest realm="atlanta.com", nonce="f84f1cec41e6cbe5aea9c8e88d359", opaque="", stale=FALSE, algorithm=MD5, qop="auth""#;
        let all = parse_challenges(text).unwrap();
        let [one] = all.as_slice() else {
            panic!("{all:?}")
        };
        assert_eq!(one.realm, "atlanta.com");
        assert!(!one.stale && one.named && !one.session);
        assert_eq!(one.algorithm, Some(Algorithm::Md5));
        assert_eq!(one.qops, Some(vec![Qop::Auth]));
        assert_eq!(one.opaque.as_deref(), Some(""));
        let again = parse_challenges(&one.to_string()).unwrap();
        assert_eq!(again, all);
    }

    #[test]
    fn what_is_missing_or_unknown_is_told_apart() {
        let read = |text| parse_challenges(text).unwrap().remove(0);
        let bare = read(r#"Digest realm="r", nonce="n""#);
        assert_eq!(bare.algorithm, Some(Algorithm::Md5));
        assert!(!bare.named && bare.qops.is_none());
        let odd = read(r#"Digest realm="r", nonce="n", algorithm="AKAv1-MD5", qop="token""#);
        assert_eq!((odd.algorithm, odd.qops), (None, Some(vec![])));
        let quoted = read(
            r#"Digest realm=r, nonce=n, algorithm="sha-256", stale="True", qop="auth-int, auth""#,
        );
        assert_eq!(quoted.algorithm, Some(Algorithm::Sha256));
        assert_eq!(quoted.qops, Some(vec![Qop::AuthInt, Qop::Auth]));
        assert!(quoted.stale);
        assert_eq!(
            parse_challenges(r#"Digest realm="r""#),
            Err(ReadError::Missing("nonce"))
        );
        assert_eq!(parse_challenges("Basic realm=x"), Ok(vec![]));
    }

    #[test]
    fn values_cannot_leave_their_quotes() {
        let challenge = Challenge {
            realm: "a\"b\\c\r\nVia: x".into(),
            nonce: "n".into(),
            opaque: None,
            stale: true,
            algorithm: Some(Algorithm::Sha256),
            session: false,
            named: true,
            qops: Some(vec![Qop::Auth, Qop::AuthInt]),
        };
        let text = challenge.to_string();
        assert!(!text.contains(['\r', '\n']));
        let again = parse_challenges(&text).unwrap().remove(0);
        assert_eq!(again.realm, "a\"b\\c  Via: x");
        assert_eq!(again.qops, challenge.qops);
    }
}
