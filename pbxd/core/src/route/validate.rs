// SPDX-License-Identifier: MIT OR Apache-2.0
//! From routes as configured to a table that is valid as a whole.

use super::{
    DEFAULT_RETRY, MAX_TARGETS, Pattern, Route, RouteSpec, Routes, Target, TargetSpec, TargetTo,
};
use crate::{Cause, Digits, MAX_TEXT, Name, PlanError, PlanPart};
use core::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

type Names = BTreeSet<Name>;

/// Builds the table; what is wrong goes to `errors`, and then the table is not to be used.
pub(crate) fn build(
    specs: &[RouteSpec],
    groups: &Names,
    peers: &Names,
    errors: &mut Vec<PlanError>,
) -> Routes {
    let mut routes: Vec<(usize, Route)> = Vec::new();
    let mut names = BTreeSet::new();
    for (index, spec) in specs.iter().enumerate() {
        if spec.name.is_empty() {
            errors.push(PlanError {
                part: PlanPart::Route(index),
                message: "a route needs a name".to_owned(),
            });
        } else if !names.insert(spec.name.as_str()) {
            let message = format!("there is a route {:?} already", spec.name);
            errors.push(PlanError {
                part: PlanPart::Route(index),
                message,
            });
        }
        if let Some(route) = one(index, spec, groups, peers, errors) {
            routes.push((index, route));
        }
    }
    for (later, (index, route)) in routes.iter().enumerate() {
        for (_, earlier) in routes.iter().take(later) {
            if ambiguous(route, earlier) {
                let message = format!(
                    "match {:?} and that of route {:?} ({:?}) take the same numbers from the same callers and neither is \
                     more specific",
                    route.pattern.as_str(),
                    earlier.name,
                    earlier.pattern.as_str()
                );
                errors.push(PlanError {
                    part: PlanPart::Pattern(*index),
                    message,
                });
            }
        }
    }
    let mut routes: Vec<Route> = routes.into_iter().map(|(_, route)| route).collect();
    routes.sort_by(order);
    let mut by_first: BTreeMap<char, Vec<usize>> = BTreeMap::new();
    for (index, route) in routes.iter().enumerate() {
        for digit in route.pattern.first_digits() {
            by_first.entry(digit).or_default().push(index);
        }
        // A pattern that takes no digit at all is found by a number without digits.
    }
    let all = (0..routes.len()).collect();
    Routes {
        routes,
        by_first,
        all,
    }
}

/// The number decides first; of equal patterns the route that names its callers.
fn order(a: &Route, b: &Route) -> Ordering {
    a.pattern
        .specificity(&b.pattern)
        .then(a.from.is_empty().cmp(&b.from.is_empty()))
}

fn ambiguous(a: &Route, b: &Route) -> bool {
    let same_callers = match (a.from.is_empty(), b.from.is_empty()) {
        (true, true) => true,
        (false, false) => a.from.iter().any(|name| b.from.contains(name)),
        _ => false,
    };
    same_callers
        && a.pattern.specificity(&b.pattern) == Ordering::Equal
        && a.pattern.overlaps(&b.pattern)
}

fn one(
    index: usize,
    spec: &RouteSpec,
    groups: &Names,
    peers: &Names,
    errors: &mut Vec<PlanError>,
) -> Option<Route> {
    let before = errors.len();
    let mut fail = |part, message: String| errors.push(PlanError { part, message });
    let pattern = Pattern::parse(&spec.pattern, spec.min_digits, spec.max_digits);
    if let Err(error) = &pattern {
        fail(
            PlanPart::Pattern(index),
            format!("match {:?}: {error}", spec.pattern),
        );
    }
    for (entry, name) in spec.from.iter().enumerate() {
        if !groups.contains(name.as_str()) && !peers.contains(name.as_str()) {
            fail(
                PlanPart::From(index, entry),
                format!("there is no trunk group and no SIP peer {name:?}"),
            );
        }
    }
    if spec.targets.is_empty() {
        fail(
            PlanPart::Route(index),
            "a route needs at least one target".to_owned(),
        );
    }
    if spec.targets.len() > MAX_TARGETS {
        let message = format!("{} targets: the most is {MAX_TARGETS}", spec.targets.len());
        fail(PlanPart::Route(index), message);
    }
    for (place, target) in spec.targets.iter().enumerate() {
        for message in target_errors(target, groups, peers) {
            fail(PlanPart::Target(index, place), message);
        }
    }
    if errors.len() != before {
        return None;
    }
    Some(Route {
        name: spec.name.as_str().into(),
        from: spec.from.iter().map(|name| name.as_str().into()).collect(),
        pattern: pattern.ok()?,
        immediate: spec.immediate,
        retry: match &spec.retry {
            Some(causes) => causes.clone(),
            None => DEFAULT_RETRY
                .iter()
                .filter_map(|value| Cause::new(*value))
                .collect(),
        },
        targets: spec.targets.iter().map(target).collect(),
    })
}

fn target_errors(spec: &TargetSpec, groups: &Names, peers: &Names) -> Vec<String> {
    let mut errors = Vec::new();
    match &spec.to {
        TargetTo::Group(name) if !groups.contains(name) => {
            errors.push(format!("there is no trunk group {name:?}"))
        }
        TargetTo::Peer(name) if !peers.contains(name) => {
            errors.push(format!("there is no SIP peer {name:?}"))
        }
        _ => {}
    }
    if let Err(error) = Digits::parse(&spec.prepend) {
        errors.push(format!("prepend {:?}: {error}", spec.prepend));
    }
    if let Some(number) = &spec.calling {
        if number.is_empty() || number.len() > MAX_TEXT {
            errors.push(format!(
                "calling number: expected 1 to {MAX_TEXT} characters, found {}",
                number.len()
            ));
        }
    }
    errors
}

fn target(spec: &TargetSpec) -> Target {
    Target {
        to: spec.to.clone(),
        no_answer: spec.no_answer,
        strip: usize::from(spec.strip),
        prepend: spec.prepend.clone(),
        calling: spec.calling.clone(),
        presentation: spec.presentation,
    }
}
