// SPDX-License-Identifier: MIT OR Apache-2.0
//! Line time: one tick moves a millisecond of samples in both directions and interrupts.

use super::super::bus::Bus;
use super::super::quadfalc::PORTS;
use super::super::registers::{Register, interrupt};
use super::super::trace::Event;
use super::Card;
use crate::model::{Arrival, Burst};
use std::time::Duration;

/// E1 cards have timeslot n at place n of a DMA block.
const SLOT_SHIFT: usize = 0;

impl Card {
    /// Lines that lead out of the card.
    #[must_use]
    pub fn ports(&self) -> usize {
        usize::from(self.options.model.ports).min(PORTS)
    }

    /// The card may transfer: it runs, may be bus master, and knows where.
    fn transfers(&self) -> bool {
        self.dma.running()
            && self.config.bus_master()
            && self.stored[Register::RxAddress as usize] != 0
            && self.stored[Register::TxAddress as usize] != 0
    }

    /// A tick begins: what the host sends is fetched.
    pub fn begin_tick(&mut self, bus: &mut dyn Bus) {
        self.counters.ticks += 1;
        self.sending = [Burst::SILENT; PORTS];
        if self.transfers() {
            let base = self.stored[Register::TxAddress as usize];
            let fetched = self.dma.fetch(bus, base, SLOT_SHIFT, &mut self.sending);
            self.counters.dma_faults += u64::from(fetched.is_err());
        }
        for (port, burst) in self.sending.iter_mut().enumerate() {
            self.interchange.apply(port, burst, &self.received);
        }
    }

    /// What a port sends.
    pub fn leave(&mut self, port: usize) -> Burst {
        if !self.framer_active() {
            return Burst::SILENT;
        }
        let host = self.sending.get(port).unwrap_or(&Burst::SILENT);
        self.framer.port_mut(port).leave(host)
    }

    /// What a port receives.
    pub fn arrive(&mut self, port: usize, arrival: &Arrival) {
        if self.framer_active() {
            self.framer.port_mut(port).arrive(arrival);
        }
    }

    /// The tick ends: what was received is delivered, and the host is told.
    pub fn end_tick(&mut self, now: Duration, bus: &mut dyn Bus) {
        let active = self.framer_active();
        for (port, burst) in self.received.iter_mut().enumerate() {
            *burst = if active {
                *self.framer.port(port).received()
            } else {
                Burst::SILENT
            };
        }
        if self.transfers() {
            self.counters.dma_ticks += 1;
            let base = self.stored[Register::RxAddress as usize];
            let delivered = self.dma.deliver(bus, base, SLOT_SHIFT, &mut self.received);
            self.counters.dma_faults += u64::from(delivered.is_err());
            let control = self.stored[Register::BufferControl as usize];
            if let Some(pending) = self.dma.advance(control) {
                let late = self.pending & interrupt::ANY != 0;
                self.counters.overruns += u64::from(late);
                self.pending = pending;
            }
            self.recorder.record(
                now,
                Event::Tick {
                    value: self.interrupt_register(),
                },
            );
        }
        self.drive(now);
    }

    /// Ticks that the clock was too late to make: nothing moves, they are counted.
    pub fn lose(&mut self, ticks: u64) {
        self.counters.lost += ticks;
    }
}
