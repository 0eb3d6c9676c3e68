// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card: configuration space, registers, framer, DMA and interrupt put together.

mod bar;
mod ticks;

use super::config_space::ConfigSpace;
use super::dma::{Engine, Samples};
use super::hold::{Hold, Service};
use super::intx::{Intx, IntxCounters};
use super::local_bus::LocalBus;
use super::models::{Generation, Model};
use super::quadfalc::{PORTS, QuadFalc, Version};
use super::registers::{dmactrl, interrupt, leds};
use super::trace::{Event, Recorder};
use super::tsi::Interchange;
use crate::model::Burst;
use std::time::Duration;

/// What is set on a card by hand.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which card.
    pub model: &'static Model,
    /// The rotary switch, 0 to 15.
    pub switch: u8,
    /// Accesses that the trace keeps; 0 for none.
    pub trace: usize,
}

/// What a card has counted. Counters go only up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Ticks of line time.
    pub ticks: u64,
    /// Of these, with DMA running.
    pub dma_ticks: u64,
    /// Ticks that came while the last one was not acknowledged: the host lost them.
    pub overruns: u64,
    /// Ticks that the clock was too late to make.
    pub lost: u64,
    /// Transfers that met no memory.
    pub dma_faults: u64,
    /// Reads and writes of BAR 0.
    pub reads: u64,
    /// Writes.
    pub writes: u64,
    /// Framer registers read and written.
    pub framer_reads: u64,
    /// Written.
    pub framer_writes: u64,
    /// Resets of the framer.
    pub framer_resets: u64,
    /// The interrupt line.
    pub intx: IntxCounters,
}

/// A card.
#[derive(Clone, Debug)]
pub struct Card {
    options: Options,
    config: ConfigSpace,
    stored: [u32; 16],
    framer: QuadFalc,
    bus: LocalBus,
    interchange: Interchange,
    dma: Engine,
    /// The interrupt register but for the framer's bit.
    pending: u32,
    line: Intx,
    service: Service,
    /// What the host sends in this tick, what the lines brought in it.
    sending: Samples,
    received: Samples,
    counters: Counters,
    recorder: Recorder,
}

impl Card {
    /// A card after power-on.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let version = match options.model.generation {
            Generation::Fifth | Generation::Fourth => Version::V31,
            _ => Version::V21,
        };
        let mut card = Card {
            options,
            config: ConfigSpace::new(options.model),
            stored: [0; 16],
            framer: QuadFalc::new(version),
            bus: LocalBus::default(),
            interchange: Interchange::new(),
            dma: Engine::new(options.model.generation),
            pending: 0,
            line: Intx::new(),
            service: Service::default(),
            sending: [Burst::SILENT; PORTS],
            received: [Burst::SILENT; PORTS],
            counters: Counters::default(),
            recorder: Recorder::new(options.trace),
        };
        card.reset_framer();
        card
    }

    /// How it is set up.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The counters.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters {
            intx: self.line.counters(),
            ..self.counters
        }
    }

    /// The framer, to look at.
    #[must_use]
    pub fn framer(&self) -> &QuadFalc {
        &self.framer
    }

    /// The recorder of accesses.
    pub fn recorder(&mut self) -> &mut Recorder {
        &mut self.recorder
    }

    /// A device reset: as after power-on, configuration space included. Counters and trace stay.
    pub fn reset(&mut self) {
        self.line.reset();
        *self = Card {
            counters: self.counters,
            line: self.line.clone(),
            recorder: std::mem::take(&mut self.recorder),
            ..Card::new(self.options)
        };
    }

    fn reset_framer(&mut self) {
        self.framer.reset();
        // The ports' seconds end at different ticks.
        for port in 0..PORTS {
            let ticks = port as u32 * 250;
            self.framer.port_mut(port).stagger(ticks);
        }
    }

    fn framer_active(&self) -> bool {
        self.stored[LEDS] & leds::ACTIVE != 0
    }

    fn dma_enabled(&self) -> bool {
        self.stored[DMA_CONTROL] & dmactrl::RUN == dmactrl::RUN
    }

    /// The interrupt register as it reads. The first generation has no wire from the framer.
    fn interrupt_register(&self) -> u32 {
        let wired = self.options.model.generation > Generation::First;
        let framer = wired && self.framer_active() && self.framer.interrupt();
        self.pending | if framer { interrupt::FRAMER } else { 0 }
    }

    /// Recomputes the interrupt line; after everything that may have changed it.
    fn drive(&mut self, now: Duration) {
        let pending = self.interrupt_register() & interrupt::ANY != 0 && self.dma_enabled();
        self.config.set_interrupt_status(pending);
        self.line
            .drive(now, pending && !self.config.interrupt_disabled());
    }

    /// Whether INTx is to be signalled to the client now. Call it after every other call.
    pub fn poll_interrupt(&mut self, now: Duration) -> bool {
        let signal = self.line.poll_signal();
        if signal {
            let value = self.interrupt_register();
            self.recorder.record(now, Event::Raised { value });
        }
        signal
    }

    /// The client can be signalled again.
    pub fn unmasked(&mut self, now: Duration) {
        self.line.unmasked(now);
    }

    /// When to call [`Card::handle_timeout`].
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.line.poll_timeout()
    }

    /// Raises an interrupt that the guest seems to have missed.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.line.handle_timeout(now);
    }

    /// Whether the next tick may come in lock-step.
    #[must_use]
    pub fn hold(&self, now: Duration) -> Hold {
        if !self.dma_enabled() {
            return Hold::Free;
        }
        self.service.hold(now, self.pending & interrupt::ANY != 0)
    }
}

/// Numbers of the registers that the card itself looks at.
const LEDS: usize = super::registers::Register::Leds as usize;
const DMA_CONTROL: usize = super::registers::Register::DmaControl as usize;

#[cfg(test)]
mod tests;
