// SPDX-License-Identifier: MIT OR Apache-2.0
//! One PRI trunk: the line, the stack on its D channel, and the legs on its calls.

use super::line::Line;
use pbx_core::{Cause, LegEvent, LegId, Name, Outage, Setup};
use q931::{CallId, Slots, Stack, StackOutput};
use std::collections::BTreeMap;
use std::os::fd::BorrowedFd;
use std::time::Duration;
use tdm::{Claim, Slot, SlotSet, Span, SpanAddress};
use tracing::{info, warn};

/// How often a lost span is tried again.
const REOPEN: Duration = Duration::from_secs(1);

/// What a trunk is made from.
#[derive(Clone, Debug)]
pub(crate) struct TrunkConfig {
    /// The span's name in the configuration.
    pub(crate) name: Name,
    /// Where it is.
    pub(crate) address: SpanAddress,
    /// The slot of the D channel.
    pub(crate) d_channel: Slot,
    /// The B channels.
    pub(crate) channels: SlotSet,
    /// The law of B channels.
    pub(crate) law: g711::Law,
    /// Callers may dial digit by digit.
    pub(crate) overlap: bool,
    /// We play tones to callers.
    pub(crate) tones: bool,
    /// The idle code of B channels, where it is not the law's.
    pub(crate) idle: Option<u8>,
    /// The data link.
    pub(crate) q921: q921::Config,
    /// The call machine.
    pub(crate) q931: q931::Config,
}

/// What a trunk tells call control.
#[derive(Debug)]
pub(crate) enum Report {
    /// A call begins; the leg's id is still to be given: [`Trunk::attach`].
    Incoming {
        /// The call at the trunk.
        call: CallId,
        /// What it says, but for the leg.
        setup: Box<Setup>,
        /// The slot it comes on.
        slot: u8,
    },
    /// A leg's event.
    Leg(LegId, LegEvent),
    /// Channels go out of service or come back.
    Channels(SlotSet, Outage, bool),
    /// The span was opened: media can be attached to it.
    Opened,
    /// The span is gone: its media are dead.
    Lost,
    /// Channels whose restart is owed to the far end from now on, or no longer.
    Restarts(SlotSet, bool),
}

/// One PRI trunk.
#[derive(Debug)]
pub(crate) struct Trunk {
    pub(super) config: TrunkConfig,
    line: Option<Line>,
    pub(super) stack: Stack,
    pub(super) legs: BTreeMap<CallId, LegId>,
    pub(super) calls: BTreeMap<LegId, CallId>,
    reopen_at: Duration,
    /// Slots that are to be restarted when the link is up.
    lost: SlotSet,
    /// Slots whose restart the far end has not confirmed, those of `lost` included. They are kept in the store.
    owed: SlotSet,
    /// Frames of the D channel that could not be queued.
    pub(crate) frames_refused: u64,
    /// Events that the call model has no word for.
    pub(crate) events_ignored: u64,
}

impl Trunk {
    /// A trunk whose span is not open yet. `lost` are slots whose restart an earlier process owed.
    pub(crate) fn new(config: TrunkConfig, lost: SlotSet) -> Self {
        let stack = Stack::new(config.q921.clone(), config.q931.clone());
        Self {
            config,
            line: None,
            stack,
            legs: BTreeMap::new(),
            calls: BTreeMap::new(),
            reopen_at: Duration::ZERO,
            lost,
            owed: lost,
            frames_refused: 0,
            events_ignored: 0,
        }
    }

    pub(crate) fn name(&self) -> &Name {
        &self.config.name
    }

    /// The law of its B channels.
    pub(crate) fn law(&self) -> g711::Law {
        self.config.law
    }

    /// Its B channels.
    pub(crate) fn channels(&self) -> SlotSet {
        self.config.channels
    }

    /// Channels whose restart the far end has not confirmed.
    pub(crate) fn restarting(&self) -> SlotSet {
        self.owed
    }

    /// Changes what may change while calls are up; it concerns calls to come.
    pub(crate) fn set_options(&mut self, overlap: bool, tones: bool, law: g711::Law) {
        self.config.overlap = overlap;
        self.config.tones = tones;
        self.config.law = law;
    }

    pub(crate) fn span(&self) -> Option<&Span> {
        self.line.as_ref().map(Line::span)
    }

    pub(crate) fn claim(&self) -> Option<&Claim> {
        self.line.as_ref().map(Line::claim)
    }

    pub(crate) fn link_up(&self) -> bool {
        self.stack.calls().is_link_up()
    }

    /// Whether nothing is on its way to the far end any more: every frame was confirmed and has left, or there is no link.
    pub(crate) fn is_flushed(&self) -> bool {
        let left = self
            .line
            .as_ref()
            .is_none_or(|line| line.dchannel.is_flushed());
        !self.link_up() || (self.stack.link().outstanding() == 0 && left)
    }

    /// D channel counters, while the span is open.
    pub(crate) fn d_channel(&self) -> Option<media_engine::dchannel::Counters> {
        self.line.as_ref().map(|line| line.dchannel.counters())
    }

    /// The descriptors to wait on while the span is open.
    pub(crate) fn fds(&self) -> Option<[BorrowedFd<'_>; 2]> {
        self.line.as_ref().map(Line::fds)
    }

    /// When [`Trunk::visit`] wants to be called, at the latest.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        if self.line.is_none() {
            return Some(self.reopen_at);
        }
        self.stack.poll_timeout()
    }

    /// Does what there is to do: opens the span, reads the D channel, runs timers.
    pub(crate) fn visit(&mut self, now: Duration, reports: &mut Vec<Report>) {
        if self.line.is_none() && now >= self.reopen_at {
            self.open(now, reports);
        }
        let Some(line) = &mut self.line else {
            return;
        };
        if let Err(error) = line.take_wakeup() {
            warn!(span = %self.config.name, %error, "span lost");
            self.lose(now, reports);
            return;
        }
        self.stack.layer1(now, line.up());
        let stack = &mut self.stack;
        line.dchannel
            .poll(|arrived| stack.input_frame(now, arrived.octets));
        if self.stack.poll_timeout().is_some_and(|due| due <= now) {
            self.stack.handle_timeout(now);
        }
        self.drain(now, reports);
    }

    /// Carries out what the stack wants; after every request.
    pub(crate) fn drain(&mut self, now: Duration, reports: &mut Vec<Report>) {
        while let Some(output) = self.stack.poll_output(now) {
            match output {
                StackOutput::Frame(octets) => {
                    let sent = self
                        .line
                        .as_mut()
                        .is_some_and(|line| line.dchannel.send(&octets).is_ok());
                    self.frames_refused += u64::from(!sent);
                }
                StackOutput::Event(event) => self.event(now, event, reports),
                StackOutput::LinkError(code) => {
                    info!(span = %self.config.name, ?code, "data link error")
                }
                StackOutput::SameSide => {
                    warn!(
                        span = %self.config.name,
                        "the far end speaks as our own side does: set side = \"network\" at one end and \"user\" at the other"
                    );
                }
            }
        }
    }

    /// Restarts the channels whose calls were lost. They take no call before the far end has confirmed.
    pub(super) fn restart_lost(&mut self, now: Duration, reports: &mut Vec<Report>) {
        if self.lost.is_empty() {
            return;
        }
        info!(span = %self.config.name, slots = ?slot_numbers(self.lost), "restarting channels whose calls were lost");
        let slots = Slots::from_bits(self.lost.bits() & self.config.q931.slots.bits());
        let lost = std::mem::take(&mut self.lost);
        // The configuration may have taken some away since.
        self.settle_restarts(lost.difference(SlotSet::from_bits(slots.bits())), reports);
        match self.stack.interface().restart(now, slots) {
            Ok(()) => reports.push(Report::Channels(lost, Outage::Restarting, true)),
            Err(error) => {
                warn!(span = %self.config.name, %error, "channels cannot be restarted");
            }
        }
    }

    /// A restart is owed for these slots until the far end has confirmed it.
    pub(super) fn owe_restarts(&mut self, slots: SlotSet, reports: &mut Vec<Report>) {
        let new = slots.difference(self.owed);
        if !new.is_empty() {
            self.owed = self.owed.union(new);
            reports.push(Report::Restarts(new, true));
        }
    }

    /// The far end has confirmed, or restarted these slots itself.
    pub(super) fn settle_restarts(&mut self, slots: SlotSet, reports: &mut Vec<Report>) {
        let settled = slots.intersection(self.owed);
        if !settled.is_empty() {
            self.owed = self.owed.difference(settled);
            reports.push(Report::Restarts(settled, false));
        }
    }

    fn open(&mut self, now: Duration, reports: &mut Vec<Report>) {
        let config = &self.config;
        match Line::open(
            &config.address,
            config.d_channel,
            config.channels,
            config.idle,
        ) {
            Ok(line) => {
                info!(span = %config.name, address = %config.address, "span open");
                self.line = Some(line);
                reports.push(Report::Opened);
                if !self.link_up() {
                    reports.push(Report::Channels(config.channels, Outage::Signalling, true));
                }
            }
            Err(error) => {
                warn!(span = %config.name, address = %config.address, %error, "span cannot be opened; trying again");
                self.reopen_at = now + REOPEN;
                reports.push(Report::Channels(config.channels, Outage::Signalling, true));
            }
        }
    }

    /// The span is gone: its calls are over, and their channels must be restarted when it comes back.
    fn lose(&mut self, now: Duration, reports: &mut Vec<Report>) {
        let busy = SlotSet::from_bits(self.stack.calls().busy_slots().bits());
        // Before the calls' records are closed, so that a kill in between forgets neither.
        self.owe_restarts(busy, reports);
        self.lost = self.owed;
        self.line = None;
        self.reopen_at = now + REOPEN;
        self.stack = Stack::new(self.config.q921.clone(), self.config.q931.clone());
        self.legs.clear();
        for leg in std::mem::take(&mut self.calls).into_keys() {
            reports.push(Report::Leg(
                leg,
                LegEvent::Failed {
                    cause: Cause::NETWORK_OUT_OF_ORDER,
                },
            ));
        }
        reports.push(Report::Channels(
            self.config.channels,
            Outage::Signalling,
            true,
        ));
        reports.push(Report::Lost);
    }
}

/// The numbers of slots, for logs.
pub(super) fn slot_numbers(slots: SlotSet) -> Vec<u8> {
    slots.iter().map(Slot::number).collect()
}
