// SPDX-License-Identifier: MIT OR Apache-2.0
//! The framer chip of these cards: Infineon QuadFALC, four ports of E1 framer, HDLC controller, signalling and line interface
//! behind an 8-bit bus. Octet-level, like the lines: framing and line code are states and counters.

mod counters;
pub mod hdlc;
mod interrupts;
mod port;
mod receiver;
pub mod registers;
mod signalling;

pub use port::Port;

use registers as reg;

/// Ports of one chip.
pub const PORTS: usize = 4;

/// Versions of the chip that drivers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 2.1 and earlier.
    V21,
    /// 3.1, which says so only while its compatibility mode is off.
    V31,
}

/// The chip.
#[derive(Clone, Debug)]
pub struct QuadFalc {
    version: Version,
    ports: [Port; PORTS],
}

impl QuadFalc {
    /// As after its reset.
    #[must_use]
    pub fn new(version: Version) -> Self {
        QuadFalc {
            version,
            ports: std::array::from_fn(|_| Port::new()),
        }
    }

    /// Its reset input: everything to the initial values.
    pub fn reset(&mut self) {
        *self = QuadFalc::new(self.version);
    }

    /// A port; numbers wrap at four, as the address lines do.
    #[must_use]
    pub fn port(&self, unit: usize) -> &Port {
        let [a, b, c, d] = &self.ports;
        match unit % PORTS {
            0 => a,
            1 => b,
            2 => c,
            _ => d,
        }
    }

    /// A port.
    pub fn port_mut(&mut self, unit: usize) -> &mut Port {
        let [a, b, c, d] = &mut self.ports;
        match unit % PORTS {
            0 => a,
            1 => b,
            2 => c,
            _ => d,
        }
    }

    /// Its interrupt output.
    #[must_use]
    pub fn interrupt(&self) -> bool {
        self.ports
            .iter()
            .any(|port| port.interrupts().global() != 0)
    }

    /// A read strobe, with its side effects.
    pub fn read(&mut self, unit: usize, register: u8) -> u8 {
        match register {
            reg::CIS => self.ports.iter().enumerate().fold(0, |cis, (n, port)| {
                cis | u8::from(port.interrupts().global() != 0) << n
            }),
            reg::VSTR => self.version_status(),
            _ => self.port_mut(unit).read(register),
        }
    }

    /// The version register; 3.1 shows its own number only with COMP_DIS, which is global.
    fn version_status(&self) -> u8 {
        let disabled = self.port(0).stored(reg::COMPATIBILITY) & reg::COMP_DIS != 0;
        match self.version {
            Version::V31 if disabled => 0x20,
            Version::V31 | Version::V21 => 0x05,
        }
    }

    /// A write strobe.
    pub fn write(&mut self, unit: usize, register: u8, value: u8) {
        self.port_mut(unit).write(register, value);
    }
}

#[cfg(test)]
mod tests;
