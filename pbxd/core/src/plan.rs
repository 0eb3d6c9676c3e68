// SPDX-License-Identifier: MIT OR Apache-2.0
//! The plan: trunk groups, peers, routes and causes, valid as a whole and never changed.

use crate::{CauseMap, ChannelId, Hunt, Name, RouteSpec, Routes, route};
use std::collections::{BTreeMap, BTreeSet};

/// A trunk group as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkGroupSpec {
    /// Its name.
    pub name: Name,
    /// Its channels, in the order that hunting follows. A channel belongs to one group at most.
    pub channels: Vec<ChannelId>,
    /// How a channel is picked.
    pub hunt: Hunt,
}

/// A SIP peer as the call model sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerSpec {
    /// Its name.
    pub name: Name,
    /// Most calls at a time, both directions together; `None`: no limit of its own.
    pub max_calls: Option<u32>,
    /// Its early media reaches the caller; without it the caller hears our ringback.
    pub early_media: bool,
    /// It can carry 64 kbit/s unrestricted.
    pub clear_mode: bool,
}

/// Everything that decides where calls go. Build it with [`Plan::new`]; publish it in an `Arc`; swap it with
/// [`crate::Input::Plan`]. Calls keep the plan they started with.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub(crate) groups: Vec<TrunkGroupSpec>,
    pub(crate) peers: BTreeMap<Name, PeerSpec>,
    pub(crate) routes: Routes,
    pub(crate) causes: CauseMap,
    group_of: BTreeMap<ChannelId, usize>,
}

/// Which part of the plan an error is about; indices into what [`Plan::new`] was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanPart {
    /// A trunk group.
    Group(usize),
    /// A peer.
    Peer(usize),
    /// A route's name or the route as a whole.
    Route(usize),
    /// A route's pattern or its digit bounds.
    Pattern(usize),
    /// An entry of a route's `from`.
    From(usize, usize),
    /// A target of a route.
    Target(usize, usize),
}

/// One thing wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PlanError {
    /// Where.
    pub part: PlanPart,
    /// What was found and what was expected.
    pub message: String,
}

impl Plan {
    /// Builds a plan.
    ///
    /// # Errors
    /// Everything that is wrong, not only the first.
    pub fn new(
        groups: Vec<TrunkGroupSpec>,
        peers: Vec<PeerSpec>,
        routes: &[RouteSpec],
        causes: CauseMap,
    ) -> Result<Self, Vec<PlanError>> {
        let mut errors = Vec::new();
        let mut names = BTreeSet::new();
        let mut group_of: BTreeMap<ChannelId, usize> = BTreeMap::new();
        for (index, group) in groups.iter().enumerate() {
            let mut fail = |message| {
                errors.push(PlanError {
                    part: PlanPart::Group(index),
                    message,
                })
            };
            if !names.insert(group.name.clone()) {
                fail(format!(
                    "the name {:?} is taken: trunk groups and peers share their names",
                    group.name
                ));
            }
            if group.channels.is_empty() {
                fail(format!("trunk group {:?} has no channels", group.name));
            }
            for channel in &group.channels {
                if let Some(other) = group_of
                    .insert(channel.clone(), index)
                    .and_then(|other| groups.get(other))
                {
                    fail(format!(
                        "channel {channel} is in trunk group {:?} already",
                        other.name
                    ));
                }
            }
        }
        for (index, peer) in peers.iter().enumerate() {
            if !names.insert(peer.name.clone()) {
                let message = format!(
                    "the name {:?} is taken: trunk groups and peers share their names",
                    peer.name
                );
                errors.push(PlanError {
                    part: PlanPart::Peer(index),
                    message,
                });
            }
        }
        let group_names = groups.iter().map(|group| group.name.clone()).collect();
        let peer_names = peers.iter().map(|peer| peer.name.clone()).collect();
        let routes = route::build(routes, &group_names, &peer_names, &mut errors);
        if !errors.is_empty() {
            return Err(errors);
        }
        let peers = peers
            .into_iter()
            .map(|peer| (peer.name.clone(), peer))
            .collect();
        Ok(Self {
            groups,
            peers,
            routes,
            causes,
            group_of,
        })
    }

    /// The routes.
    pub fn routes(&self) -> &Routes {
        &self.routes
    }

    /// The causes with the operator's changes.
    pub fn causes(&self) -> &CauseMap {
        &self.causes
    }

    /// The trunk group that this channel belongs to.
    pub fn group_of(&self, channel: &ChannelId) -> Option<&Name> {
        self.group_of
            .get(channel)
            .and_then(|index| self.groups.get(*index))
            .map(|group| &group.name)
    }
}
