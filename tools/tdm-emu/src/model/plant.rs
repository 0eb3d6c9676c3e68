// SPDX-License-Identifier: MIT OR Apache-2.0
//! All spans of an emulator and what joins them.

use super::burst::{Burst, TICK};
use super::domain::Domain;
use super::far::FarEnd;
use super::impair::Impairment;
use super::pipe::{Arrival, Pipe};
use super::port::{CardPorts, PortLine};
use super::random::Random;
use super::span::Span;
use std::time::Duration;
use tdm::Slot;
use tdm::abi::config::flag;
use tdm::abi::geometry::SLOTS;
use tdm::abi::ring::row_of;
use tdm::abi::words::Words;
use tdm_line::framing::Signal;

/// The far end of a cable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CableEnd {
    /// The index of the span at the other end.
    pub span: usize,
    /// The line's length in frames.
    pub delay: u32,
}

/// For each slot of a line what it receives: another line's slot, or idle.
pub type CrossTable = [Option<(usize, Slot)>; SLOTS];

/// What a span's line leads to.
pub enum Attachment {
    /// Nothing: loss of signal.
    Open,
    /// Another span's line; that span's attachment must lead back.
    Cable(CableEnd),
    /// A plug that joins both directions.
    Loop,
    /// A cross-connect at the level of slots: each slot receives what (span, slot) sends, or idle. Framing ends there.
    Cross(Box<CrossTable>),
    /// A far end inside the emulator.
    Far(Box<dyn FarEnd>),
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Attachment::Open => f.write_str("Open"),
            Attachment::Cable(end) => write!(f, "Cable({end:?})"),
            Attachment::Loop => f.write_str("Loop"),
            Attachment::Cross(_) => f.write_str("Cross"),
            Attachment::Far(_) => f.write_str("Far"),
        }
    }
}

/// What stands at the near end of a line.
#[derive(Debug)]
enum Unit<W> {
    Span(Box<Span<W>>),
    /// A port of one of the plant's cards.
    Port {
        card: usize,
        port: usize,
    },
}

/// A span or a card's port, and its line.
#[derive(Debug)]
struct Station<W> {
    unit: Unit<W>,
    domain: usize,
    attachment: Attachment,
    /// Towards the span, with its impairments.
    inward: Pipe,
    /// What the span sent in its last tick.
    sent: Burst,
}

/// A card and the clock domain that it ticks in.
#[derive(Debug)]
struct Seat {
    card: Box<dyn CardPorts>,
    domain: usize,
}

/// Spans, cards, lines, clock domains.
#[derive(Debug)]
pub struct Plant<W> {
    /// Spans first, then ports of cards.
    stations: Vec<Station<W>>,
    spans: usize,
    cards: Vec<Seat>,
    domains: Vec<Domain>,
    /// Ticks of the model's own time.
    steps: u64,
    seed: u64,
}

impl<W: Words> Plant<W> {
    /// An empty plant. Domains are given by their deviation in parts per billion.
    pub fn new(seed: u64, domains: &[i64]) -> Self {
        let domains = domains.iter().map(|ppb| Domain::new(*ppb)).collect();
        Plant {
            stations: Vec::new(),
            spans: 0,
            cards: Vec::new(),
            domains,
            steps: 0,
            seed,
        }
    }

    /// Adds a span in a domain and returns its index. Spans come before cards.
    pub fn add(&mut self, span: Span<W>, domain: usize) -> usize {
        debug_assert!(self.cards.is_empty(), "spans come before cards");
        self.spans += 1;
        self.enter(Unit::Span(Box::new(span)), domain)
    }

    /// Adds a card in a domain, whose ports' lines get the indices from the one returned on.
    pub fn add_card(&mut self, card: Box<dyn CardPorts>, domain: usize) -> usize {
        let first = self.stations.len();
        let (number, ports) = (self.cards.len(), card.ports());
        self.cards.push(Seat { card, domain });
        for port in 0..ports {
            let card = number;
            self.enter(Unit::Port { card, port }, domain);
        }
        first
    }

    fn enter(&mut self, unit: Unit<W>, domain: usize) -> usize {
        let index = self.stations.len();
        let random = Random::new(self.seed, index as u64);
        self.stations.push(Station {
            unit,
            domain,
            attachment: Attachment::Open,
            inward: Pipe::new(random, 0, 0),
            sent: Burst::SILENT,
        });
        index
    }

    /// Attaches a span's line to something.
    pub fn attach(&mut self, index: usize, attachment: Attachment) {
        let ppb = |at: usize| {
            let domain = self.stations.get(at).map(|s| s.domain);
            domain
                .and_then(|d| self.domains.get(d))
                .map_or(0, Domain::ppb)
        };
        let (delay, skew) = match &attachment {
            Attachment::Cable(end) => (end.delay, ppb(index) - ppb(end.span)),
            _ => (0, 0),
        };
        let random = Random::new(self.seed, index as u64);
        if let Some(station) = self.stations.get_mut(index) {
            station.inward = Pipe::new(random, delay, skew);
            station.attachment = attachment;
        }
    }

    /// The number of spans; their indices are below it.
    pub fn span_count(&self) -> usize {
        self.spans
    }

    /// The spans.
    pub fn spans(&self) -> impl Iterator<Item = &Span<W>> {
        self.stations
            .iter()
            .filter_map(|station| match &station.unit {
                Unit::Span(span) => Some(&**span),
                Unit::Port { .. } => None,
            })
    }

    /// A span.
    pub fn span(&self, index: usize) -> Option<&Span<W>> {
        match &self.stations.get(index)?.unit {
            Unit::Span(span) => Some(span),
            Unit::Port { .. } => None,
        }
    }

    /// A span, to ask something of it.
    pub fn span_mut(&mut self, index: usize) -> Option<&mut Span<W>> {
        match &mut self.stations.get_mut(index)?.unit {
            Unit::Span(span) => Some(span),
            Unit::Port { .. } => None,
        }
    }

    /// Line time since the start, by the model's own clock.
    pub fn now(&self) -> Duration {
        Duration::from_millis(self.steps)
    }

    /// Impairs what a span receives; times count from now on. `false` if the span has too many or does not exist.
    pub fn impair(&mut self, index: usize, mut impairment: Impairment) -> bool {
        impairment.start_ms = impairment.start_ms.saturating_add(self.steps);
        self.stations
            .get_mut(index)
            .is_some_and(|station| station.inward.impair(impairment))
    }

    /// Ends all impairments of what a span receives.
    pub fn clear_impairments(&mut self, index: usize) {
        if let Some(station) = self.stations.get_mut(index) {
            station.inward.clear();
        }
    }

    /// One tick of the model's time; each domain makes its own ticks from it. `tick_ns` is published as the tick's time.
    pub fn step(&mut self, tick_ns: u64) {
        for domain in 0..self.domains.len() {
            let ticks = self.domains.get_mut(domain).map_or(0, Domain::advance);
            for _ in 0..ticks {
                self.tick(domain, tick_ns);
            }
        }
        self.steps += 1;
    }

    /// Ticks that were too late to be made: every span loses that much line time.
    pub fn lose(&mut self, steps: u64, tick_ns: u64) {
        for station in &mut self.stations {
            if let Unit::Span(span) = &mut station.unit {
                span.lose(steps.saturating_mul(TICK), tick_ns);
            }
        }
        for seat in &mut self.cards {
            seat.card.lose(steps);
        }
        self.steps += steps;
    }

    /// One tick of a domain: everything leaves, then everything arrives.
    fn tick(&mut self, domain: usize, tick_ns: u64) {
        let now = self.now();
        for seat in self.cards.iter_mut().filter(|s| s.domain == domain) {
            seat.card.begin();
        }
        for index in 0..self.stations.len() {
            let Some(station) = self.stations.get_mut(index).filter(|s| s.domain == domain) else {
                continue;
            };
            let burst = match &mut station.unit {
                Unit::Span(span) => span.leave(),
                Unit::Port { card, port } => {
                    let seat = self.cards.get_mut(*card);
                    seat.map_or(Burst::SILENT, |seat| seat.card.leave(*port))
                }
            };
            station.sent = burst;
            let onward = match &mut station.attachment {
                Attachment::Cable(end) => Some((end.span, burst)),
                Attachment::Loop => Some((index, burst)),
                Attachment::Far(far) => Some((index, far.tick(now, &burst))),
                Attachment::Open | Attachment::Cross(_) => None,
            };
            if let Some((to, burst)) = onward {
                if let Some(station) = self.stations.get_mut(to) {
                    station.inward.push(&burst);
                }
            }
        }
        for index in 0..self.stations.len() {
            if self.stations.get(index).is_none_or(|s| s.domain != domain) {
                continue;
            }
            if let Some(burst) = self.unfed(index) {
                if let Some(station) = self.stations.get_mut(index) {
                    station.inward.push(&burst);
                }
            }
            if let Some(station) = self.stations.get_mut(index) {
                let arrival: Arrival = station.inward.pull(self.steps);
                match &mut station.unit {
                    Unit::Span(span) => span.arrive(&arrival, tick_ns),
                    Unit::Port { card, port } => {
                        if let Some(seat) = self.cards.get_mut(*card) {
                            seat.card.arrive(*port, &arrival);
                        }
                    }
                }
            }
        }
        for seat in self.cards.iter_mut().filter(|s| s.domain == domain) {
            seat.card.end();
        }
    }

    /// What the far side of a cross-connect must know of a line: whether it expects CRC-4, and its idle code.
    fn expectation(&self, unit: &Unit<W>) -> PortLine {
        match unit {
            Unit::Span(span) => PortLine {
                crc4: span.config().flags & flag::CRC != 0,
                idle: span.config().idle_code(),
            },
            Unit::Port { card, port } => {
                let seat = self.cards.get(*card);
                seat.map_or(PortLine::default(), |seat| seat.card.line(*port))
            }
        }
    }

    /// What arrives at a span whose line nobody feeds in the first half of the tick.
    fn unfed(&self, index: usize) -> Option<Burst> {
        let station = self.stations.get(index)?;
        let table = match &station.attachment {
            Attachment::Open => return Some(Burst::SILENT),
            Attachment::Cross(table) => table,
            Attachment::Cable(_) | Attachment::Loop | Attachment::Far(_) => return None,
        };
        let line = self.expectation(&station.unit);
        let mut burst = Burst {
            signal: Signal::Framed {
                crc4: line.crc4,
                remote_alarm: false,
            },
            ..Burst::SILENT
        };
        for (slot, from) in table.iter().enumerate() {
            let row = from
                .and_then(|(span, slot)| Some(self.stations.get(span)?.sent.row(slot.index())))
                .unwrap_or(row_of(line.idle));
            burst.set_row(slot, row);
            if let Some((span, from)) = from {
                let bits = self
                    .stations
                    .get(*span)
                    .and_then(|s| s.sent.abcd.get(from.index()));
                if let (Some(to), Some(bits)) = (burst.abcd.get_mut(slot), bits) {
                    *to = *bits;
                }
            }
        }
        Some(burst)
    }
}
