// SPDX-License-Identifier: MIT OR Apache-2.0
//! One span: what a card's driver does for it, on memory that it shares with its users.

mod lineside;
mod requests;
mod tick;

pub use requests::Refusal;

use super::burst::TICK;
use super::claims::Claims;
use super::commands::Commands;
use super::memory::{EVENT_OFFSET, EVENTS, Memory};
use std::collections::VecDeque;
use tdm::Positions;
use tdm::abi::config::{LineConfig, flag};
use tdm::abi::event::{Event, Kind, Ring};
use tdm::abi::geometry::{ROW_FRAMES, SKEW_FRAMES, SLOTS};
use tdm::abi::ring::row_of;
use tdm::abi::status::{ABI_VERSION, Head, MAGIC, feature};
use tdm::abi::words::Words;
use tdm::abi::{position, text, word};
use tdm_line::alarm::{Integrations, Monitor};
use tdm_line::framing::{Framer, Signal, Times};

/// Frames that a writer keeps clear of `tx_taken`.
pub(super) const TX_LEAD: u64 = TICK;
/// The deepest card: a quarter of the smallest ring.
pub(super) const MAX_DEPTH: u64 = 1024;

/// How a span is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its name.
    pub name: String,
    /// Its number at the server.
    pub index: u64,
    /// The number of its clock domain.
    pub domain: u64,
    /// Its configuration at the start.
    pub config: LineConfig,
    /// The card's depth in frames, a multiple of eight from 8 to 1,024.
    pub depth: u64,
    /// The frame number at which it starts, a multiple of eight.
    pub start_frame: u64,
    /// Alarm integration.
    pub alarms: Integrations,
    /// Lock-step subscriptions are granted.
    pub lock_step: bool,
}

/// One span.
#[derive(Debug)]
pub struct Span<W> {
    settings: Settings,
    memory: Memory<W>,
    events: Ring,
    positions: Positions,
    config: LineConfig,
    claims: Claims<W>,
    commands: Commands,
    idle: [u8; SLOTS],
    /// ABCD bits sent and received.
    abcd_sent: [u8; SLOTS],
    abcd_received: [u8; SLOTS],
    /// Rows taken and not yet on the line, oldest first: the card's depth.
    fifo: VecDeque<[u64; SLOTS]>,
    framer: Framer,
    monitor: Monitor,
    alarms: u64,
    /// The CRC-4 block received last was errored: the next burst says so to the far end.
    e_bit: bool,
    /// Errored alignment signals in a row.
    alignment_run: u8,
    second: Second,
    /// Frames sent from its claim, by slot.
    taken: [u64; SLOTS],
    /// Events were published since the last [`Span::take_news`].
    news: bool,
}

/// The latch of errored-second causes.
#[derive(Clone, Copy, Debug, Default)]
struct Second {
    start: u64,
    causes: u64,
}

impl<W: Words> Span<W> {
    /// A span on zeroed memory.
    pub fn new(settings: Settings, memory: Memory<W>) -> Self {
        let config = settings.config;
        let depth = (settings.depth.clamp(TICK, MAX_DEPTH) / TICK) * TICK;
        let start = settings.start_frame / TICK * TICK;
        // The capacity is a constant that the ring accepts.
        let events = Ring::new((EVENT_OFFSET / 8) as usize, EVENTS);
        let mut span = Span {
            events: events.unwrap_or_else(|| unreachable!("a constant capacity")),
            positions: Positions {
                epoch: 1,
                epoch_frame: start,
                rx_frame: start,
                tx_taken: start + depth,
                tick_ns: 0,
                rate_ppb: 0,
            },
            config,
            claims: Claims::default(),
            commands: Commands::default(),
            idle: [config.idle_code(); SLOTS],
            abcd_sent: [0; SLOTS],
            abcd_received: [0; SLOTS],
            fifo: VecDeque::new(),
            framer: Framer::new(config.flags & flag::CRC != 0, Times::default()),
            monitor: Monitor::new(settings.alarms),
            alarms: 0,
            e_bit: false,
            alignment_run: 0,
            second: Second { start, causes: 0 },
            taken: [0; SLOTS],
            news: false,
            memory,
            settings,
        };
        span.fifo = std::iter::repeat_n(span.idle_rows(), (depth / TICK) as usize).collect();
        span.framer.input(start, Signal::None);
        span.publish_all();
        span
    }

    /// How it was set up.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Its memory.
    pub fn memory(&self) -> &Memory<W> {
        &self.memory
    }

    /// Its positions.
    pub fn positions(&self) -> &Positions {
        &self.positions
    }

    /// The configuration in force.
    pub fn config(&self) -> &LineConfig {
        &self.config
    }

    /// Alarms present, bits of the ABI.
    pub fn alarms(&self) -> u64 {
        self.alarms
    }

    /// Whether events were published since the last call.
    pub fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    fn enabled(&self) -> bool {
        self.config.flags & flag::ENABLED != 0
    }

    fn idle_rows(&self) -> [u64; SLOTS] {
        self.idle.map(row_of)
    }

    fn event(&mut self, kind: Kind, slot: Option<tdm::Slot>, frame: u64, value: u64) {
        let event = Event {
            frame,
            kind: kind as u32,
            slot,
            value,
        };
        self.events.publish(&self.memory.status, &event);
        self.news = true;
    }

    fn count(&self, counter: usize, amount: u64) {
        word::add(&self.memory.status, counter, amount);
    }

    fn publish_all(&mut self) {
        let status = &self.memory.status;
        let geometry = self.memory.geometry;
        let mut features = feature::LINE_COMMANDS | feature::CONFIGURE | feature::EMULATED;
        if self.settings.lock_step {
            features |= feature::LOCK_STEP;
        }
        position::publish(status, &self.positions);
        self.publish_config();
        for slot in tdm::Slot::all() {
            self.publish_idle(slot);
        }
        let head = Head {
            magic: MAGIC,
            abi_version: ABI_VERSION,
            features,
            slots: SLOTS as u64,
            ring_frames: geometry.frames(),
            ring_stride: geometry.stride(),
            row_frames: ROW_FRAMES,
            skew_frames: SKEW_FRAMES,
            status_bytes: Memory::<W>::status_bytes(),
            event_offset: EVENT_OFFSET,
            event_capacity: EVENTS,
            tx_lead: TX_LEAD,
            tick_frames: TICK,
            clock_domain: self.settings.domain,
            span_index: self.settings.index,
            name: text::to_words(&text::pack(&self.settings.name)),
            reserved: [0; 9],
        };
        head.write(status);
    }

    fn publish_config(&self) {
        let status = &self.memory.status;
        status.store(word::CONFIG, self.config.pack());
        status.store(word::USABLE_SLOTS, u64::from(self.config.usable_slots()));
    }

    fn publish_idle(&self, slot: tdm::Slot) {
        let code = self.idle.get(slot.index()).copied().unwrap_or(0xFF);
        let status = &self.memory.status;
        status.store(word::of_slot(slot, word::SLOT_IDLE), u64::from(code));
    }

    fn publish_abcd(&self, slot: tdm::Slot) {
        let of = |bits: &[u8; SLOTS]| u64::from(bits.get(slot.index()).copied().unwrap_or(0));
        let both = of(&self.abcd_received) | of(&self.abcd_sent) << 32;
        self.memory
            .status
            .store(word::of_slot(slot, word::SLOT_ABCD), both);
    }
}
