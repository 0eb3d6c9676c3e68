// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why a number goes where it goes, in words.

use super::{Lookup, Routes};
use crate::Digits;
use std::fmt::Write as _;

impl Routes {
    /// What happens to a complete number from this trunk group or peer: the routes that were looked at, the one taken,
    /// and its targets with the number each would get. One line a fact, for `pbxd explain`.
    pub fn explain(&self, digits: &Digits, from: &str) -> String {
        let mut text = format!("{digits} from {from}\n");
        match self.lookup(from, digits, true) {
            Lookup::Found {
                route,
                digits: counted,
            } => {
                if counted != *digits {
                    let _ = writeln!(text, "the final # ends the number: {counted}");
                }
                let _ = writeln!(
                    text,
                    "route {} takes it (match {})",
                    route.name, route.pattern
                );
                for other in self.candidates(from, &counted) {
                    if other.name != route.name && other.pattern.matches(&counted) {
                        let _ = writeln!(
                            text,
                            "route {} would too (match {}), but is less specific",
                            other.name, other.pattern
                        );
                    }
                }
                for (place, target) in route.targets.iter().enumerate() {
                    let sent = target
                        .called(&counted)
                        .map_or_else(|| "no number is left".to_owned(), |d| d.to_string());
                    let _ = match target.to {
                        super::TargetTo::Reject(_) => {
                            writeln!(text, "target {}: {}", place + 1, target.to)
                        }
                        _ => writeln!(
                            text,
                            "target {}: {}, called number {sent}",
                            place + 1,
                            target.to
                        ),
                    };
                }
                if route.targets.len() > 1 {
                    let causes: Vec<String> = route
                        .retry
                        .iter()
                        .map(|cause| cause.value().to_string())
                        .collect();
                    let _ = writeln!(
                        text,
                        "the next target is tried after causes {}",
                        causes.join(", ")
                    );
                }
            }
            Lookup::TooShort | Lookup::More { .. } => {
                text.push_str("no route takes it: it is too short. These want more digits:\n");
                for route in self
                    .candidates(from, digits)
                    .filter(|route| route.pattern.can_grow(digits))
                {
                    let _ = writeln!(text, "route {} (match {})", route.name, route.pattern);
                }
            }
            Lookup::Nothing => {
                text.push_str("no route takes it\n");
                for route in self
                    .routes
                    .iter()
                    .filter(|route| !route.takes_from(from) && route.pattern.matches(digits))
                {
                    let _ = writeln!(
                        text,
                        "route {} would (match {}), but not from {from}",
                        route.name, route.pattern
                    );
                }
            }
        }
        text
    }
}
