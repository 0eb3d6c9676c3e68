// SPDX-License-Identifier: MIT OR Apache-2.0
//! PCI configuration space: a conventional endpoint with one memory BAR, INTA and no capabilities.

use super::models::Model;
use super::registers::BAR_BYTES;

/// Octets of it.
const BYTES: usize = 256;
const COMMAND: usize = 0x04;
const STATUS: usize = 0x06;
const REVISION: usize = 0x08;
const CLASS: usize = 0x09;
const CACHE_LINE: usize = 0x0C;
const LATENCY_TIMER: usize = 0x0D;
const BAR0: usize = 0x10;
const SUBSYSTEM_VENDOR: usize = 0x2C;
const INTERRUPT_LINE: usize = 0x3C;
const INTERRUPT_PIN: usize = 0x3D;

/// Memory space, bus master, parity response in the low octet; SERR and interrupt disable in the high one.
const COMMAND_WRITABLE: u16 = 0x0546;
const BUS_MASTER: u16 = 0x0004;
const INTERRUPT_DISABLE: u16 = 0x0400;
/// Medium DEVSEL timing, as a real card shows.
const STATUS_FIXED: u16 = 0x0200;
const INTERRUPT_STATUS: u16 = 0x0008;

/// The space and what of it can be written.
#[derive(Clone, Debug)]
pub struct ConfigSpace {
    bytes: [u8; BYTES],
    writable: [u8; BYTES],
}

impl ConfigSpace {
    /// As after power-on.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        let mut space = ConfigSpace {
            bytes: [0; BYTES],
            writable: [0; BYTES],
        };
        space.put(0x00, &model.vendor.to_le_bytes());
        space.put(0x02, &model.device.to_le_bytes());
        space.put(STATUS, &STATUS_FIXED.to_le_bytes());
        space.put(REVISION, &[0x02]);
        // A communication controller of no named kind.
        space.put(CLASS, &[0x00, 0x80, 0x07]);
        space.put(SUBSYSTEM_VENDOR, &model.subsystem_vendor.to_le_bytes());
        space.put(INTERRUPT_PIN, &[1, 0x20, 0x08]);
        space.allow(COMMAND, &COMMAND_WRITABLE.to_le_bytes());
        space.allow(CACHE_LINE, &[0xFF]);
        space.allow(LATENCY_TIMER, &[0xFF]);
        space.allow(BAR0, &(!(BAR_BYTES - 1)).to_le_bytes());
        space.allow(INTERRUPT_LINE, &[0xFF]);
        space
    }

    fn put(&mut self, at: usize, what: &[u8]) {
        if let Some(place) = self.bytes.get_mut(at..at + what.len()) {
            place.copy_from_slice(what);
        }
    }

    fn allow(&mut self, at: usize, what: &[u8]) {
        if let Some(place) = self.writable.get_mut(at..at + what.len()) {
            place.copy_from_slice(what);
        }
    }

    fn word(&self, at: usize) -> u16 {
        let byte = |at: usize| self.bytes.get(at).copied().unwrap_or(0);
        u16::from_le_bytes([byte(at), byte(at + 1)])
    }

    /// Reads; beyond the end there are zeros.
    pub fn read(&self, offset: usize, to: &mut [u8]) {
        for (place, at) in to.iter_mut().zip(offset..) {
            *place = self.bytes.get(at).copied().unwrap_or(0);
        }
    }

    /// Writes what can be written; the rest is dropped, as hardware does.
    pub fn write(&mut self, offset: usize, from: &[u8]) {
        for (value, at) in from.iter().zip(offset..) {
            if let (Some(place), Some(mask)) = (self.bytes.get_mut(at), self.writable.get(at)) {
                *place = *place & !mask | value & mask;
            }
        }
    }

    /// The card may read and write memory.
    #[must_use]
    pub fn bus_master(&self) -> bool {
        self.word(COMMAND) & BUS_MASTER != 0
    }

    /// The host has switched INTx off.
    #[must_use]
    pub fn interrupt_disabled(&self) -> bool {
        self.word(COMMAND) & INTERRUPT_DISABLE != 0
    }

    /// Shows whether an interrupt is pending, disabled or not.
    pub fn set_interrupt_status(&mut self, pending: bool) {
        let status = STATUS_FIXED | if pending { INTERRUPT_STATUS } else { 0 };
        self.put(STATUS, &status.to_le_bytes());
    }
}
