// SPDX-License-Identifier: GPL-2.0-only
//! What a span's lock protects: positions, configuration, claims, subscribers, commands.
//!
//! Everything here may run in an interrupt: nothing allocates, frees, sleeps or panics.

use super::{
    burst::{
        Burst,
        TICK, //
    },
    claims::Claims,
    commands::Commands,
    regions::{
        Regions,
        EVENTS,
        EVENT_OFFSET,
        STATUS_BYTES, //
    },
    subscribers::Subscribers,
    Setup, //
};
use crate::{
    abi::{
        config::{
            flag,
            LineConfig, //
        },
        event::{
            Event,
            Kind, //
        },
        geometry::{
            Slot,
            SlotSet,
            ROW_FRAMES,
            SKEW_FRAMES,
            SLOTS, //
        },
        position::{
            self,
            Positions, //
        },
        ring::row_of,
        status::{
            Head,
            ABI_VERSION,
            MAGIC, //
        },
        text,
        word,
        words::Words, //
    },
    line::{
        alarm::{
            Integrations,
            Monitor, //
        },
        framing::{
            Framer,
            Signal,
            Times, //
        },
    }, //
};
use kernel::prelude::*;

/// Frames that a writer keeps clear of `tx_taken`.
const TX_LEAD: u64 = TICK;
/// The card's depth in frames: a row is taken one tick before it leaves.
const DEPTH: u64 = TICK;

/// The latch of errored-second causes.
#[derive(Clone, Copy, Default)]
pub(super) struct Second {
    pub(super) start: u64,
    pub(super) causes: u64,
}

/// The state of one span.
pub(super) struct State {
    pub(super) positions: Positions,
    pub(super) config: LineConfig,
    pub(super) claims: Claims,
    pub(super) subscribers: Subscribers,
    pub(super) commands: Commands,
    /// Idle codes.
    pub(super) idle: [u8; SLOTS],
    /// ABCD bits sent and received.
    pub(super) abcd_sent: [u8; SLOTS],
    pub(super) abcd_received: [u8; SLOTS],
    /// Frames sent from its claim, by slot.
    pub(super) taken: [u64; SLOTS],
    /// Rows taken and not yet on the line.
    pub(super) leaving: [u64; SLOTS],
    pub(super) framer: Framer,
    pub(super) monitor: Monitor,
    pub(super) alarms: u64,
    pub(super) second: Second,
    /// Events were published since the last [`State::take_news`].
    news: bool,
    /// The span is gone; nothing moves any more.
    pub(super) gone: bool,
}

impl State {
    /// The state of a new span, and its memory filled in.
    pub(super) fn new(setup: &Setup, regions: &Regions) -> Result<Self> {
        let config = setup.config;
        let idle = config.idle_code();
        let mut framer = Framer::new(config.flags & flag::CRC != 0, Times::default());
        framer.input(0, Signal::None);
        let state = Self {
            positions: Positions {
                epoch: 1,
                epoch_frame: 0,
                rx_frame: 0,
                tx_taken: DEPTH,
                tick_ns: 0,
                rate_ppb: 0,
            },
            config,
            claims: Claims::new()?,
            subscribers: Subscribers::new()?,
            commands: Commands::new()?,
            idle: [idle; SLOTS],
            abcd_sent: [0; SLOTS],
            abcd_received: [0; SLOTS],
            taken: [0; SLOTS],
            leaving: [row_of(idle); SLOTS],
            framer,
            monitor: Monitor::new(Integrations::default()),
            alarms: 0,
            second: Second::default(),
            news: false,
            gone: false,
        };
        state.publish_all(setup, regions);
        Ok(state)
    }

    /// Whether events were published since the last call.
    pub(super) fn take_news(&mut self) -> bool {
        core::mem::take(&mut self.news)
    }

    /// Whether the line sends framing.
    pub(super) fn enabled(&self) -> bool {
        self.config.flags & flag::ENABLED != 0
    }

    /// Slots that carry payload under the configuration in force.
    pub(super) fn usable(&self) -> SlotSet {
        SlotSet::from_bits(self.config.usable_slots())
    }

    /// A slot's idle code.
    pub(super) fn idle_of(&self, slot: Slot) -> u8 {
        self.idle.get(slot.index()).copied().unwrap_or(0xff)
    }

    /// Publishes an event.
    pub(super) fn event(
        &mut self,
        regions: &Regions,
        kind: Kind,
        slot: Option<Slot>,
        frame: u64,
        value: u64,
    ) {
        let event = Event {
            frame,
            kind: kind as u32,
            slot,
            value,
        };
        regions.events.publish(&regions.status, &event);
        self.news = true;
    }

    /// Publishes the configuration in force.
    pub(super) fn publish_config(&self, regions: &Regions) {
        regions.status.store(word::CONFIG, self.config.pack());
        regions
            .status
            .store(word::USABLE_SLOTS, u64::from(self.config.usable_slots()));
    }

    /// Publishes a slot's idle code.
    pub(super) fn publish_idle(&self, regions: &Regions, slot: Slot) {
        let word = word::of_slot(slot, word::SLOT_IDLE);
        regions.status.store(word, u64::from(self.idle_of(slot)));
    }

    /// Publishes a slot's ABCD bits of both directions.
    pub(super) fn publish_abcd(&self, regions: &Regions, slot: Slot) {
        let of = |bits: &[u8; SLOTS]| u64::from(bits.get(slot.index()).copied().unwrap_or(0));
        let word = word::of_slot(slot, word::SLOT_ABCD);
        let both = of(&self.abcd_received) | of(&self.abcd_sent) << 32;
        regions.status.store(word, both);
    }

    /// A slot that nobody holds any more, or not yet.
    pub(super) fn unclaim(&mut self, regions: &Regions, slot: Slot) {
        if let Some(code) = self.idle.get_mut(slot.index()) {
            *code = self.config.idle_code();
        }
        if let Some(count) = self.taken.get_mut(slot.index()) {
            *count = 0;
        }
        if let Some(bits) = self.abcd_sent.get_mut(slot.index()) {
            *bits = 0;
        }
        self.publish_idle(regions, slot);
        self.publish_abcd(regions, slot);
        for field in [word::SLOT_CLAIM, word::SLOT_TAKEN] {
            regions.status.store(word::of_slot(slot, field), 0);
        }
    }

    /// What leaves in the tick that begins now: the rows that were taken for it.
    pub(super) fn burst(&self, signal: Signal) -> Burst {
        Burst {
            rows: self.leaving,
            abcd: self.abcd_sent,
            signal,
        }
    }

    fn publish_all(&self, setup: &Setup, regions: &Regions) {
        position::publish(&regions.status, &self.positions);
        self.publish_config(regions);
        for slot in Slot::all() {
            self.publish_idle(regions, slot);
        }
        let head = Head {
            magic: MAGIC,
            abi_version: ABI_VERSION,
            features: setup.features,
            slots: SLOTS as u64,
            ring_frames: regions.geometry.frames(),
            ring_stride: regions.geometry.stride(),
            row_frames: ROW_FRAMES,
            skew_frames: SKEW_FRAMES,
            status_bytes: STATUS_BYTES,
            event_offset: EVENT_OFFSET,
            event_capacity: EVENTS,
            tx_lead: TX_LEAD,
            tick_frames: TICK,
            clock_domain: setup.domain,
            span_index: u64::from(setup.index),
            name: text::to_words(&setup.name),
            reserved: [0; 9],
        };
        head.write(&regions.status);
    }
}
