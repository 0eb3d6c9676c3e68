// SPDX-License-Identifier: MIT OR Apache-2.0
//! Accesses of the host.

use super::super::local_bus::Strobe;
use super::super::models::Generation;
use super::super::registers::{Register, dmactrl, interrupt, leds};
use super::super::trace::Event;
use super::Card;
use std::time::Duration;

/// The version that the FPGA reports: from c01a0165 on the local bus has the wide protocol.
const VERSION: u32 = 0xC01A_0170;

impl Card {
    /// Reads configuration space.
    pub fn config_read(&self, offset: usize, to: &mut [u8]) {
        self.config.read(offset, to);
    }

    /// Writes configuration space.
    pub fn config_write(&mut self, now: Duration, offset: usize, from: &[u8]) {
        self.config.write(offset, from);
        self.drive(now);
    }

    /// Reads BAR 0: any offset, any length. Registers that are not there read as zero.
    pub fn read(&mut self, now: Duration, offset: u32, to: &mut [u8]) {
        self.counters.reads += 1;
        self.line.accessed(now);
        let mut held = None;
        for (place, at) in to.iter_mut().zip(offset..) {
            // A register is read once, however many of its octets are wanted.
            let value = match held {
                Some((word, value)) if word == at / 4 => value,
                _ => self.read_register(now, at),
            };
            held = Some((at / 4, value));
            *place = value.to_le_bytes()[(at % 4) as usize];
        }
        self.drive(now);
    }

    fn read_register(&mut self, now: Duration, offset: u32) -> u32 {
        let Some(register) = Register::at(offset) else {
            return 0;
        };
        let value = match register {
            Register::Interrupt => self.read_interrupt(),
            Register::BufferControl => self.read_buffer_control(),
            Register::Version => VERSION,
            Register::Leds => self.read_leds(),
            // An echo canceller's data lines: nobody drives them.
            Register::Gpio => 0xFF,
            Register::LocalAddress => self.bus.address(),
            Register::LocalData => self.bus.data(),
            _ => self.stored[register as usize],
        };
        let folded = register == Register::LocalData && self.bus.latched();
        if !folded {
            self.recorder.record(now, Event::Read { register, value });
        }
        value
    }

    fn read_interrupt(&mut self) -> u32 {
        let value = self.interrupt_register();
        if self.dma_enabled() {
            let pending = value & interrupt::ANY != 0;
            self.line.status_read(pending);
            self.service.status_read(pending);
        }
        value
    }

    fn read_buffer_control(&self) -> u32 {
        let stored = self.stored[Register::BufferControl as usize];
        match self.options.model.generation {
            Generation::Fifth => stored & !0x7F00 | (self.dma.index() & 0x7F) << 8,
            _ => stored,
        }
    }

    fn read_leds(&self) -> u32 {
        // Every port is jumpered for E1: this model has no other framing.
        0xF << leds::JUMPERS_SHIFT | u32::from(self.options.switch & 0xF) << leds::SWITCH_SHIFT
    }

    /// Writes BAR 0. Registers are 32 bits wide; drivers write nothing else, and what is narrower is dropped, as the FPGA has no byte
    /// enables that anybody has seen used.
    pub fn write(&mut self, now: Duration, offset: u32, from: &[u8]) {
        self.counters.writes += 1;
        self.line.accessed(now);
        if offset % 4 == 0 {
            for (at, octets) in from.chunks_exact(4).enumerate() {
                let offset = offset.saturating_add(at as u32 * 4);
                if let Some(register) = Register::at(offset) {
                    self.write_register(now, register, word(octets));
                }
            }
        }
        self.drive(now);
    }

    fn write_register(&mut self, now: Duration, register: Register, value: u32) {
        self.recorder.record(now, Event::Write { register, value });
        match register {
            Register::Interrupt => self.acknowledge(now),
            Register::DmaControl => self.write_dma_control(value),
            Register::Leds => self.write_leds(value),
            Register::LocalData => self.bus.set_data(value),
            Register::LocalAddress => self.strobe(now, value),
            _ => self.stored[register as usize] = value,
        }
    }

    /// Every write acknowledges everything, whatever its value.
    fn acknowledge(&mut self, now: Duration) {
        self.pending &= !interrupt::ANY;
        self.line.acknowledged(self.dma_enabled());
        self.service.acknowledged(now);
    }

    fn write_dma_control(&mut self, value: u32) {
        if value & dmactrl::TSI_STROBE != 0 {
            self.interchange.strobe(value);
        }
        self.stored[Register::DmaControl as usize] = value & !dmactrl::TSI;
        let on = self.dma_enabled();
        self.dma.run(on);
        if !on {
            self.service.stopped();
        }
    }

    fn write_leds(&mut self, value: u32) {
        self.stored[Register::Leds as usize] = value;
        if value == 0 {
            self.counters.framer_resets += 1;
            self.reset_framer();
        }
    }

    fn strobe(&mut self, now: Duration, value: u32) {
        match self.bus.set_address(value, &mut self.framer) {
            Strobe::None => {}
            Strobe::FramerRead {
                unit,
                register,
                value,
            } => {
                self.counters.framer_reads += 1;
                self.recorder.record(
                    now,
                    Event::FramerRead {
                        unit,
                        register,
                        value,
                    },
                );
            }
            Strobe::FramerWrite {
                unit,
                register,
                value,
            } => {
                self.counters.framer_writes += 1;
                self.recorder.record(
                    now,
                    Event::FramerWrite {
                        unit,
                        register,
                        value,
                    },
                );
            }
        }
    }
}

/// A little-endian word.
fn word(octets: &[u8]) -> u32 {
    octets
        .iter()
        .rev()
        .fold(0, |word, octet| word << 8 | u32::from(*octet))
}
