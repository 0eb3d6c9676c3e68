// SPDX-License-Identifier: MIT OR Apache-2.0
//! The calls of one shard: what comes in, what goes out, and when to wake up.

mod call;
mod ending;
mod events;
mod offer;
mod placing;
mod timers;

pub use call::{CallView, Stage};

use crate::{
    CallId, Cause, ChannelAllocator, ChannelId, LegCommand, LegEvent, LegId, MediaCommand, Name,
    Outage, Output, Plan, Setup,
};
use call::{Call, Leg};
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use timers::{Timer, Timers};

/// What happens to the exchange.
#[derive(Clone, Debug)]
pub enum Input {
    /// An end offers a call.
    Setup(Setup),
    /// A leg's adapter reports.
    Leg {
        /// The leg.
        leg: LegId,
        /// What it reports.
        event: LegEvent,
    },
    /// An operator ends a call. An unknown call is counted; ask [`Exchange::call`] first to tell the operator.
    Hangup {
        /// The call.
        call: CallId,
        /// Why.
        cause: Cause,
    },
    /// The exchange itself has to end a call: its media are dead, its record cannot be written. An unknown call is counted.
    Fail {
        /// The call.
        call: CallId,
        /// Why.
        cause: Cause,
    },
    /// A channel goes out of service or comes back.
    Channel {
        /// The channel.
        channel: ChannelId,
        /// The reason that starts or ends.
        outage: Outage,
        /// It starts.
        out: bool,
    },
    /// The same for all channels of a span.
    Span {
        /// The span's name.
        span: Name,
        /// The reason that starts or ends.
        outage: Outage,
        /// It starts.
        out: bool,
    },
    /// A SIP peer stops answering or answers again. Peers count as reachable until the first word.
    Peer {
        /// Its name.
        peer: Name,
        /// It answers.
        reachable: bool,
    },
    /// A new plan for the calls to come.
    Plan(Arc<Plan>),
    /// Other times; timers that run stay as they are.
    Timing(Timing),
    /// Take no more calls; end those that remain after `grace`, with `cause`; then say [`Output::Drained`]. A second
    /// shutdown may only shorten the grace.
    Shutdown {
        /// How long calls may go on.
        grace: Duration,
        /// What they end with.
        cause: Cause,
    },
}

/// Bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most calls at a time.
    pub calls: usize,
    /// Most legs at a time, those that are being cleared included.
    pub legs: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: 2048,
            legs: 6144,
        }
    }
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// In overlap, until the first digit.
    pub first_digit: Duration,
    /// In overlap, between two digits while the number matches nothing yet.
    pub interdigit: Duration,
    /// In overlap, between two digits when the number matches, but more digits could match another route.
    pub interdigit_matched: Duration,
    /// From placing a call to its answer, where the target says nothing else.
    pub no_answer: Duration,
    /// How long a caller hears busy or congestion; zero: not at all.
    pub failure_tone: Duration,
    /// How long a caller hears the announcement of an end that disconnected with tones in band.
    pub announcement: Duration,
    /// How long a call may last after its answer; `None`: for ever.
    pub max_talk: Option<Duration>,
    /// How long a leg may take to clear before it is abandoned.
    pub clearing: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            first_digit: Duration::from_secs(15),
            interdigit: Duration::from_secs(10),
            interdigit_matched: Duration::from_secs(4),
            no_answer: Duration::from_secs(180),
            failure_tone: Duration::from_secs(15),
            announcement: Duration::from_secs(30),
            max_talk: None,
            clearing: Duration::from_secs(90),
        }
    }
}

/// What was counted since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Calls offered.
    pub offered: u64,
    /// Calls answered.
    pub answered: u64,
    /// Calls that ended, answered or not.
    pub ended: u64,
    /// Offers refused because the call table or the leg table was full.
    pub refused_full: u64,
    /// Offers refused because of a shutdown.
    pub refused_shutdown: u64,
    /// Offers refused because the peer has its most calls.
    pub refused_peer_limit: u64,
    /// Offers refused because their channel was busy, out of service or unknown.
    pub refused_channel: u64,
    /// Calls for which no route was found.
    pub no_route: u64,
    /// Targets that could not be tried at all: no free channel, peer down or at its limit, bearer not carried.
    pub unavailable_targets: u64,
    /// Times the next target was tried after a failure.
    pub failovers: u64,
    /// Legs abandoned because they did not clear in time.
    pub abandoned: u64,
    /// Events that make no sense in the state of their leg; ignored.
    pub illegal_events: u64,
    /// Events and hang-ups for legs and calls that do not exist; ignored.
    pub unknown: u64,
}

/// The calls of one shard. See the crate's documentation for the contract.
#[derive(Debug)]
pub struct Exchange {
    limits: Limits,
    timing: Timing,
    plan: Arc<Plan>,
    channels: ChannelAllocator,
    calls: BTreeMap<CallId, Call>,
    legs: BTreeMap<LegId, Leg>,
    /// Calls a peer has, both directions.
    peer_calls: BTreeMap<Name, u32>,
    unreachable: std::collections::BTreeSet<Name>,
    next_call: u64,
    next_leg: u64,
    timers: Timers,
    outputs: VecDeque<Output>,
    counters: Counters,
    shutdown: Option<Shutdown>,
}

#[derive(Clone, Copy, Debug)]
struct Shutdown {
    cause: Cause,
    at: Duration,
    drained: bool,
}

impl Exchange {
    /// An exchange without calls. `first_call` is the id of its first call: call ids are the keys of records, so continue
    /// after the last one that was stored.
    pub fn new(plan: Arc<Plan>, timing: Timing, limits: Limits, first_call: u64) -> Self {
        let mut channels = ChannelAllocator::default();
        channels.set_groups(&plan.groups);
        Self {
            limits,
            timing,
            plan,
            channels,
            calls: BTreeMap::new(),
            legs: BTreeMap::new(),
            peer_calls: BTreeMap::new(),
            unreachable: std::collections::BTreeSet::new(),
            next_call: first_call,
            next_leg: 1,
            timers: Timers::default(),
            outputs: VecDeque::new(),
            counters: Counters::default(),
            shutdown: None,
        }
    }

    /// An id for a leg that an adapter is about to offer.
    pub fn new_leg_id(&mut self) -> LegId {
        let leg = LegId(self.next_leg);
        self.next_leg += 1;
        leg
    }

    /// Something happened.
    pub fn input(&mut self, now: Duration, input: Input) {
        match input {
            Input::Setup(setup) => self.offer(now, setup),
            Input::Leg { leg, event } => self.leg_event(now, leg, event),
            Input::Hangup { call, cause } => {
                self.end_known(now, call, cause, crate::Releaser::Operator);
            }
            Input::Fail { call, cause } => {
                self.end_known(now, call, cause, crate::Releaser::Exchange);
            }
            Input::Channel {
                channel,
                outage,
                out,
            } => {
                if !self.channels.set_outage(&channel, outage, out) {
                    self.counters.unknown += 1;
                }
            }
            Input::Span { span, outage, out } => self.channels.set_span_outage(&span, outage, out),
            Input::Peer { peer, reachable } => {
                if reachable {
                    self.unreachable.remove(&peer);
                } else if self.plan.peers.contains_key(&peer) {
                    self.unreachable.insert(peer);
                }
            }
            Input::Plan(plan) => {
                self.channels.set_groups(&plan.groups);
                self.unreachable
                    .retain(|peer| plan.peers.contains_key(peer));
                self.plan = plan;
            }
            Input::Timing(timing) => self.timing = timing,
            Input::Shutdown { grace, cause } => self.shut_down(now, grace, cause),
        }
        self.check_drained();
    }

    /// The next thing to do. Drain until `None` after each input.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Exchange::handle_timeout`] wants to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.timers.next()
    }

    /// Runs every timer that is due at `now`.
    pub fn handle_timeout(&mut self, now: Duration) {
        while let Some(timer) = self.timers.due(now) {
            self.expire(now, timer);
        }
        self.check_drained();
    }

    /// What was counted.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The channels and their state.
    pub fn channels(&self) -> &ChannelAllocator {
        &self.channels
    }

    /// The plan for new calls.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Legs that are not over, those of ended calls included.
    pub fn leg_count(&self) -> usize {
        self.legs.len()
    }

    /// All calls, by id; those whose legs are still being cleared included.
    pub fn calls(&self) -> impl Iterator<Item = CallView<'_>> {
        self.calls.values().map(|call| self.view(call))
    }

    /// One call.
    pub fn call(&self, id: CallId) -> Option<CallView<'_>> {
        self.calls.get(&id).map(|call| self.view(call))
    }

    fn command(&mut self, leg: LegId, command: LegCommand) {
        self.outputs.push_back(Output::Leg { leg, command });
    }

    fn media(&mut self, command: MediaCommand) {
        self.outputs.push_back(Output::Media(command));
    }

    fn end_known(&mut self, now: Duration, call: CallId, cause: Cause, by: crate::Releaser) {
        if self.calls.contains_key(&call) {
            self.end(now, call, cause, by);
        } else {
            self.counters.unknown += 1;
        }
    }

    fn shut_down(&mut self, now: Duration, grace: Duration, cause: Cause) {
        let at = now.saturating_add(grace);
        match &mut self.shutdown {
            Some(running) if running.at <= at => return,
            Some(running) => running.at = at,
            None => {
                self.shutdown = Some(Shutdown {
                    cause,
                    at,
                    drained: false,
                })
            }
        }
        self.timers.set(Timer::Shutdown, at);
        if grace.is_zero() {
            self.end_all(now);
        }
    }

    fn end_all(&mut self, now: Duration) {
        self.timers.cancel(Timer::Shutdown);
        let Some(cause) = self.shutdown.map(|shutdown| shutdown.cause) else {
            return;
        };
        let calls: Vec<CallId> = self.calls.keys().copied().collect();
        for call in calls {
            self.end(now, call, cause, crate::Releaser::Shutdown);
        }
    }

    fn check_drained(&mut self) {
        let idle = self.calls.is_empty() && self.legs.is_empty();
        if let Some(shutdown) = self
            .shutdown
            .as_mut()
            .filter(|shutdown| idle && !shutdown.drained)
        {
            shutdown.drained = true;
            self.timers.cancel(Timer::Shutdown);
            self.outputs.push_back(Output::Drained);
        }
    }

    fn expire(&mut self, now: Duration, timer: Timer) {
        match timer {
            Timer::Digits(call) => self.digits_timeout(now, call),
            Timer::NoAnswer(call) => self.no_answer(now, call),
            Timer::Tone(call) => self.tone_over(now, call),
            Timer::Talk(call) => self.end(now, call, Cause::TIMER, crate::Releaser::Exchange),
            Timer::Clearing(leg) => self.abandon(leg),
            Timer::Shutdown => self.end_all(now),
        }
    }
}
