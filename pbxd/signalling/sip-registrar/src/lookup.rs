// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where to call an address of record.

use core::time::Duration;
use std::sync::Arc;

use sip_msg::Uri;

use crate::aor::Aor;
use crate::binding::Binding;
use crate::registrar::Registrar;

/// One way to reach an instance: Request-URI, route set and flow are the binding's `uri`,
/// `path` and `flow`.
pub type Target = Arc<Binding>;

/// One telephone: the ways to reach it, to be tried one after the other. Different branches
/// may be tried at once; the ways of one branch not, since they end at the same instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Preference in thousandths: the highest of its ways.
    pub q: u16,
    /// The ways, the most recently refreshed first (RFC 5626).
    pub ways: Vec<Target>,
}

impl Registrar {
    /// Where to call an address: its instances, those of higher preference first, and of
    /// equal preference those that were heard of last. Contacts whose time has run out are
    /// left out, whether `handle_timeout` was called or not.
    pub fn lookup(&self, now: Duration, aor: &Aor) -> Vec<Branch> {
        self.branches(now, aor, |_| true)
    }

    /// Where to send a request for a URI: one with a `gr` parameter of an instance of ours is
    /// a public GRUU (RFC 5627) and means that instance alone; any other means its address.
    pub fn lookup_uri(&self, now: Duration, uri: &Uri) -> Vec<Branch> {
        let Some(aor) = Aor::of(uri) else {
            return Vec::new();
        };
        match uri.as_sip().and_then(|sip| sip.params.find("gr")) {
            Some(_) => {
                let matches = |binding: &Binding| {
                    let gruu = binding.pub_gruu().and_then(|g| Uri::parse(&g).ok());
                    gruu.is_some_and(|gruu| same_gr(&gruu, uri))
                };
                self.branches(now, &aor, matches)
            }
            None => self.lookup(now, &aor),
        }
    }

    fn branches(&self, now: Duration, aor: &Aor, wanted: impl Fn(&Binding) -> bool) -> Vec<Branch> {
        let mut alive: Vec<&Arc<Binding>> = self
            .table
            .of(aor)
            .filter(|b| b.expires > now && wanted(b))
            .collect();
        // Newest first; of those refreshed at once, the one added last.
        alive.sort_by_key(|b| core::cmp::Reverse((b.refreshed, b.id)));
        let mut branches: Vec<Branch> = Vec::new();
        for binding in alive {
            let same = branches.iter_mut().find(|branch| {
                binding.instance.is_some()
                    && branch
                        .ways
                        .first()
                        .is_some_and(|w| w.instance == binding.instance)
            });
            match same {
                Some(branch) => {
                    branch.q = branch.q.max(binding.q);
                    branch.ways.push(binding.clone());
                }
                None => branches.push(Branch {
                    q: binding.q,
                    ways: vec![binding.clone()],
                }),
            }
        }
        // The sort is stable: among equals the newest stays in front.
        branches.sort_by_key(|branch| core::cmp::Reverse(branch.q));
        branches
    }
}

fn same_gr(a: &Uri, b: &Uri) -> bool {
    let gr = |uri: &Uri| {
        let value = uri.as_sip()?.params.value("gr")?.to_string();
        // Read the value's escapes as a user part's are.
        let probe = sip_msg::SipUri {
            user: Some(value),
            ..uri.as_sip()?.clone()
        };
        probe.user_text().map(std::borrow::Cow::into_owned)
    };
    match (gr(a), gr(b)) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(&b),
        _ => false,
    }
}
