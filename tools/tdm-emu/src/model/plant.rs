// SPDX-License-Identifier: MIT OR Apache-2.0
//! All spans of an emulator and what joins them.

use super::burst::{Burst, TICK};
use super::domain::Domain;
use super::far::FarEnd;
use super::impair::Impairment;
use super::pipe::Pipe;
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

/// A span and its line.
#[derive(Debug)]
struct Station<W> {
    span: Span<W>,
    domain: usize,
    attachment: Attachment,
    /// Towards the span, with its impairments.
    inward: Pipe,
    /// What the span sent in its last tick.
    sent: Burst,
}

/// Spans, lines, clock domains.
#[derive(Debug)]
pub struct Plant<W> {
    stations: Vec<Station<W>>,
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
            domains,
            steps: 0,
            seed,
        }
    }

    /// Adds a span in a domain and returns its index.
    pub fn add(&mut self, span: Span<W>, domain: usize) -> usize {
        let index = self.stations.len();
        let random = Random::new(self.seed, index as u64);
        let inward = Pipe::new(random, 0, 0);
        let sent = Burst::SILENT;
        self.stations.push(Station {
            span,
            domain,
            attachment: Attachment::Open,
            inward,
            sent,
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

    /// The spans.
    pub fn spans(&self) -> impl ExactSizeIterator<Item = &Span<W>> {
        self.stations.iter().map(|station| &station.span)
    }

    /// A span.
    pub fn span(&self, index: usize) -> Option<&Span<W>> {
        self.stations.get(index).map(|station| &station.span)
    }

    /// A span, to ask something of it.
    pub fn span_mut(&mut self, index: usize) -> Option<&mut Span<W>> {
        self.stations
            .get_mut(index)
            .map(|station| &mut station.span)
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
            station.span.lose(steps.saturating_mul(TICK), tick_ns);
        }
        self.steps += steps;
    }

    /// One tick of a domain: everything leaves, then everything arrives.
    fn tick(&mut self, domain: usize, tick_ns: u64) {
        let now = self.now();
        for index in 0..self.stations.len() {
            let Some(station) = self.stations.get_mut(index).filter(|s| s.domain == domain) else {
                continue;
            };
            let burst = station.span.leave();
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
                let arrival = station.inward.pull(self.steps);
                station.span.arrive(&arrival, tick_ns);
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
        let crc4 = station.span.config().flags & flag::CRC != 0;
        let mut burst = Burst {
            signal: Signal::Framed {
                crc4,
                remote_alarm: false,
            },
            ..Burst::SILENT
        };
        for (slot, from) in table.iter().enumerate() {
            let row = from
                .and_then(|(span, slot)| Some(self.stations.get(span)?.sent.row(slot.index())))
                .unwrap_or(row_of(station.span.config().idle_code()));
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
