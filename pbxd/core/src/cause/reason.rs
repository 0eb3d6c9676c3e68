// SPDX-License-Identifier: MIT OR Apache-2.0
//! The SIP `Reason` header field (RFC 3326; RFC 6432 for Q.850 in responses).

use super::Cause;

/// Longest `Reason` field value that is looked at, in octets.
const MAX_FIELD: usize = 1024;

/// What a `Reason` header field says about Q.850.
///
/// A field may carry several values separated by commas, one a protocol. Only `Q.850` matters here: a gateway that
/// sends it knew the cause, so it is preferred over anything derived from a status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The cause it carries.
    pub cause: Cause,
}

impl Reason {
    /// Reads the field's value (everything after `Reason:`; several fields may be joined with commas). `None` when no
    /// value is for Q.850 with a cause of 1 to 127, or when the field is longer than 1,024 octets.
    pub fn parse(field: &str) -> Option<Self> {
        if field.len() > MAX_FIELD {
            return None;
        }
        split_quoted(field, ',').find_map(one_value)
    }

    /// The field's value to send with this cause.
    pub fn write(cause: Cause) -> String {
        format!("Q.850;cause={};text=\"{}\"", cause.value(), cause.name())
    }
}

fn one_value(value: &str) -> Option<Reason> {
    let mut parts = split_quoted(value, ';');
    if !parts.next()?.trim().eq_ignore_ascii_case("Q.850") {
        return None;
    }
    parts.find_map(|part| {
        let (name, number) = part.split_once('=')?;
        if !name.trim().eq_ignore_ascii_case("cause") {
            return None;
        }
        let cause = Cause::new(number.trim().parse().ok()?)?;
        Some(Reason { cause })
    })
}

/// Splits at `at` outside of double quotes.
fn split_quoted(text: &str, at: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |c: char| {
        if escaped {
            escaped = false;
        } else if quoted && c == '\\' {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        } else if !quoted && c == at {
            return true;
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_q850_among_others() {
        let cause = |field| Reason::parse(field).map(|r| r.cause.value());
        assert_eq!(cause("Q.850;cause=17"), Some(17));
        assert_eq!(
            cause(
                "SIP ;cause=487 ;text=\"no, Q.850;cause=3\", q.850 ; text=\"a;\\\"b\" ; Cause = 34"
            ),
            Some(34)
        );
        assert_eq!(
            cause("SIP;cause=200;text=\"Call completed elsewhere\""),
            None
        );
        assert_eq!(cause("Q.850;cause=0"), None);
        assert_eq!(cause("Q.850;cause=128"), None);
        assert_eq!(cause("Q.850;cause=x"), None);
        assert_eq!(cause("Q.850"), None);
        assert_eq!(cause(""), None);
        assert_eq!(
            cause(&format!("Q.850;cause=17;x={}", "a".repeat(2000))),
            None
        );
    }

    #[test]
    fn writes_what_it_reads() {
        for value in 1..=127 {
            let cause = Cause::new(value).unwrap();
            assert_eq!(Reason::parse(&Reason::write(cause)), Some(Reason { cause }));
        }
    }
}
