// SPDX-License-Identifier: MIT OR Apache-2.0
//! The DMA engine: where samples of a tick stand in the host's memory, by generation.

use super::bus::{Bus, Fault};
use super::models::Generation;
use super::quadfalc::PORTS;
use super::registers::interrupt;
use crate::model::{Burst, TICK};

/// Octets of one tick and direction: 4 ports, 32 slots, 8 frames.
const BLOCK: usize = PORTS * 32 * TICK as usize;

/// Samples of a tick, by port.
pub(super) type Samples = [Burst; PORTS];

/// How a generation arranges them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// Frame by frame, 32-bit words with an octet for each port; two halves.
    Halves,
    /// Slot by slot, eight octets each; one buffer.
    Single,
    /// The same, a ring of buffers.
    Ring,
}

/// The engine.
#[derive(Clone, Debug)]
pub(super) struct Engine {
    layout: Layout,
    running: bool,
    /// The buffer (the half) of the next tick.
    index: u32,
    /// The running number of ticks, 7 bits.
    ident: u8,
    /// Ticks since the last interrupt.
    ticks: u32,
}

impl Engine {
    pub(super) fn new(generation: Generation) -> Self {
        let layout = match generation {
            Generation::First => Layout::Halves,
            Generation::Second | Generation::Third | Generation::Fourth => Layout::Single,
            Generation::Fifth => Layout::Ring,
        };
        Engine {
            layout,
            running: false,
            index: 0,
            ident: 0,
            ticks: 0,
        }
    }

    /// Starts or stops it. Only a start begins anew; repeating it changes nothing.
    pub(super) fn run(&mut self, on: bool) {
        if on && !self.running {
            self.index = 0;
            self.ident = 0;
            self.ticks = 0;
        }
        self.running = on;
    }

    pub(super) fn running(&self) -> bool {
        self.running
    }

    /// The buffer in use.
    pub(super) fn index(&self) -> u32 {
        self.index
    }

    fn offset(&self) -> u64 {
        u64::from(self.index) * BLOCK as u64
    }

    /// Fetches what the host sends in this tick. `shift` is added to a slot to find its place.
    pub(super) fn fetch(
        &self,
        bus: &mut dyn Bus,
        base: u32,
        shift: usize,
        samples: &mut Samples,
    ) -> Result<(), Fault> {
        let mut block = [0; BLOCK];
        bus.read(u64::from(base) + self.offset(), &mut block)?;
        self.each(shift, samples, |at, octet| {
            *octet = block.get(at).copied().unwrap_or(0xFF);
        });
        Ok(())
    }

    /// Delivers what was received in this tick.
    pub(super) fn deliver(
        &self,
        bus: &mut dyn Bus,
        base: u32,
        shift: usize,
        samples: &mut Samples,
    ) -> Result<(), Fault> {
        let mut block = [0xFF; BLOCK];
        self.each(shift, samples, |at, octet| {
            if let Some(place) = block.get_mut(at) {
                *place = *octet;
            }
        });
        bus.write(u64::from(base) + self.offset(), &block)
    }

    /// Walks over all samples with their place in a block.
    fn each(&self, shift: usize, samples: &mut Samples, mut visit: impl FnMut(usize, &mut u8)) {
        for (port, burst) in samples.iter_mut().enumerate() {
            for (frame, octets) in burst.frames.iter_mut().enumerate() {
                for (slot, octet) in octets.iter_mut().enumerate() {
                    let place = (slot + shift) % 32;
                    let at = match self.layout {
                        // The first port is in the highest octet of a little-endian word.
                        Layout::Halves => (frame * 32 + place) * 4 + (PORTS - 1 - port),
                        Layout::Single | Layout::Ring => (port * 32 + place) * 8 + frame,
                    };
                    visit(at, octet);
                }
            }
        }
    }

    /// The end of a tick: moves on, and gives the interrupt register's content if it is time for an interrupt. `control` is the
    /// buffer control register.
    pub(super) fn advance(&mut self, control: u32) -> Option<u32> {
        match self.layout {
            Layout::Halves => {
                let half = self.index;
                self.index ^= 1;
                Some(1 << half)
            }
            Layout::Single => Some(interrupt::TICK),
            Layout::Ring => {
                let buffers = (control & 0x7F).max(1);
                let period = (control >> 16 & 0x7F).max(1);
                self.index = (self.index + 1) % buffers;
                self.ident = (self.ident + 1) & 0x7F;
                self.ticks += 1;
                if self.ticks < period {
                    return None;
                }
                self.ticks = 0;
                Some(u32::from(self.ident) << interrupt::IDENT_SHIFT | interrupt::TICK)
            }
        }
    }
}
