// SPDX-License-Identifier: MIT OR Apache-2.0
//! Finding the route of a number, complete or still being dialled.

use super::{Route, Routes};
use crate::Digits;

/// What the routes say about a number.
#[derive(Clone, Debug)]
pub enum Lookup<'a> {
    /// This route; the number as it counts (a final `#` that only marked the end is gone).
    Found {
        /// The route.
        route: &'a Route,
        /// The number.
        digits: Digits,
    },
    /// More digits could match; `matched` when the digits so far already do.
    More {
        /// A route takes the number as it is.
        matched: bool,
    },
    /// The number is complete, and too short for every route that goes with its digits.
    TooShort,
    /// No route takes it, whatever follows.
    Nothing,
}

impl Routes {
    /// The route for a number from this trunk group or peer.
    ///
    /// While `complete` is false (overlap) a route is taken only when no further digit could lead to another one, or
    /// when it is marked immediate. A `#` that no pattern wants as a digit ends the number.
    pub fn lookup(&self, from: &str, digits: &Digits, complete: bool) -> Lookup<'_> {
        if let Some(shorter) = digits.without_final_hash() {
            if !self.wants_hash(from, &shorter) {
                return self.find(from, &shorter, true);
            }
        }
        self.find(from, digits, complete)
    }

    fn find(&self, from: &str, digits: &Digits, complete: bool) -> Lookup<'_> {
        let best = self
            .candidates(from, digits)
            .find(|route| route.pattern.matches(digits));
        let more = self
            .candidates(from, digits)
            .any(|route| route.pattern.can_grow(digits));
        match best {
            Some(route) if complete || route.immediate || !more => Lookup::Found {
                route,
                digits: digits.clone(),
            },
            Some(_) => Lookup::More { matched: true },
            None if more && complete => Lookup::TooShort,
            None if more => Lookup::More { matched: false },
            None => Lookup::Nothing,
        }
    }

    /// The routes that these digits and this origin can be for, most specific first. Of two equally specific patterns
    /// the one whose route names the origin stands first.
    pub(super) fn candidates<'a>(
        &'a self,
        from: &str,
        digits: &Digits,
    ) -> impl Iterator<Item = &'a Route> {
        let indices = match digits.as_str().chars().next() {
            Some(first) => self.by_first.get(&first).map_or(&[][..], Vec::as_slice),
            None => self.all.as_slice(),
        };
        indices
            .iter()
            .filter_map(|index| self.routes.get(*index))
            .filter(move |route| route.takes_from(from))
    }

    fn wants_hash(&self, from: &str, before: &Digits) -> bool {
        self.candidates(from, before).any(|route| {
            route.pattern.takes_hash_at(before.len()) && route.pattern.can_grow(before)
        })
    }
}
