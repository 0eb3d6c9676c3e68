// SPDX-License-Identifier: MIT OR Apache-2.0
//! Schemes and their parameters out of one header value.

use crate::error::ReadError;
use crate::{MAX_CHALLENGES, MAX_FIELD, MAX_PARAMS, MAX_VALUE};

/// One scheme with its parameters; names in lower case, values without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scheme {
    pub(crate) name: String,
    params: Vec<(String, String)>,
}

impl Scheme {
    pub(crate) fn is_digest(&self) -> bool {
        self.name == "digest"
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    pub(crate) fn required(&self, name: &'static str) -> Result<&str, ReadError> {
        self.value(name).ok_or(ReadError::Missing(name))
    }

    /// Parameters that none of `known` names, as read.
    pub(crate) fn others(&self, known: &[&str]) -> Vec<(String, String)> {
        self.params
            .iter()
            .filter(|(n, _)| !known.contains(&n.as_str()))
            .cloned()
            .collect()
    }
}

fn is_token(c: u8) -> bool {
    c.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&c)
}

fn is_blank(c: u8) -> bool {
    matches!(c, b' ' | b'\t' | b'\r' | b'\n')
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        self.skip(wanted);
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// A quoted string without its quotes and escapes, or a run of anything up to the next
    /// comma, blank or quote.
    fn value(&mut self) -> Result<String, ReadError> {
        let start = self.at;
        let value = if self.peek() == Some(b'"') {
            self.at += 1;
            self.quoted(start)?
        } else {
            self.take(|c| !is_blank(c) && c != b',' && c != b'"')
                .to_string()
        };
        if value.len() > MAX_VALUE {
            return Err(ReadError::ValueTooLong { at: start });
        }
        Ok(value)
    }

    fn quoted(&mut self, start: usize) -> Result<String, ReadError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let mut out = String::new();
        let mut chars = rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += at + 1;
                    return Ok(out);
                }
                '\\' => out.extend(chars.next().map(|(_, c)| c)),
                c => out.push(c),
            }
            if out.len() > MAX_VALUE {
                return Err(ReadError::ValueTooLong { at: start });
            }
        }
        Err(ReadError::Expected {
            at: self.text.len(),
            expected: "a closing quote",
        })
    }
}

/// Reads `Scheme name=value, name="value", …`, and further schemes behind the first. A word
/// that no `=` follows begins a scheme. Blanks may stand anywhere between the parts, commas
/// may be repeated, and between two parameters a blank will do for a comma.
pub(crate) fn read(text: &str) -> Result<Vec<Scheme>, ReadError> {
    if text.len() > MAX_FIELD {
        return Err(ReadError::TooLong(text.len()));
    }
    let mut reader = Reader { text, at: 0 };
    let mut schemes: Vec<Scheme> = Vec::new();
    loop {
        let before = reader.at;
        reader.skip(|c| is_blank(c) || c == b',');
        let at = reader.at;
        if reader.peek().is_none() {
            return Ok(schemes);
        }
        let comma = text.get(before..at).is_some_and(|gap| gap.contains(','));
        let foreign = schemes.last().is_some_and(|s| !s.is_digest());
        let word = reader.take(is_token);
        if word.is_empty() && (comma || !foreign) {
            return Err(ReadError::Expected {
                at,
                expected: "a name",
            });
        }
        reader.skip(is_blank);
        let parameter = reader.peek() == Some(b'=');
        if foreign && !comma && (word.is_empty() || !parameter) {
            // The credentials of another scheme; nobody reads them here.
            reader.skip(|c| !is_blank(c) && c != b',');
            continue;
        }
        if !parameter {
            if schemes.len() >= MAX_CHALLENGES {
                return Err(ReadError::TooManyChallenges);
            }
            schemes.push(Scheme {
                name: word.to_ascii_lowercase(),
                params: Vec::new(),
            });
            continue;
        }
        reader.at += 1;
        reader.skip(is_blank);
        let value = reader.value()?;
        let scheme = schemes.last_mut().ok_or(ReadError::Expected {
            at,
            expected: "a scheme",
        })?;
        let name = word.to_ascii_lowercase();
        if scheme.value(&name).is_some() {
            return Err(ReadError::Duplicate(name));
        }
        if scheme.params.len() >= MAX_PARAMS {
            return Err(ReadError::TooManyParams);
        }
        scheme.params.push((name, value));
    }
}

/// Text as a quoted string; control characters become blanks.
pub(crate) fn quoted(text: &str) -> String {
    sip_msg::quote(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Scheme {
        let mut all = read(text).unwrap();
        assert_eq!(all.len(), 1, "{text}");
        all.remove(0)
    }

    #[test]
    fn what_telephones_write_is_read() {
        for text in [
            r#"Digest realm="a b", nonce="n=,\"x", qop=auth"#,
            r#"digest realm="a b",nonce="n=,\"x",qop=auth,"#,
            r#"DIGEST  ,, realm = "a b" ,nonce= "n=,\"x" , qop="auth" "#,
            "Digest\trealm=\"a b\"\r\n nonce=\"n=,\\\"x\" qop=auth",
        ] {
            let scheme = one(text);
            assert!(scheme.is_digest());
            assert_eq!(scheme.value("realm"), Some("a b"));
            assert_eq!(scheme.value("nonce"), Some("n=,\"x"));
            assert_eq!(scheme.value("qop"), Some("auth"));
        }
        assert_eq!(
            one("Digest nonce=ab/c+==,opaque=").value("nonce"),
            Some("ab/c+==")
        );
        assert_eq!(one("Digest nonce=n,opaque=").value("opaque"), Some(""));
    }

    #[test]
    fn schemes_in_one_value_come_apart() {
        let all = read(r#"Basic QWxh/ZGRpb==, Digest realm="r", Digest realm="s""#).unwrap();
        let names: Vec<_> = all.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["basic", "digest", "digest"]);
        assert_eq!(all[2].value("realm"), Some("s"));
    }

    #[test]
    fn what_two_readers_could_take_differently_is_refused() {
        assert_eq!(
            read(r#"Digest realm="a", Realm="b""#),
            Err(ReadError::Duplicate("realm".into()))
        );
        assert!(matches!(
            read(r#"Digest realm="a"#),
            Err(ReadError::Expected { .. })
        ));
        assert!(matches!(read("=x"), Err(ReadError::Expected { at: 0, .. })));
        assert!(matches!(
            read("realm=x"),
            Err(ReadError::Expected { at: 0, .. })
        ));
        assert!(matches!(
            read(&"x".repeat(MAX_FIELD + 1)),
            Err(ReadError::TooLong(_))
        ));
        assert!(matches!(
            read(&format!("Digest a=\"{}\"", "x".repeat(MAX_VALUE + 1))),
            Err(ReadError::ValueTooLong { at: 9 })
        ));
        let many: String = (0..=MAX_PARAMS).map(|n| format!("p{n}=1,")).collect();
        assert_eq!(
            read(&format!("Digest {many}")),
            Err(ReadError::TooManyParams)
        );
        assert_eq!(
            read(&"Digest,".repeat(MAX_CHALLENGES + 1)),
            Err(ReadError::TooManyChallenges)
        );
    }
}
