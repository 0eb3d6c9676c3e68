// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the clock and the control thread share: the plant and its subscribers.

use super::subscriber::{Subscriber, Waiting, grant};
use crate::model::{Owner, Plant};
use crate::pci::Seat;
use nix::errno::Errno;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use tdm::abi::wake::{MAX_SUBSCRIBERS, Subscribe, flag};
use tdm::abi::word;
use tdm::serve::{Region, Writer};

/// Subscriptions that one connection may have.
const PER_CONNECTION: usize = 8;

/// What an emulator has counted. It goes only up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Connections accepted.
    pub accepted: u64,
    /// Connections closed at once because there were too many.
    pub refused: u64,
    /// Connections closed because of what the client sent.
    pub malformed: u64,
    /// Connections closed because the client did not read its answers.
    pub unread: u64,
    /// Requests answered.
    pub requests: u64,
    /// Of these, with an error.
    pub refusals: u64,
    /// Ticks made.
    pub ticks: u64,
    /// Ticks lost because the host was late.
    pub lost_ticks: u64,
    /// Times that a lock-step subscriber was named because the clock waited for it.
    pub stalls: u64,
}

/// The shared state.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) plant: Plant<Region>,
    subscribers: Vec<Subscriber>,
    last_id: u32,
    lock_step: bool,
    /// Cards, which hold a lock-step clock too.
    seats: Vec<Arc<Seat>>,
    pub(crate) statistics: Statistics,
    /// Positions before a tick; kept to save the allocation.
    before: Vec<u64>,
}

impl Hub {
    /// Around a plant and its cards; `lock_step` says whether the clock waits for subscribers and cards.
    pub(crate) fn new(plant: Plant<Region>, lock_step: bool, seats: Vec<Arc<Seat>>) -> Self {
        let before = Vec::with_capacity(plant.span_count());
        let statistics = Statistics::default();
        Hub {
            plant,
            subscribers: Vec::new(),
            last_id: 0,
            lock_step,
            seats,
            statistics,
            before,
        }
    }

    /// One tick.
    pub(crate) fn tick(&mut self, now_ns: u64) {
        self.remember();
        self.plant.step(now_ns);
        self.statistics.ticks += 1;
        self.signal();
    }

    /// Ticks that are lost.
    pub(crate) fn lose(&mut self, ticks: u64, now_ns: u64) {
        self.remember();
        self.plant.lose(ticks, now_ns);
        self.statistics.lost_ticks += ticks;
        self.signal();
    }

    fn remember(&mut self) {
        self.before.clear();
        self.before
            .extend(self.plant.spans().map(|span| span.positions().rx_frame));
    }

    fn signal(&mut self) {
        for (index, before) in self.before.iter().enumerate() {
            let Some(span) = self.plant.span_mut(index) else {
                continue;
            };
            let news = span.take_news();
            let after = span.positions().rx_frame;
            let mut lost = 0;
            for subscriber in self.subscribers.iter_mut().filter(|s| s.span == index) {
                lost += u64::from(!subscriber.tick(*before, after, news));
            }
            if lost > 0 {
                word::add(&span.memory().status, word::WAKEUPS_LOST, lost);
            }
        }
    }

    /// Signals events that a request has caused, without waiting for the tick.
    pub(crate) fn signal_news(&mut self, index: usize) {
        let news = self
            .plant
            .span_mut(index)
            .is_some_and(crate::model::Span::take_news);
        if news {
            for subscriber in self
                .subscribers
                .iter()
                .filter(|s| s.span == index && s.wants_events())
            {
                subscriber.signal();
            }
        }
    }

    /// Enters a subscription and returns the granted argument and its lock-step page.
    pub(crate) fn subscribe(
        &mut self,
        owner: Owner,
        span: usize,
        mut ask: Subscribe,
        fds: Vec<OwnedFd>,
    ) -> Result<(Subscribe, Option<&Region>), Errno> {
        if ask.flags & !(flag::EVENTS | flag::LOCK_STEP) != 0 || ask.reserved != 0 {
            return Err(Errno::EINVAL);
        }
        let wants_lock_step = ask.flags & flag::LOCK_STEP != 0;
        if wants_lock_step && !self.lock_step {
            return Err(Errno::EOPNOTSUPP);
        }
        let of_span = self.subscribers.iter().filter(|s| s.span == span).count();
        let of_owner = self.subscribers.iter().filter(|s| s.owner == owner).count();
        if of_span >= MAX_SUBSCRIBERS || of_owner >= PER_CONNECTION {
            return Err(Errno::ENOSPC);
        }
        (ask.period, ask.phase) = grant(ask.period, ask.phase);
        let word = if wants_lock_step {
            let page = Region::new("tdm-consumed", 4096, Writer::Client);
            Some(page.map_err(|_| Errno::ENOMEM)?)
        } else {
            None
        };
        loop {
            self.last_id = self.last_id.wrapping_add(1).max(1);
            if self.subscribers.iter().all(|s| s.id != self.last_id) {
                break;
            }
        }
        ask.id = self.last_id;
        let terms = (ask.period, ask.phase, ask.flags);
        let subscriber = Subscriber::new(ask.id, owner, span, terms, fds, word)?;
        self.subscribers.push(subscriber);
        Ok((ask, self.subscribers.last().and_then(Subscriber::word)))
    }

    /// Ends a subscription; `false` if the owner has none of that number.
    pub(crate) fn unsubscribe(&mut self, owner: Owner, id: u32) -> bool {
        let before = self.subscribers.len();
        self.subscribers
            .retain(|s| !(s.id == id && s.owner == owner));
        self.subscribers.len() != before
    }

    /// An owner is gone.
    pub(crate) fn forget(&mut self, owner: Owner, span: usize) {
        self.subscribers.retain(|s| s.owner != owner);
        if let Some(span) = self.plant.span_mut(span) {
            span.release_all(owner);
        }
        self.signal_news(span);
    }

    /// The cards.
    pub(crate) fn seats(&self) -> &[Arc<Seat>] {
        &self.seats
    }

    /// How many subscribers hold the clock, and those that it waits for.
    pub(crate) fn lock_step(&self) -> (usize, Vec<Waiting>) {
        let holders = self.subscribers.iter().filter(|s| s.is_lock_step()).count();
        let waiting = self.subscribers.iter().filter_map(|subscriber| {
            let acknowledge = subscriber.waiting()?;
            let span = self
                .plant
                .span(subscriber.span)
                .map_or("?", |span| &span.settings().name);
            let who = format!(
                "subscriber {} of span {span} (connection {})",
                subscriber.id, subscriber.owner.0
            );
            Some(Waiting { acknowledge, who })
        });
        (holders, waiting.collect())
    }
}
