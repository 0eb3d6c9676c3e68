// SPDX-License-Identifier: MIT OR Apache-2.0
//! `sip:` and `sips:` URIs.

use core::fmt::{self, Write};
use std::borrow::Cow;

use super::escape;
use super::host::Host;
use crate::chars::{is_password, is_uri, is_uri_header, is_uri_param, is_user};
use crate::error::UriError;
use crate::params::Params;

/// A `sip:` or `sips:` URI. Text parts keep their escapes; what must be escaped and is
/// not (`#` in a user part, which telephones send for feature codes) is read as it
/// stands and escaped when written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipUri {
    /// `sips:`
    pub secure: bool,
    /// The user part, escaped, with its own parameters (`;npdi`, `;phone-context=`,
    /// `;tgrp=`), without the password.
    pub user: Option<String>,
    /// What follows `:` in the user part. Deprecated by RFC 3261; kept.
    pub password: Option<String>,
    /// The host.
    pub host: Host,
    /// The port, if one is written.
    pub port: Option<u16>,
    /// Parameters after the host.
    pub params: Params,
    /// What follows `?`, escaped.
    pub headers: Option<String>,
}

/// What we let stand in a user part on input: anything a URI may contain but `@`.
fn is_lenient_user(c: u8) -> bool {
    is_uri(c) && c != b'@'
}

impl SipUri {
    /// A URI of a host, an optional user (plain text, escaped here) and an optional port.
    pub fn new(user: Option<&str>, host: Host, port: Option<u16>) -> Self {
        Self {
            secure: false,
            user: user.map(|u| escape::encode(u, is_user)),
            password: None,
            host,
            port,
            params: Params::new(),
            headers: None,
        }
    }

    pub(super) fn parse(secure: bool, text: &str) -> Result<Self, UriError> {
        let (userinfo, rest) = match text.split_once('@') {
            Some((userinfo, rest)) => (Some(userinfo), rest),
            None => (None, text),
        };
        if rest.contains('@') {
            // Which of the two ends the user part is a question two elements would
            // answer differently.
            return Err(UriError("more than one `@`"));
        }
        let (user, password) = match userinfo {
            None => (None, None),
            Some(info) => {
                let (user, password) = match info.split_once(':') {
                    Some((user, password)) => (user, Some(password.to_string())),
                    None => (info, None),
                };
                if user.is_empty() {
                    return Err(UriError("empty user part"));
                }
                if !info.bytes().all(is_lenient_user) {
                    return Err(UriError("bad character in the user part"));
                }
                (Some(user.to_string()), password)
            }
        };
        let (rest, headers) = match rest.split_once('?') {
            Some((rest, headers)) => (rest, Some(headers.to_string())),
            None => (rest, None),
        };
        let end = rest.find(';').unwrap_or(rest.len());
        let (hostport, params) = rest.split_at(end);
        let (host, port) = Host::parse_with_port(hostport)?;
        let param_ok = |c: u8| is_uri_param(c) || c == b'%' || c >= 0x80 || c == b'#';
        Ok(Self {
            secure,
            user,
            password,
            host,
            port,
            params: Params::parse(params, param_ok, param_ok).map_err(UriError)?,
            headers,
        })
    }

    /// The user part with its escapes undone.
    pub fn user_text(&self) -> Option<Cow<'_, str>> {
        self.user.as_deref().map(escape::decode)
    }

    /// The user part up to its own parameters, escapes undone: the dialled number.
    pub fn number(&self) -> Option<Cow<'_, str>> {
        let user = self.user.as_deref()?;
        Some(escape::decode(user.split(';').next().unwrap_or(user)))
    }

    /// The parameters within the user part: number portability (`npdi`, `rn`),
    /// `phone-context`, trunk groups (`tgrp`, `trunk-context`). Empty if they do not
    /// read as parameters.
    pub fn user_params(&self) -> Params {
        let Some((_, text)) = self.user.as_deref().and_then(|u| u.split_once(';')) else {
            return Params::new();
        };
        let ok = |c: u8| is_uri(c) && c != b';' && c != b'=';
        Params::parse(&format!(";{text}"), ok, ok).unwrap_or_default()
    }
}

impl fmt::Display for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secure { "sips:" } else { "sip:" })?;
        if let Some(user) = &self.user {
            escape::write(f, user, is_user)?;
            if let Some(password) = &self.password {
                f.write_char(':')?;
                escape::write(f, password, is_password)?;
            }
            f.write_char('@')?;
        }
        self.host.fmt(f)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        for param in self.params.iter() {
            f.write_char(';')?;
            escape::write(f, &param.name, is_uri_param)?;
            if let Some(value) = &param.value {
                f.write_char('=')?;
                escape::write(f, value, is_uri_param)?;
            }
        }
        if let Some(headers) = &self.headers {
            f.write_char('?')?;
            escape::write(f, headers, |c| is_uri_header(c) || c == b'=' || c == b'&')?;
        }
        Ok(())
    }
}
