// SPDX-License-Identifier: MIT OR Apache-2.0
//! `Authorization` and `Proxy-Authorization`.

use core::fmt;

use crate::algorithm::Algorithm;
use crate::error::ReadError;
use crate::fields::{quoted, read};
use crate::qop::Qop;

/// Digest credentials, as they stand in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user. Escapes in the quoted string are undone before it is hashed.
    pub username: String,
    /// The realm.
    pub realm: String,
    /// The server's nonce.
    pub nonce: String,
    /// The URI that the digest covers.
    pub uri: String,
    /// The response, as written.
    pub response: String,
    /// The algorithm; `None` if it is one that we do not know. MD5 if none is named.
    pub algorithm: Option<Algorithm>,
    /// The algorithm's `-sess` variant.
    pub session: bool,
    /// Whether they name their algorithm.
    pub named: bool,
    /// The client's nonce.
    pub cnonce: Option<String>,
    /// The quality of protection and the count as written, if there is a `qop`.
    pub counted: Option<(Qop, String)>,
    /// The challenge's `opaque`.
    pub opaque: Option<String>,
    /// Other parameters, names in lower case.
    pub others: Vec<(String, String)>,
}

const KNOWN: &[&str] = &[
    "username",
    "realm",
    "nonce",
    "uri",
    "response",
    "algorithm",
    "cnonce",
    "qop",
    "nc",
    "opaque",
];

impl Credentials {
    /// Reads one header value: one set of Digest credentials. As liberal as
    /// [`parse_challenges`](crate::parse_challenges): also `qop="auth"`, `algorithm="MD5"`,
    /// `nc="00000001"`, `username=bob`, and an `nc` of fewer than eight digits, which is
    /// hashed as written.
    ///
    /// # Errors
    /// [`ReadError`]: another scheme, a parameter missing, `qop` without `nc` or `cnonce`.
    pub fn parse(text: &str) -> Result<Self, ReadError> {
        let all = read(text)?;
        let scheme = match all.as_slice() {
            [one] if one.is_digest() => one,
            [_, _, ..] if all.iter().all(|s| s.is_digest()) => {
                return Err(ReadError::TooManyChallenges);
            }
            _ => return Err(ReadError::NotDigest),
        };
        let named = scheme.value("algorithm").filter(|a| !a.is_empty());
        let algorithm = named.map_or(Some((Algorithm::Md5, false)), Algorithm::parse);
        let cnonce = scheme.value("cnonce");
        let counted = match scheme.value("qop").filter(|q| !q.is_empty()) {
            None => None,
            Some(qop) => {
                let qop = Qop::parse(qop).ok_or(ReadError::BadValue {
                    name: "qop",
                    expected: "auth or auth-int",
                })?;
                let count = scheme.required("nc")?;
                if count.is_empty()
                    || count.len() > 8
                    || !count.bytes().all(|c| c.is_ascii_hexdigit())
                {
                    return Err(ReadError::BadValue {
                        name: "nc",
                        expected: "up to eight hexadecimal digits",
                    });
                }
                if cnonce.is_none() {
                    return Err(ReadError::Missing("cnonce"));
                }
                Some((qop, count.to_string()))
            }
        };
        Ok(Self {
            username: scheme.required("username")?.to_string(),
            realm: scheme.required("realm")?.to_string(),
            nonce: scheme.required("nonce")?.to_string(),
            uri: scheme.required("uri")?.to_string(),
            response: scheme.required("response")?.to_string(),
            algorithm: algorithm.map(|(a, _)| a),
            session: algorithm.is_some_and(|(_, s)| s),
            named: named.is_some(),
            cnonce: cnonce.map(str::to_string),
            counted,
            opaque: scheme.value("opaque").map(str::to_string),
            others: scheme.others(KNOWN),
        })
    }

    /// The nonce count as a number.
    pub fn count(&self) -> Option<u32> {
        let (_, text) = self.counted.as_ref()?;
        u32::from_str_radix(text, 16).ok()
    }
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Digest username={}, realm={}, nonce={}, uri={}, response={}",
            quoted(&self.username),
            quoted(&self.realm),
            quoted(&self.nonce),
            quoted(&self.uri),
            quoted(&self.response),
        )?;
        if let (true, Some(algorithm)) = (self.named, self.algorithm) {
            let session = if self.session { "-sess" } else { "" };
            write!(f, ", algorithm={algorithm}{session}")?;
        }
        if let Some(cnonce) = &self.cnonce {
            write!(f, ", cnonce={}", quoted(cnonce))?;
        }
        if let Some((qop, count)) = &self.counted {
            write!(f, ", qop={qop}, nc={count}")?;
        }
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque={}", quoted(opaque))?;
        }
        for (name, value) in &self.others {
            write!(f, ", {name}={}", quoted(value))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_as_telephones_write_them() {
        let strict = Credentials::parse(
            r#"Digest username="bob", realm="r", nonce="n", uri="sip:r", response="00", algorithm=MD5, cnonce="c", qop=auth, nc=00000001"#,
        )
        .unwrap();
        assert_eq!(strict.count(), Some(1));
        assert_eq!(strict.counted, Some((Qop::Auth, "00000001".into())));
        let loose = Credentials::parse(
            r#"digest username=bob,realm=r,nonce=n,uri=sip:r,response=00,algorithm="md5",cnonce=c,qop="auth",nc="00000001""#,
        )
        .unwrap();
        assert_eq!(loose, strict);
        assert_eq!(Credentials::parse(&strict.to_string()), Ok(strict));
        let short = Credentials::parse(
            "Digest username=b,realm=r,nonce=n,uri=u,response=0,cnonce=c,qop=auth,nc=1f",
        )
        .unwrap();
        assert_eq!(short.count(), Some(31));
        assert!(!short.named);
    }

    #[test]
    fn what_is_missing_is_named() {
        let base = "Digest username=b,realm=r,nonce=n,uri=u,response=0";
        assert!(Credentials::parse(base).is_ok());
        for (text, error) in [
            (
                format!("{base},qop=auth,cnonce=c"),
                ReadError::Missing("nc"),
            ),
            (
                format!("{base},qop=auth,nc=1"),
                ReadError::Missing("cnonce"),
            ),
            ("Digest realm=r".into(), ReadError::Missing("username")),
            ("Basic YWI=".into(), ReadError::NotDigest),
            (String::new(), ReadError::NotDigest),
            (format!("{base},{base}"), ReadError::TooManyChallenges),
        ] {
            assert_eq!(Credentials::parse(&text), Err(error), "{text}");
        }
        for bad in [
            "qop=auth,cnonce=c,nc=000000001",
            "qop=auth,cnonce=c,nc=-1",
            "qop=x",
        ] {
            assert!(
                matches!(
                    Credentials::parse(&format!("{base},{bad}")),
                    Err(ReadError::BadValue { .. })
                ),
                "{bad}"
            );
        }
    }
}
