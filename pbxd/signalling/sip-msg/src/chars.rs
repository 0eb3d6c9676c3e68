// SPDX-License-Identifier: MIT OR Apache-2.0
//! Character classes of the SIP grammar (RFC 3261, ABNF section).

/// `token`: method names, header names, parameter names.
pub(crate) fn is_token(c: u8) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(
            c,
            b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~'
        )
}

pub(crate) fn is_token_str(s: &str) -> bool {
    !s.is_empty() && s.bytes().all(is_token)
}

/// `unreserved`.
fn is_unreserved(c: u8) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(
            c,
            b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')'
        )
}

/// What may stand unescaped in the user part of a SIP URI.
pub(crate) fn is_user(c: u8) -> bool {
    is_unreserved(c) || matches!(c, b'&' | b'=' | b'+' | b'$' | b',' | b';' | b'?' | b'/')
}

/// What may stand unescaped in the password part.
pub(crate) fn is_password(c: u8) -> bool {
    is_unreserved(c) || matches!(c, b'&' | b'=' | b'+' | b'$' | b',')
}

/// What may stand unescaped in a URI parameter.
pub(crate) fn is_uri_param(c: u8) -> bool {
    is_unreserved(c) || matches!(c, b'[' | b']' | b'/' | b':' | b'&' | b'+' | b'$')
}

/// What may stand unescaped in the header part of a SIP URI.
pub(crate) fn is_uri_header(c: u8) -> bool {
    is_unreserved(c) || matches!(c, b'[' | b']' | b'/' | b'?' | b':' | b'+' | b'$')
}

/// What may stand in a URI of a scheme we do not know; also what a Request-URI may be
/// made of before it is looked at closely. No blanks, controls, quotes or angle brackets.
pub(crate) fn is_uri(c: u8) -> bool {
    c > b' ' && c != 0x7f && !matches!(c, b'<' | b'>' | b'"')
}

/// Octets of a Call-ID: `word` with at most one `@`; the `@` is not counted here.
pub(crate) fn is_call_id(c: u8) -> bool {
    c > b' ' && c != 0x7f && !matches!(c, b',' | b';')
}

/// Linear white space after unfolding.
pub(crate) fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t'
}
