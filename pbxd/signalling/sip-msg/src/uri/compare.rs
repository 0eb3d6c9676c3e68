// SPDX-License-Identifier: MIT OR Apache-2.0
//! When two URIs are equivalent.

use super::escape::normal;
use super::{SipUri, TelUri, Uri};
use crate::params::{Param, Params};

pub(super) fn uris(a: &Uri, b: &Uri) -> bool {
    match (a, b) {
        (Uri::Sip(a), Uri::Sip(b)) => sip(a, b),
        (Uri::Tel(a), Uri::Tel(b)) => tel(a, b),
        (Uri::Other(a), Uri::Other(b)) => {
            a.scheme().eq_ignore_ascii_case(b.scheme())
                && a.text.get(a.scheme().len()..) == b.text.get(b.scheme().len()..)
        }
        _ => false,
    }
}

fn sip(a: &SipUri, b: &SipUri) -> bool {
    a.secure == b.secure
        && optional(&a.user, &b.user)
        && optional(&a.password, &b.password)
        && a.host.same(&b.host)
        && a.port == b.port
        && sip_params(&a.params, &b.params)
        && headers(a.headers.as_deref(), b.headers.as_deref())
}

/// User parts are compared with regard to case.
fn optional(a: &Option<String>, b: &Option<String>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => normal(a) == normal(b),
        (None, None) => true,
        _ => false,
    }
}

fn value(param: &Param) -> Vec<u8> {
    normal(param.value.as_deref().unwrap_or_default()).to_ascii_lowercase()
}

/// Parameters in both must match. Of those in one only, `user`, `ttl`, `method` and
/// `maddr` make a difference by the rule, and `transport` by the RFC's own examples.
fn sip_params(a: &Params, b: &Params) -> bool {
    let one_way = |a: &Params, b: &Params| {
        a.iter().all(|p| match b.find(&p.name) {
            Some(q) => value(p) == value(q),
            None => !["user", "ttl", "method", "maddr", "transport"]
                .iter()
                .any(|name| p.name.eq_ignore_ascii_case(name)),
        })
    };
    one_way(a, b) && one_way(b, a)
}

/// Header parts are never ignored; their order is.
fn headers(a: Option<&str>, b: Option<&str>) -> bool {
    let parts = |text: Option<&str>| {
        let mut all: Vec<_> = text
            .unwrap_or_default()
            .split('&')
            .filter(|p| !p.is_empty())
            .map(|p| match p.split_once('=') {
                Some((name, value)) => (normal(&name.to_ascii_lowercase()), normal(value)),
                None => (normal(&p.to_ascii_lowercase()), Vec::new()),
            })
            .collect();
        all.sort();
        all
    };
    parts(a) == parts(b)
}

fn tel(a: &TelUri, b: &TelUri) -> bool {
    let one_way = |a: &Params, b: &Params| {
        a.iter()
            .all(|p| b.find(&p.name).is_some_and(|q| value(p) == value(q)))
    };
    a.digits().eq_ignore_ascii_case(&b.digits())
        && one_way(&a.params, &b.params)
        && one_way(&b.params, &a.params)
}
