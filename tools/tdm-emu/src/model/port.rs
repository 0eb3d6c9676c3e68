// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards as the line model sees them: several lines that tick together.

use super::burst::Burst;
use super::pipe::Arrival;

/// What one of a card's lines looks like from a cross-connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortLine {
    /// Its receiver expects CRC-4.
    pub crc4: bool,
    /// The code for slots that nobody feeds.
    pub idle: u8,
}

impl Default for PortLine {
    fn default() -> Self {
        PortLine {
            crc4: false,
            idle: 0xFF,
        }
    }
}

/// A card with lines. A tick is one `begin`, a `leave` for each line, an `arrive` for each line, one `end`.
pub trait CardPorts: Send + std::fmt::Debug {
    /// How many lines it has.
    fn ports(&self) -> usize;

    /// A tick begins: the card fetches what its host wants to send.
    fn begin(&mut self);

    /// What a line sends in this tick.
    fn leave(&mut self, port: usize) -> Burst;

    /// What a line receives in this tick.
    fn arrive(&mut self, port: usize, arrival: &Arrival);

    /// The tick ends: the card hands its host what was received, and interrupts.
    fn end(&mut self);

    /// Ticks that the clock was too late to make.
    fn lose(&mut self, ticks: u64);

    /// What a cross-connect must know of a line.
    fn line(&self, port: usize) -> PortLine;
}
