// SPDX-License-Identifier: MIT OR Apache-2.0
//! One port: its register file and the units behind it.

use super::counters::Counters;
use super::hdlc::Controller;
use super::interrupts::{Interrupts, isr};
use super::receiver::Receiver;
use super::registers::{self as reg, RESET, cmdr, frs0};
use super::signalling::Signalling;
use crate::model::{Arrival, Burst, Inserted};
use tdm_line::framing::Signal;
use tdm_line::hdlc::Rate;

/// Ticks of a second.
const SECOND_TICKS: u32 = 1000;
/// What stands in timeslot 0 of a received frame: the frame alignment signal.
const ALIGNMENT_WORD: u8 = 0x9B;

/// A port.
#[derive(Clone, Debug)]
pub struct Port {
    stored: [u8; 256],
    interrupts: Interrupts,
    receiver: Receiver,
    counters: Counters,
    signalling: Signalling,
    hdlc: Controller,
    /// Defects to put into what is sent next.
    insert: Inserted,
    /// FRS2: steps of the alarm simulation.
    simulation: u8,
    ticks: u32,
    /// What it sent and what the line brought in the last tick.
    sent: Burst,
    line: Burst,
    /// What it passes to the host.
    received: Burst,
}

impl Port {
    pub(super) fn new() -> Self {
        let mut stored = [0; 256];
        for (register, value) in RESET {
            if let Some(place) = stored.get_mut(usize::from(*register)) {
                *place = *value;
            }
        }
        Port {
            stored,
            interrupts: Interrupts::new(),
            receiver: Receiver::new(),
            counters: Counters::default(),
            signalling: Signalling::new(),
            hdlc: Controller::new(),
            insert: Inserted::default(),
            simulation: 0,
            ticks: 0,
            sent: Burst::SILENT,
            line: Burst::SILENT,
            received: Burst::SILENT,
        }
    }

    /// Its interrupt status.
    #[must_use]
    pub fn interrupts(&self) -> &Interrupts {
        &self.interrupts
    }

    /// The HDLC controller.
    #[must_use]
    pub fn hdlc(&self) -> &Controller {
        &self.hdlc
    }

    /// What is stored in a register, without side effects.
    #[must_use]
    pub fn stored(&self, register: u8) -> u8 {
        self.stored.get(usize::from(register)).copied().unwrap_or(0)
    }

    /// FRS0.
    #[must_use]
    pub fn status(&self) -> u8 {
        self.receiver.status()
    }

    fn bit(&self, register: u8, mask: u8) -> bool {
        self.stored(register) & mask != 0
    }

    /// The receiver looks for CRC-4 multiframes.
    #[must_use]
    pub fn expects_crc4(&self) -> bool {
        self.bit(reg::FMR2, 0xC0)
    }

    fn cas(&self) -> bool {
        self.bit(reg::XSP, 0x40)
    }

    /// A read strobe.
    pub fn read(&mut self, register: u8) -> u8 {
        match register {
            reg::FIFO | reg::FIFO_HIGH => self.hdlc.receiver.read(),
            reg::FRS0 => self.receiver.status(),
            // Open and short circuits and timeslot 16 are not modelled.
            reg::FRS1 => 0,
            reg::FRS2 => self.simulation << 5,
            reg::COUNTERS..=reg::COUNTERS_END => {
                let ecm = self.bit(reg::FMR1, 0x04);
                let at = usize::from(register - reg::COUNTERS);
                self.counters.octet(at, ecm)
            }
            // XFW: the FIFO can be written. Commands are executed at once, so CEC is never set.
            reg::SIS => 0x40,
            reg::RSIS => self.hdlc.receiver.block_status(),
            reg::RBCL => self.hdlc.receiver.byte_count().to_le_bytes()[0],
            reg::RBCH => self.hdlc.receiver.byte_count().to_le_bytes()[1],
            reg::ISR0..=reg::ISR4 => self.interrupts.take(usize::from(register - reg::ISR0)),
            reg::GIS => self.interrupts.global(),
            reg::SIGNALLING..=reg::SIGNALLING_END => self
                .signalling
                .read(usize::from(register - reg::SIGNALLING)),
            _ => self.stored(register),
        }
    }

    /// A write strobe.
    pub fn write(&mut self, register: u8, value: u8) {
        match register {
            reg::FIFO | reg::FIFO_HIGH => return self.hdlc.transmitter.fill(value),
            reg::CMDR => return self.command(value),
            reg::SIGNALLING..=reg::SIGNALLING_END => {
                let at = usize::from(register - reg::SIGNALLING);
                return self.signalling.write(at, value);
            }
            reg::IERR => self.insert_defects(value),
            reg::FMR0 if value & 1 != 0 && !self.bit(reg::FMR0, 1) => {
                self.simulation = (self.simulation + 1) & 7;
            }
            0x14..=0x18 => self
                .interrupts
                .set_mask(usize::from(register - reg::IMR0), value),
            _ => {}
        }
        if let Some(place) = self.stored.get_mut(usize::from(register)) {
            *place = value;
        }
    }

    fn insert_defects(&mut self, value: u8) {
        let bit = |mask: u8| u8::from(value & mask != 0);
        self.insert.merge(Inserted {
            code_violations: bit(0x01),
            pattern: bit(0x02),
            crc: bit(0x08),
            alignment: bit(0x20),
        });
    }

    fn command(&mut self, value: u8) {
        let has = |bit: u8| value & bit != 0;
        if has(cmdr::RMC) {
            self.hdlc.receiver.release();
        }
        if has(cmdr::RRES) {
            self.hdlc.receiver.reset();
        }
        if has(cmdr::XRES) {
            self.hdlc.transmitter.reset();
        }
        if has(cmdr::SRES) {
            self.hdlc.transmitter.reset();
            self.interrupts.raise(1, isr::XPR);
        }
        if has(cmdr::XHF) || has(cmdr::XTF) {
            self.hdlc.transmitter.send(has(cmdr::XME));
        }
    }

    /// The first half of a tick: what leaves. `host` has the octets of the system side.
    pub(crate) fn leave(&mut self, host: &Burst) -> Burst {
        let mut burst = *host;
        if self.bit(reg::FMR2, 0x04) {
            // Payload loop: received slots go out in the port's own framing.
            burst.frames = self.received.frames;
        }
        self.transmit_hdlc(&mut burst);
        burst.abcd = self.signalling.abcd();
        burst.e_bit = self.receiver.take_e_bit() && self.bit(reg::XSP, 0x08);
        burst.inserted = std::mem::take(&mut self.insert);
        burst.signal = self.signal();
        self.sent = burst;
        if self.bit(reg::LIM1, 0x02) {
            // Remote loop: the line's own signal goes back.
            return self.line;
        }
        burst
    }

    /// What kind of signal it sends: none as long as no line code is set.
    fn signal(&self) -> Signal {
        if self.stored(reg::FMR0) & 0xC0 < 0x80 {
            return Signal::None;
        }
        if self.bit(reg::FMR1, 0x01) {
            return Signal::AllOnes;
        }
        let automatic =
            self.bit(reg::FMR2, 0x02) && self.receiver.status() & (frs0::LOS | frs0::LFA) != 0;
        Signal::Framed {
            crc4: self.bit(reg::FMR1, 0x08),
            remote_alarm: automatic || self.bit(reg::XSW, 0x20),
        }
    }

    /// The second half: what arrives.
    pub(crate) fn arrive(&mut self, arrival: &Arrival) {
        self.line = arrival.burst;
        let looped;
        let arrival = if self.bit(reg::LIM0, 0x02) {
            looped = Arrival {
                burst: self.sent,
                errors: crate::model::Errors::default(),
                slip: None,
            };
            &looped
        } else {
            arrival
        };
        let crc4 = self.expects_crc4();
        self.receiver
            .tick(arrival, crc4, &mut self.counters, &mut self.interrupts);
        self.received = Burst::SILENT;
        if self.receiver.aligned() {
            self.received.frames = arrival.burst.frames;
            for octet in self
                .received
                .frames
                .iter_mut()
                .filter_map(|f| f.first_mut())
            {
                *octet = ALIGNMENT_WORD;
            }
            if self.cas() && self.signalling.tick(&arrival.burst.abcd) {
                self.interrupts.raise(0, isr::CASC);
            }
        } else {
            self.signalling.lost();
        }
        self.receive_hdlc();
        self.second();
    }

    /// What the system side receives.
    pub(crate) fn received(&self) -> &Burst {
        &self.received
    }

    fn second(&mut self) {
        self.ticks += 1;
        if self.ticks < SECOND_TICKS {
            return;
        }
        self.ticks = 0;
        if self.bit(reg::FMR1, 0x04) {
            self.counters.latch();
        }
        let errored = self.receiver.take_errored_second();
        self.interrupts
            .raise(3, isr::SEC | if errored { isr::ES } else { 0 });
    }

    /// Starts the count of the second elsewhere, so that ports do not interrupt at once.
    pub(crate) fn stagger(&mut self, ticks: u32) {
        self.ticks = ticks % SECOND_TICKS;
    }

    fn hdlc_runs(&self) -> bool {
        self.bit(reg::MODE, 0x08)
    }

    fn hdlc_rate(&self) -> Rate {
        if self.stored(reg::TSBS1) == 0x7F {
            Rate::Restricted
        } else {
            Rate::Full
        }
    }

    /// Whether a slot is enabled in four registers from `first` on, the highest bit of the first being slot 0.
    fn slot_enabled(&self, first: u8, slot: usize) -> bool {
        let register = usize::from(first) + slot / 8;
        self.stored.get(register).copied().unwrap_or(0) & (0x80 >> (slot % 8)) != 0
    }

    fn transmit_hdlc(&mut self, burst: &mut Burst) {
        if !self.hdlc_runs() || !(0..32).any(|slot| self.slot_enabled(reg::TTR1, slot)) {
            return;
        }
        let rate = self.hdlc_rate();
        for frame in &mut burst.frames {
            for slot in 0..32 {
                if self.slot_enabled(reg::TTR1, slot) {
                    let octet = self.hdlc.transmitter.octet(rate);
                    if let Some(place) = frame.get_mut(slot) {
                        *place = octet;
                    }
                }
            }
        }
        let events = self.hdlc.transmitter.take_events();
        self.interrupts.raise(1, events);
    }

    fn receive_hdlc(&mut self) {
        if !self.hdlc_runs() || !(0..32).any(|slot| self.slot_enabled(reg::RTR1, slot)) {
            return;
        }
        let rate = self.hdlc_rate();
        for frame in self.received.frames {
            for (slot, octet) in frame.iter().enumerate() {
                if self.slot_enabled(reg::RTR1, slot) {
                    self.hdlc.receiver.octet(*octet, rate);
                }
            }
        }
        let (isr0, isr1) = self.hdlc.receiver.take_events();
        self.interrupts.raise(0, isr0);
        self.interrupts.raise(1, isr1);
    }
}
