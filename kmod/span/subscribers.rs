// SPDX-License-Identifier: GPL-2.0-only
//! Subscribers: who is signalled when, and whom a lock-step clock waits for.

use super::{
    burst::TICK,
    Owner, //
};
use crate::{
    abi::wake::{
        due,
        MAX_SUBSCRIBERS, //
    },
    sys::eventfd::EventFd, //
};
use kernel::prelude::*;

/// What a subscriber is granted.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub(super) period: u32,
    pub(super) phase: u32,
    /// It is signalled at once on an event too.
    pub(super) events: bool,
    /// It holds the clock after a wake-up.
    pub(super) lock_step: bool,
}

impl Terms {
    /// The nearest terms that can be granted: period and phase are multiples of the tick, the period at most a ring less a
    /// tick.
    pub(super) fn grant(self, ring_frames: u64) -> Self {
        let tick = TICK as u32;
        let most = u32::try_from(ring_frames)
            .unwrap_or(u32::MAX)
            .saturating_sub(tick)
            .max(tick);
        let period = self
            .period
            .clamp(tick, most)
            .next_multiple_of(tick)
            .min(most);
        // `period` is at least one tick.
        let phase = self.phase.checked_rem(period).unwrap_or(0);
        Self {
            period,
            phase: phase / tick * tick,
            ..self
        }
    }
}

/// One subscription.
pub(super) struct Subscriber {
    id: u32,
    owner: Owner,
    terms: Terms,
    eventfd: EventFd,
    /// In lock-step: the position that must be consumed before the next tick, and the one that is.
    required: u64,
    consumed: u64,
}

/// The subscriptions of one span.
pub(super) struct Subscribers {
    list: KVec<Subscriber>,
    last_id: u32,
}

impl Subscribers {
    /// No subscriptions, and all the room that they will ever need.
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            list: KVec::with_capacity(MAX_SUBSCRIBERS, GFP_KERNEL)?,
            last_id: 0,
        })
    }

    /// Enters one and returns its number; gives the eventfd back if there is no room.
    pub(super) fn enter(
        &mut self,
        owner: Owner,
        terms: Terms,
        eventfd: EventFd,
    ) -> Result<u32, EventFd> {
        if self.list.len() >= MAX_SUBSCRIBERS {
            return Err(eventfd);
        }
        loop {
            self.last_id = self.last_id.wrapping_add(1).max(1);
            if self.list.iter().all(|each| each.id != self.last_id) {
                break;
            }
        }
        let id = self.last_id;
        self.list
            .push_within_capacity(Subscriber {
                id,
                owner,
                terms,
                eventfd,
                required: 0,
                consumed: 0,
            })
            .map(|()| id)
            .map_err(|full| full.0.eventfd)
    }

    /// Takes out the first for which this holds.
    pub(super) fn take(&mut self, mut ends: impl FnMut(u32, Owner) -> bool) -> Option<Subscriber> {
        let index = self
            .list
            .iter()
            .position(|each| ends(each.id, each.owner))?;
        self.list.remove(index).ok()
    }

    /// Notes what a lock-step subscriber has consumed, of what there is below `now`: nobody consumes the future, and so runs the
    /// clock away. `false` if the owner has none of that number.
    pub(super) fn consumed(&mut self, id: u32, owner: Owner, frame: u64, now: u64) -> bool {
        let found = self
            .list
            .iter_mut()
            .find(|each| each.id == id && each.owner == owner && each.terms.lock_step);
        match found {
            Some(subscriber) => {
                subscriber.consumed = frame.min(now);
                true
            }
            None => false,
        }
    }

    /// After the span moved from `before` to `after`: signals those that are due, and with `news` those that want events.
    pub(super) fn signal(&mut self, before: u64, after: u64, news: bool) {
        for subscriber in self.list.iter_mut() {
            let Terms { period, phase, .. } = subscriber.terms;
            let due = due(before, after, u64::from(period), u64::from(phase));
            if due && subscriber.terms.lock_step {
                subscriber.required = after;
            }
            if due || news && subscriber.terms.events {
                subscriber.eventfd.signal();
            }
        }
    }

    /// Signals all those that want events.
    pub(super) fn signal_events(&self) {
        for subscriber in self.list.iter().filter(|each| each.terms.events) {
            subscriber.eventfd.signal();
        }
    }

    /// Signals everybody: the span is gone.
    pub(super) fn signal_all(&self) {
        for subscriber in self.list.iter() {
            subscriber.eventfd.signal();
        }
    }

    /// How many hold the clock, and whether one of them has not consumed what it was woken for.
    pub(super) fn lock_step(&self) -> (u32, bool) {
        let mut holders = 0u32;
        let mut waiting = false;
        for subscriber in self.list.iter().filter(|each| each.terms.lock_step) {
            holders = holders.wrapping_add(1);
            waiting |= subscriber.consumed < subscriber.required;
        }
        (holders, waiting)
    }
}
