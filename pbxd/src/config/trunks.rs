// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[[trunk_group]]`: channels that serve the same purpose.

use super::document::{Document, Entry};
use super::slots::parse_slots;
use super::span::{Spans, check_name};
use core::ops::Range;
use pbx_core::{ChannelId, Hunt, Name, Side, TrunkGroupSpec};
use serde::Deserialize;
use toml::Spanned;

/// A trunk group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkGroup {
    /// Its name.
    pub name: Name,
    /// Its channels, in hunting order.
    pub channels: Vec<ChannelId>,
    /// How one is picked.
    pub hunt: Hunt,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    name: Spanned<String>,
    channels: Spanned<Vec<Spanned<String>>>,
    hunt: Option<RawHunt>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawHunt {
    Ascending,
    Descending,
    RoundRobin,
    LeastRecentlyUsed,
}

/// The trunk groups that could be read, and what the plan is built from.
pub(super) struct Trunks {
    pub(super) good: Vec<TrunkGroup>,
    /// With a stand-in for each group that could not be read.
    pub(super) specs: Vec<TrunkGroupSpec>,
    /// Where each of `specs` stands.
    pub(super) places: Vec<Range<usize>>,
}

pub(super) fn read(document: &mut Document<'_>, spans: &Spans) -> Trunks {
    let mut trunks = Trunks {
        good: Vec::new(),
        specs: Vec::new(),
        places: Vec::new(),
    };
    for Entry { name, at, value } in document.list::<RawGroup>("trunk_group") {
        let place = value.as_ref().map_or(at, |raw| raw.name.span());
        let group = value.and_then(|raw| one(document, raw, spans));
        let spec = match (&group, name) {
            (Some(group), _) => TrunkGroupSpec {
                name: group.name.clone(),
                channels: group.channels.clone(),
                hunt: group.hunt,
            },
            (None, Some(name)) => TrunkGroupSpec {
                channels: vec![ChannelId {
                    span: format!("?{name}").as_str().into(),
                    slot: 0,
                }],
                name: name.as_str().into(),
                hunt: Hunt::Ascending,
            },
            (None, None) => continue,
        };
        trunks.specs.push(spec);
        trunks.places.push(place);
        trunks.good.extend(group);
    }
    trunks
}

fn one(document: &mut Document<'_>, raw: RawGroup, spans: &Spans) -> Option<TrunkGroup> {
    check_name(document, &raw.name);
    let mut good = true;
    let mut channels = Vec::new();
    let mut side = Side::User;
    for entry in raw.channels.get_ref() {
        let (name, slots) = match entry.get_ref().split_once(':') {
            Some((name, slots)) => (name, Some(slots)),
            None => (entry.get_ref().as_str(), None),
        };
        let Some(span) = spans.good.iter().find(|span| &*span.name == name) else {
            good = false;
            // A span with errors of its own was reported already.
            if !spans.names.contains(name) {
                document.error_at(
                    entry,
                    format!("there is no span {name:?}: expected \"span\" or \"span:slots\""),
                );
            }
            continue;
        };
        if channels.is_empty() {
            side = span.side;
        }
        let slots = match slots.map(parse_slots) {
            None => span.channels.clone(),
            Some(Ok(slots)) => slots,
            Some(Err(error)) => {
                good = false;
                document.error_at(entry, format!("channels of span {name:?}: {error}"));
                continue;
            }
        };
        for slot in slots {
            if span.channels.contains(&slot) {
                channels.push(ChannelId {
                    span: span.name.clone(),
                    slot,
                });
            } else {
                good = false;
                document.error_at(entry, format!("slot {slot} is no channel of span {name:?}"));
            }
        }
    }
    let hunt = match raw.hunt {
        None => Hunt::for_side(side),
        Some(RawHunt::Ascending) => Hunt::Ascending,
        Some(RawHunt::Descending) => Hunt::Descending,
        Some(RawHunt::RoundRobin) => Hunt::RoundRobin,
        Some(RawHunt::LeastRecentlyUsed) => Hunt::LeastRecentlyUsed,
    };
    good.then(|| TrunkGroup {
        name: raw.name.get_ref().as_str().into(),
        channels,
        hunt,
    })
}
