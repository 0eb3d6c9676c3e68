// SPDX-License-Identifier: MIT OR Apache-2.0
//! Routes: from a number and where it came from to an ordered list of targets.

mod explain;
mod lookup;
mod pattern;
mod validate;

pub use lookup::Lookup;
pub use pattern::{Pattern, PatternError};
pub(crate) use validate::build;

use crate::{Cause, Name, Party, Presentation};
use core::time::Duration;
use std::collections::BTreeMap;

/// Most targets of one route.
pub const MAX_TARGETS: usize = 8;

/// Causes after which the next target is tried unless the route says otherwise: the way there failed, not the called
/// party.
pub const DEFAULT_RETRY: &[u8] = &[2, 3, 27, 34, 38, 41, 42, 44, 47, 58, 102];

/// A route as configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteSpec {
    /// Its name, for people.
    pub name: String,
    /// The trunk groups and peers whose calls it takes; empty: all.
    pub from: Vec<String>,
    /// The numbers it takes; see [`Pattern`].
    pub pattern: String,
    /// Fewest digits, for a pattern that ends in `.` or `!`.
    pub min_digits: Option<u8>,
    /// Most digits, for a pattern that ends in `.` or `!`; with it, overlap need not wait for a time-out.
    pub max_digits: Option<u8>,
    /// In overlap, take the call at once when the number matches, even if more digits could match another route.
    pub immediate: bool,
    /// Causes after which the next target is tried; `None`: [`DEFAULT_RETRY`].
    pub retry: Option<Vec<Cause>>,
    /// Tried in this order.
    pub targets: Vec<TargetSpec>,
}

/// A target as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetSpec {
    /// Where to.
    pub to: TargetTo,
    /// How many digits to remove in front.
    pub strip: u8,
    /// What to put in front then.
    pub prepend: String,
    /// Calling number to send instead of the caller's.
    pub calling: Option<String>,
    /// Presentation to send instead of the caller's.
    pub presentation: Option<Presentation>,
    /// How long to wait for an answer; `None`: the exchange's default.
    pub no_answer: Option<Duration>,
}

impl TargetSpec {
    /// A target that changes nothing.
    pub fn plain(to: TargetTo) -> Self {
        Self {
            to,
            strip: 0,
            prepend: String::new(),
            calling: None,
            presentation: None,
            no_answer: None,
        }
    }
}

/// What a target is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetTo {
    /// Any free channel of a trunk group.
    Group(Name),
    /// A SIP peer.
    Peer(Name),
    /// Nowhere: end the call with this cause.
    Reject(Cause),
}

impl core::fmt::Display for TargetTo {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Group(name) => write!(f, "trunk_group {name}"),
            Self::Peer(name) => write!(f, "sip_peer {name}"),
            Self::Reject(cause) => write!(f, "reject with cause {cause}"),
        }
    }
}

/// A valid route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Its name.
    pub name: Name,
    /// The trunk groups and peers whose calls it takes; empty: all.
    pub from: Vec<Name>,
    /// The numbers it takes.
    pub pattern: Pattern,
    /// See [`RouteSpec::immediate`].
    pub immediate: bool,
    /// Tried in this order; at least one.
    pub targets: Vec<Target>,
    retry: Vec<Cause>,
}

impl Route {
    /// Whether the next target is tried after this cause.
    pub fn retries(&self, cause: Cause) -> bool {
        self.retry.contains(&cause)
    }

    fn takes_from(&self, from: &str) -> bool {
        self.from.is_empty() || self.from.iter().any(|name| &**name == from)
    }
}

/// A valid target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What it is.
    pub to: TargetTo,
    /// How long to wait for an answer there.
    pub no_answer: Option<Duration>,
    strip: usize,
    prepend: String,
    calling: Option<String>,
    presentation: Option<Presentation>,
}

impl Target {
    /// The number to send there; `None` when strip and prepend leave no number.
    pub fn called(&self, dialled: &crate::Digits) -> Option<crate::Digits> {
        dialled.rewritten(self.strip, &self.prepend)
    }

    /// The calling party to send there.
    pub fn calling(&self, party: &Party) -> Party {
        let mut party = party.clone();
        if let Some(number) = &self.calling {
            party.number = Some(number.clone());
            party.screening = crate::Screening::NotScreened;
            if party.presentation == Presentation::Unavailable {
                party.presentation = Presentation::Allowed;
            }
        }
        if let Some(presentation) = self.presentation {
            party.presentation = presentation;
        }
        party
    }
}

/// All routes, valid as a whole and never changed: a new configuration is a new value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    /// Most specific first; see [`Pattern`] for the order.
    routes: Vec<Route>,
    /// Indices of routes whose pattern starts with a given digit; lookups touch no others.
    by_first: BTreeMap<char, Vec<usize>>,
    /// Indices of all routes, for a number without digits yet.
    all: Vec<usize>,
}

impl Routes {
    /// The routes, most specific first.
    pub fn iter(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter()
    }
}
