// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[[route]]`, and the plan as a whole.

use super::calls::read_causes;
use super::document::{Document, Entry};
use super::sip::Peers;
use super::trunks::Trunks;
use core::ops::Range;
use core::time::Duration;
use pbx_core::{Cause, Plan, PlanPart, Presentation, RouteSpec, TargetSpec, TargetTo};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRoute {
    name: Spanned<String>,
    #[serde(default)]
    from: Vec<Spanned<String>>,
    #[serde(rename = "match")]
    pattern: Spanned<String>,
    min_digits: Option<u8>,
    max_digits: Option<u8>,
    #[serde(default)]
    immediate: bool,
    retry_causes: Option<Vec<Spanned<u8>>>,
    targets: Vec<Spanned<RawTarget>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTarget {
    trunk_group: Option<Spanned<String>>,
    sip_peer: Option<Spanned<String>>,
    reject: Option<Spanned<u8>>,
    #[serde(default)]
    strip: u8,
    #[serde(default)]
    prepend: String,
    calling: Option<String>,
    presentation: Option<RawPresentation>,
    no_answer_s: Option<Spanned<u32>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawPresentation {
    Allowed,
    Restricted,
}

/// Where the parts of a route stand.
struct Places {
    name: Range<usize>,
    pattern: Range<usize>,
    from: Vec<Range<usize>>,
    targets: Vec<Range<usize>>,
}

/// Reads the routes and builds the plan.
pub(super) fn read(document: &mut Document<'_>, trunks: &Trunks, peers: &Peers) -> Option<Plan> {
    let causes = read_causes(document);
    let mut specs = Vec::new();
    let mut places = Vec::new();
    for Entry { value, .. } in document.list::<RawRoute>("route") {
        let Some(raw) = value else { continue };
        places.push(Places {
            name: raw.name.span(),
            pattern: raw.pattern.span(),
            from: raw.from.iter().map(Spanned::span).collect(),
            targets: raw.targets.iter().map(place_of).collect(),
        });
        specs.push(route(document, raw));
    }
    match Plan::new(trunks.specs.clone(), peers.specs.clone(), &specs, causes) {
        Ok(plan) => Some(plan),
        Err(errors) => {
            for error in errors {
                let place = match error.part {
                    PlanPart::Group(index) => trunks.places.get(index).cloned(),
                    PlanPart::Peer(index) => peers.places.get(index).cloned(),
                    PlanPart::Route(index) => places.get(index).map(|route| route.name.clone()),
                    PlanPart::Pattern(index) => {
                        places.get(index).map(|route| route.pattern.clone())
                    }
                    PlanPart::From(index, entry) => places
                        .get(index)
                        .and_then(|route| route.from.get(entry).cloned()),
                    PlanPart::Target(index, entry) => places
                        .get(index)
                        .and_then(|route| route.targets.get(entry).cloned()),
                };
                document.error(place.unwrap_or(0..0), error.message);
            }
            None
        }
    }
}

/// A target is best named by where it leads.
fn place_of(target: &Spanned<RawTarget>) -> Range<usize> {
    let raw = target.get_ref();
    let to = raw
        .trunk_group
        .as_ref()
        .or(raw.sip_peer.as_ref())
        .map(Spanned::span);
    to.or(raw.reject.as_ref().map(Spanned::span))
        .unwrap_or(target.span())
}

fn route(document: &mut Document<'_>, raw: RawRoute) -> RouteSpec {
    let retry = raw.retry_causes.map(|causes| {
        let mut good = Vec::new();
        for value in causes {
            match Cause::new(*value.get_ref()) {
                Some(cause) => good.push(cause),
                None => {
                    let message =
                        format!("retry_causes: found {}, expected 1 to 127", value.get_ref());
                    document.error_at(&value, message);
                }
            }
        }
        good
    });
    let targets = raw
        .targets
        .into_iter()
        .map(|raw| target(document, &raw))
        .collect();
    RouteSpec {
        name: raw.name.into_inner(),
        from: raw.from.into_iter().map(Spanned::into_inner).collect(),
        pattern: raw.pattern.into_inner(),
        min_digits: raw.min_digits,
        max_digits: raw.max_digits,
        immediate: raw.immediate,
        retry,
        targets,
    }
}

fn target(document: &mut Document<'_>, spanned: &Spanned<RawTarget>) -> TargetSpec {
    let raw = spanned.get_ref();
    // A target that cannot be read stands as a rejection: it refers to nothing, and the plan is not used anyway.
    let mut to = TargetTo::Reject(Cause::NORMAL);
    match (&raw.trunk_group, &raw.sip_peer, &raw.reject) {
        (Some(name), None, None) => to = TargetTo::Group(name.get_ref().as_str().into()),
        (None, Some(name), None) => to = TargetTo::Peer(name.get_ref().as_str().into()),
        (None, None, Some(value)) => match Cause::new(*value.get_ref()) {
            Some(cause) => to = TargetTo::Reject(cause),
            None => {
                document.error_at(
                    value,
                    format!("reject: found cause {}, expected 1 to 127", value.get_ref()),
                );
            }
        },
        _ => document.error_at(
            spanned,
            "a target needs exactly one of trunk_group, sip_peer and reject",
        ),
    }
    let no_answer = raw.no_answer_s.as_ref().map(|seconds| {
        if !(1..=3600).contains(seconds.get_ref()) {
            let message = format!(
                "no_answer_s: found {}, expected 1 to 3600",
                seconds.get_ref()
            );
            document.error_at(seconds, message);
        }
        Duration::from_secs(u64::from(*seconds.get_ref()))
    });
    TargetSpec {
        to,
        strip: raw.strip,
        prepend: raw.prepend.clone(),
        calling: raw.calling.clone(),
        presentation: raw.presentation.map(|presentation| match presentation {
            RawPresentation::Allowed => Presentation::Allowed,
            RawPresentation::Restricted => Presentation::Restricted,
        }),
        no_answer,
    }
}
