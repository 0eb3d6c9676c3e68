// SPDX-License-Identifier: GPL-2.0-only
//! A span: memory that userspace maps, and what may be asked of it. It knows nothing of the card or clock behind it: whoever
//! drives it calls [`Span::leave`] and [`Span::arrive`] once a tick.

mod burst;
mod claims;
mod commands;
mod lineside;
mod regions;
mod requests;
mod slots;
mod state;
mod subscribers;
mod tick;

pub(crate) use burst::{
    Burst,
    TICK, //
};
pub(crate) use requests::Refused;

use crate::{
    abi::{
        command::Command,
        config::LineConfig,
        event::Kind,
        geometry::SlotSet,
        position::Positions,
        ring::{
            fill,
            Place, //
        },
        text::TEXT_BYTES,
        wake::{
            flag,
            Subscribe, //
        },
        word,
        words::Words, //
    },
    compat::{
        new_poll_condvar,
        new_spinlock_irq,
        PollCondVar,
        SpinLockIrq, //
    },
    memory::Region,
    sys::eventfd::EventFd, //
};
use claims::Purpose;
use kernel::{
    prelude::*,
    sync::Arc, //
};
use regions::Regions;
use state::State;
use subscribers::Terms;

/// Whoever owns claims and subscriptions: one open file description. Numbers are never used twice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner(pub(crate) u64);

/// How a span is set up.
pub(crate) struct Setup {
    /// Its number.
    pub(crate) index: u32,
    /// Its name.
    pub(crate) name: [u8; TEXT_BYTES],
    /// Its configuration at the start.
    pub(crate) config: LineConfig,
    /// What it can do: bits of the ABI.
    pub(crate) features: u64,
    /// The number of its clock domain.
    pub(crate) domain: u64,
    /// Lock-step subscriptions are granted.
    pub(crate) lock_step: bool,
}

/// What a slot's holder is called, for display.
pub(crate) struct Held {
    /// The slots of one claim.
    pub(crate) slots: SlotSet,
    /// Its number.
    pub(crate) id: u32,
    /// Its holder's name for itself.
    pub(crate) holder: [u8; TEXT_BYTES],
}

/// One span.
#[pin_data]
pub(crate) struct Span {
    setup: Setup,
    regions: Regions,
    #[pin]
    state: SpinLockIrq<State>,
    #[pin]
    news: PollCondVar,
}

impl Span {
    /// A span whose line time begins at frame 0. May sleep.
    pub(crate) fn new(setup: Setup) -> Result<Arc<Self>> {
        let regions = Regions::new()?;
        let state = State::new(&setup, &regions)?;
        Arc::pin_init(
            try_pin_init!(Self {
                setup,
                regions,
                state <- new_spinlock_irq!(state, "tdm_span"),
                news <- new_poll_condvar!("tdm_span_news"),
            }),
            GFP_KERNEL,
        )
    }

    /// Its number.
    pub(crate) fn index(&self) -> u32 {
        self.setup.index
    }

    /// Its name.
    pub(crate) fn name(&self) -> &[u8; TEXT_BYTES] {
        &self.setup.name
    }

    /// The regions that everybody may map.
    pub(crate) fn status(&self) -> &Region {
        &self.regions.status
    }

    /// What the line brought.
    pub(crate) fn receive(&self) -> &Region {
        &self.regions.receive
    }

    /// What really left.
    pub(crate) fn sent(&self) -> &Region {
        &self.regions.sent
    }

    /// What `poll` waits on.
    pub(crate) fn news(&self) -> &PollCondVar {
        &self.news
    }

    /// Events published so far, and whether the span is gone.
    pub(crate) fn progress(&self) -> (u64, bool) {
        let gone = self.state.lock().gone;
        (self.regions.events.head(&self.regions.status), gone)
    }

    /// The positions, the configuration and the alarms now, for display.
    pub(crate) fn summary(&self) -> (Positions, LineConfig, u64) {
        let state = self.state.lock();
        (state.positions, state.config, state.alarms)
    }

    /// The `n`-th claim, for display.
    pub(crate) fn held(&self, n: usize) -> Option<Held> {
        let state = self.state.lock();
        let held = state.claims.iter().nth(n).map(|claim| Held {
            slots: claim.slots,
            id: claim.id,
            holder: claim.holder,
        });
        held
    }

    /// Runs a request under the lock, and tells those who want to know of its events.
    fn request<R>(&self, run: impl FnOnce(&mut State, &Regions) -> R) -> Result<R> {
        let (result, news) = {
            let mut state = self.state.lock();
            if state.gone {
                return Err(ENODEV);
            }
            let result = run(&mut state, &self.regions);
            let news = state.take_news();
            if news {
                state.subscribers.signal_events();
            }
            (result, news)
        };
        if news {
            self.news.notify_all();
        }
        Ok(result)
    }

    /// The first half of a tick. In any context.
    pub(crate) fn leave(&self) -> Burst {
        self.state.lock().leave(&self.regions)
    }

    /// The second half of a tick. In any context.
    pub(crate) fn arrive(&self, burst: &Burst, tick_ns: u64) {
        self.pass(|state, regions| state.arrive(regions, burst, tick_ns));
    }

    /// Line time that was lost. In any context.
    pub(crate) fn lose(&self, ticks: u64, tick_ns: u64) {
        self.pass(|state, regions| state.lose(regions, ticks, tick_ns));
    }

    fn pass(&self, run: impl FnOnce(&mut State, &Regions)) {
        let news = {
            let mut state = self.state.lock();
            let before = state.positions.rx_frame;
            run(&mut state, &self.regions);
            let news = state.take_news();
            let after = state.positions.rx_frame;
            state.subscribers.signal(before, after, news);
            news
        };
        if news {
            self.news.notify_all();
        }
    }

    /// How many subscribers hold the clock, and whether it must wait for one of them.
    pub(crate) fn lock_step(&self) -> (u32, bool) {
        self.state.lock().subscribers.lock_step()
    }

    /// Claims slots; the answer is the claim's number and the size of its transmit region. May sleep.
    pub(crate) fn claim(
        &self,
        owner: Owner,
        slots: SlotSet,
        purpose: u32,
        peer: u32,
        holder: [u8; TEXT_BYTES],
    ) -> Result<(u32, u64), Refused> {
        let granted = self.request(|state, _| {
            let purpose = state.check_claim(slots, purpose, peer)?;
            Ok::<_, Refused>((purpose, state.idle))
        })??;
        let (mut now, mut idle) = granted;
        let geometry = self.regions.geometry;
        let bytes = geometry.region_bytes(u64::from(slots.len()));
        let region = match now {
            Purpose::Transmit => Some(Arc::new(Region::new(bytes)?, GFP_KERNEL)?),
            Purpose::Loop | Purpose::Peer(_) => None,
        };
        let bytes = if region.is_some() { bytes } else { 0 };
        loop {
            if let Some(region) = &region {
                for slot in slots::each(slots) {
                    let place = Place {
                        geometry,
                        slot,
                        ring: u64::from(slots.rank(slot)),
                    };
                    let code = idle.get(slot.index()).copied().unwrap_or(0xff);
                    fill(&**region, &place, 0, geometry.frames(), code);
                }
            }
            let ours = region.clone();
            // `Ok(Err(…))`: the idle codes changed while the rings were filled, by a change of the law.
            let entered = self.request(|state, regions| {
                now = state.check_claim(slots, purpose, peer)?;
                if state.idle != idle {
                    return Ok(Err((state.idle, ours)));
                }
                match state.enter_claim(regions, owner, slots, now, holder, ours) {
                    Ok(id) => Ok(Ok(id)),
                    Err(region) => {
                        // Ours is not the last reference: `region` outside has one too.
                        drop(region);
                        Err(Refused::Because(ENOSPC))
                    }
                }
            })??;
            match entered {
                Ok(id) => return Ok((id, bytes)),
                Err((changed, _unused)) => idle = changed,
            }
        }
    }

    /// The transmit region of an owner's claim.
    pub(crate) fn transmit(&self, id: u32, owner: Owner) -> Result<Arc<Region>> {
        self.request(|state, _| {
            let claim = state.claims.get(id, owner).ok_or(EINVAL)?;
            claim.region.clone().ok_or(EINVAL)
        })?
    }

    /// Ends a claim at its owner's wish.
    pub(crate) fn release(&self, id: u32, owner: Owner) -> Result {
        let ended = self.request(|state, regions| {
            state.end_claim(regions, |claim| claim.id == id && claim.owner == owner)
        })?;
        // The region is freed here, outside the lock.
        ended.map(drop).ok_or(ENOENT)
    }

    /// Takes a claim away from its owner.
    pub(crate) fn revoke(&self, id: u32) -> Result {
        let ended =
            self.request(|state, regions| state.end_claim(regions, |claim| claim.id == id))?;
        ended.map(drop).ok_or(ENOENT)
    }

    /// Sets the idle code of slots of a claim.
    pub(crate) fn set_idle(&self, id: u32, owner: Owner, slots: SlotSet, code: u32) -> Result {
        self.request(|state, regions| state.set_idle(regions, id, owner, slots, code))?
    }

    /// Queues timed line commands in their order; tells how many were accepted, and why not all.
    pub(crate) fn command(&self, id: u32, owner: Owner, commands: &[Command]) -> (u32, Result) {
        let mut accepted = 0u32;
        let done = self.request(|state, regions| {
            for command in commands {
                state.command(regions, id, owner, *command)?;
                accepted = accepted.wrapping_add(1);
            }
            Ok(())
        });
        (accepted, done.and_then(|done| done))
    }

    /// Configures the line.
    pub(crate) fn configure(&self, config: LineConfig) -> Result {
        State::check_config(&config)?;
        self.request(|state, regions| state.configure(regions, config))?;
        let usable = SlotSet::from_bits(config.usable_slots());
        // What the line carries no more leaves nowhere from now on; its claims end one by one.
        while let Some(ended) = self.request(|state, regions| {
            state.end_claim(regions, |claim| !claim.slots.difference(usable).is_empty())
        })? {
            drop(ended);
        }
        Ok(())
    }

    /// Subscribes an eventfd and fills in what was granted.
    pub(crate) fn subscribe(&self, owner: Owner, ask: &mut Subscribe) -> Result {
        if ask.flags & !(flag::EVENTS | flag::LOCK_STEP) != 0 || ask.reserved != 0 {
            return Err(EINVAL);
        }
        let wanted = Terms {
            period: ask.period,
            phase: ask.phase,
            events: ask.flags & flag::EVENTS != 0,
            lock_step: ask.flags & flag::LOCK_STEP != 0,
        };
        if wanted.lock_step && !self.setup.lock_step {
            return Err(EOPNOTSUPP);
        }
        let eventfd = EventFd::of_descriptor(ask.eventfd)?;
        let terms = wanted.grant(self.regions.geometry.frames());
        let entered = self.request(|state, _| state.subscribers.enter(owner, terms, eventfd))?;
        // An eventfd that found no room is dropped here, outside the lock.
        ask.id = entered.map_err(|_| ENOSPC)?;
        (ask.period, ask.phase) = (terms.period, terms.phase);
        Ok(())
    }

    /// Ends a subscription.
    pub(crate) fn unsubscribe(&self, id: u32, owner: Owner) -> Result {
        let ended = self.request(|state, _| {
            let ours = |each, whose| each == id && whose == owner;
            state.subscribers.take(ours)
        })?;
        ended.map(drop).ok_or(ENOENT)
    }

    /// Notes what a lock-step subscriber has consumed.
    pub(crate) fn consumed(&self, id: u32, owner: Owner, frame: u64) -> Result {
        let found = self.request(|state, _| {
            let now = state.positions.rx_frame;
            state.subscribers.consumed(id, owner, frame, now)
        })?;
        if found {
            Ok(())
        } else {
            Err(ENOENT)
        }
    }

    /// Ends claims, of a span that is gone too. Their regions are freed here, outside the lock. May sleep.
    fn end_claims(&self, mut ends: impl FnMut(Owner) -> bool) {
        loop {
            let (ended, news) = {
                let mut state = self.state.lock();
                let ended = state.end_claim(&self.regions, |claim| ends(claim.owner));
                let news = state.take_news();
                if news {
                    state.subscribers.signal_events();
                }
                (ended, news)
            };
            if news {
                self.news.notify_all();
            }
            match ended {
                Some(ended) => drop(ended),
                None => return,
            }
        }
    }

    /// An owner is gone: its claims and subscriptions end. May sleep.
    pub(crate) fn forget(&self, owner: Owner) {
        self.end_claims(|whose| whose == owner);
        loop {
            let ended = {
                let mut state = self.state.lock();
                state.subscribers.take(|_, whose| whose == owner)
            };
            match ended {
                Some(ended) => drop(ended),
                None => return,
            }
        }
    }

    /// The card or whatever stood behind the span is gone: claims end, everybody is told, and nothing works any more but what
    /// is mapped. Whoever drives the span has stopped before. May sleep.
    pub(crate) fn go(&self) {
        // From here on nothing is granted any more.
        self.state.lock().gone = true;
        self.end_claims(|_| true);
        {
            let mut state = self.state.lock();
            let frame = state.positions.rx_frame;
            state.event(&self.regions, Kind::Gone, None, frame, 0);
            state.subscribers.signal_all();
        }
        self.news.notify_all();
    }

    /// A counter's value, by its index in the ABI's names.
    pub(crate) fn counter(&self, index: usize) -> u64 {
        self.regions.status.load(word::COUNTERS.wrapping_add(index))
    }
}
