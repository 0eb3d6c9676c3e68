// SPDX-License-Identifier: MIT OR Apache-2.0
//! The channels of trunk groups: which are free, and which one is taken next.

use crate::{LegId, Name, TrunkGroupSpec};
use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

/// One channel: a slot of a span (E1: the timeslot number).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId {
    /// The span's name.
    pub span: Name,
    /// The slot.
    pub slot: u8,
}

impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.span, self.slot)
    }
}

/// Which side of the interface we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The user side.
    User,
    /// The network side.
    Network,
}

/// How a trunk group picks a free channel. "First" and "last" follow the order in which the group lists its channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hunt {
    /// The first free one.
    Ascending,
    /// The last free one.
    Descending,
    /// The next free one after the one taken last.
    RoundRobin,
    /// The one that has been free for the longest time.
    LeastRecentlyUsed,
}

impl Hunt {
    /// The two sides of a line hunt from opposite ends, so that they meet (glare) only when it is nearly full: the user
    /// from the bottom, the network from the top.
    pub const fn for_side(side: Side) -> Self {
        match side {
            Side::User => Self::Ascending,
            Side::Network => Self::Descending,
        }
    }
}

/// Why a channel is out of service. A channel may have several reasons at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outage {
    /// The line has an alarm.
    Alarm,
    /// Its signalling channel is down.
    Signalling,
    /// It is being restarted.
    Restarting,
    /// An operator took it out.
    Maintenance,
    /// A call on it did not end when told to; see [`crate::LegCommand::Abandon`].
    Stuck,
}

/// Why a channel cannot be occupied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OccupyError {
    /// No trunk group has it.
    #[error("no trunk group has this channel")]
    Unknown,
    /// Another leg holds it.
    #[error("the channel is busy")]
    Busy,
    /// It is out of service.
    #[error("the channel is out of service")]
    OutOfService,
}

/// What is known about one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelStatus {
    /// The leg that holds it.
    pub holder: Option<LegId>,
    /// Why it is out of service; empty: in service.
    pub outages: BTreeSet<Outage>,
}

#[derive(Clone, Debug, Default)]
struct Channel {
    holder: Option<LegId>,
    outages: BTreeSet<Outage>,
    /// Counts up with each release; 0: never used.
    released: u64,
    /// The plan no longer has it; it goes when its holder does.
    retired: bool,
}

impl Channel {
    fn is_free(&self) -> bool {
        self.holder.is_none() && self.outages.is_empty() && !self.retired
    }
}

#[derive(Clone, Debug)]
struct Group {
    channels: Vec<ChannelId>,
    hunt: Hunt,
    /// Index of the channel taken last.
    last: Option<usize>,
}

/// Hands out the channels of trunk groups. Every channel is held by one leg at most.
#[derive(Clone, Debug, Default)]
pub struct ChannelAllocator {
    channels: BTreeMap<ChannelId, Channel>,
    groups: BTreeMap<Name, Group>,
    releases: u64,
}

impl ChannelAllocator {
    /// Takes over a plan's trunk groups. Channels that stay keep their state; a channel that goes while a leg holds it is
    /// kept until that leg ends.
    pub fn set_groups(&mut self, groups: &[TrunkGroupSpec]) {
        let mut old = core::mem::take(&mut self.groups);
        for channel in self.channels.values_mut() {
            channel.retired = true;
        }
        for spec in groups {
            for id in &spec.channels {
                self.channels.entry(id.clone()).or_default().retired = false;
            }
            let last = old.remove(&spec.name).and_then(|group| group.last);
            let group = Group {
                channels: spec.channels.clone(),
                hunt: spec.hunt,
                last,
            };
            self.groups.insert(spec.name.clone(), group);
        }
        self.channels
            .retain(|_, channel| !channel.retired || channel.holder.is_some());
    }

    /// Takes a free channel of a group for a leg.
    pub fn allocate(&mut self, group: &str, leg: LegId) -> Option<ChannelId> {
        let group = self.groups.get_mut(group)?;
        let free = |index: &usize| {
            group
                .channels
                .get(*index)
                .and_then(|id| self.channels.get(id))
                .is_some_and(Channel::is_free)
        };
        let count = group.channels.len();
        let index = match group.hunt {
            Hunt::Ascending => (0..count).find(free),
            Hunt::Descending => (0..count).rev().find(free),
            Hunt::RoundRobin => {
                let start = group.last.map_or(0, |last| last + 1);
                (0..count)
                    .map(|step| (start + step) % count.max(1))
                    .find(free)
            }
            Hunt::LeastRecentlyUsed => (0..count).filter(free).min_by_key(|index| {
                group
                    .channels
                    .get(*index)
                    .and_then(|id| self.channels.get(id))
                    .map(|channel| channel.released)
            }),
        }?;
        let id = group.channels.get(index)?.clone();
        group.last = Some(index);
        self.channels.get_mut(&id)?.holder = Some(leg);
        Some(id)
    }

    /// Takes any free channel of a span, the highest slot first: for an incoming call whose far end leaves the choice to
    /// us.
    pub fn allocate_on_span(&mut self, span: &str, leg: LegId) -> Option<ChannelId> {
        let (id, channel) = self
            .channels
            .iter_mut()
            .rev()
            .find(|(id, channel)| &*id.span == span && channel.is_free())?;
        channel.holder = Some(leg);
        Some(id.clone())
    }

    /// Takes this channel, because the far end chose it.
    ///
    /// # Errors
    /// Why it cannot be taken.
    pub fn occupy(&mut self, id: &ChannelId, leg: LegId) -> Result<(), OccupyError> {
        let channel = self
            .channels
            .get_mut(id)
            .filter(|channel| !channel.retired)
            .ok_or(OccupyError::Unknown)?;
        if channel.holder.is_some() {
            return Err(OccupyError::Busy);
        }
        if !channel.outages.is_empty() {
            return Err(OccupyError::OutOfService);
        }
        channel.holder = Some(leg);
        Ok(())
    }

    /// Gives a channel back. Returns false when this leg did not hold it.
    pub fn release(&mut self, id: &ChannelId, leg: LegId) -> bool {
        let Some(channel) = self
            .channels
            .get_mut(id)
            .filter(|channel| channel.holder == Some(leg))
        else {
            return false;
        };
        self.releases += 1;
        channel.holder = None;
        channel.released = self.releases;
        if channel.retired {
            self.channels.remove(id);
        }
        true
    }

    /// Sets or lifts one reason for which a channel is out of service. Calls on it are not touched. Returns false when
    /// no trunk group has the channel.
    pub fn set_outage(&mut self, id: &ChannelId, outage: Outage, out: bool) -> bool {
        let Some(channel) = self.channels.get_mut(id) else {
            return false;
        };
        if out {
            channel.outages.insert(outage);
        } else {
            channel.outages.remove(&outage);
        }
        true
    }

    /// The same for all channels of a span.
    pub fn set_span_outage(&mut self, span: &str, outage: Outage, out: bool) {
        let ids: Vec<ChannelId> = self
            .channels
            .keys()
            .filter(|id| &*id.span == span)
            .cloned()
            .collect();
        for id in ids {
            self.set_outage(&id, outage, out);
        }
    }

    /// What is known about a channel.
    pub fn status(&self, id: &ChannelId) -> Option<ChannelStatus> {
        let channel = self.channels.get(id)?;
        Some(ChannelStatus {
            holder: channel.holder,
            outages: channel.outages.clone(),
        })
    }

    /// All channels with their state, by span and slot.
    pub fn iter(&self) -> impl Iterator<Item = (&ChannelId, ChannelStatus)> {
        self.channels.iter().map(|(id, channel)| {
            (
                id,
                ChannelStatus {
                    holder: channel.holder,
                    outages: channel.outages.clone(),
                },
            )
        })
    }

    /// How many channels are held.
    pub fn busy(&self) -> usize {
        self.channels
            .values()
            .filter(|channel| channel.holder.is_some())
            .count()
    }
}

#[cfg(test)]
mod tests;
