// SPDX-License-Identifier: MIT OR Apache-2.0
//! From slot octets to FIFO blocks. Everything between two flags reaches the host, good or bad, block by block and with its status
//! in the last octet; the line model's decoder gives only whole good frames.

use super::super::interrupts::isr;
use super::BLOCK;
use std::collections::VecDeque;
use tdm_line::hdlc::{Fcs, Rate};

/// Blocks that wait for the host: the one that it reads, and one behind it.
const BLOCKS: usize = 2;

/// Bits of a message's status.
mod status {
    /// Whole octets, long enough.
    pub(super) const VALID: u8 = 0x80;
    /// Blocks are missing.
    pub(super) const OVERFLOW: u8 = 0x40;
    /// The check sequence fits.
    pub(super) const CRC_GOOD: u8 = 0x20;
    /// Aborted.
    pub(super) const ABORTED: u8 = 0x10;
}

/// What was received. Counters go only up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiverCounters {
    /// Good frames.
    pub good: u64,
    /// Frames with a wrong check sequence, aborted, not of whole octets, or with blocks missing.
    pub bad: u64,
    /// Blocks dropped because the host had not taken the last ones.
    pub overflows: u64,
}

#[derive(Clone, Debug)]
struct Block {
    octets: VecDeque<u8>,
    /// Octets of the message up to the block's end, its status among them.
    total: u16,
    /// The message ends in it, with this status.
    ends: Option<u8>,
}

/// The receiver.
#[derive(Clone, Debug)]
pub struct Receiver {
    ones: u8,
    partial: u8,
    count: u8,
    /// Flags were found and not lost since.
    framed: bool,
    fcs: Fcs,
    part: VecDeque<u8>,
    total: u16,
    missing: bool,
    blocks: VecDeque<Block>,
    /// The host has been told of the first block.
    told: bool,
    overflow: bool,
    counters: ReceiverCounters,
}

impl Receiver {
    pub(super) fn new() -> Self {
        Receiver {
            ones: 0,
            partial: 0,
            count: 0,
            framed: false,
            fcs: Fcs::new(),
            part: VecDeque::new(),
            total: 0,
            missing: false,
            blocks: VecDeque::new(),
            told: false,
            overflow: false,
            counters: ReceiverCounters::default(),
        }
    }

    /// The counters.
    #[must_use]
    pub fn counters(&self) -> ReceiverCounters {
        self.counters
    }

    pub(in super::super) fn reset(&mut self) {
        *self = Receiver {
            counters: self.counters,
            ..Receiver::new()
        };
    }

    /// The host takes an octet of the first block.
    pub(in super::super) fn read(&mut self) -> u8 {
        let block = self.blocks.front_mut();
        block.and_then(|b| b.octets.pop_front()).unwrap_or(0xFF)
    }

    /// The host has done with the first block.
    pub(in super::super) fn release(&mut self) {
        self.blocks.pop_front();
        self.told = false;
    }

    /// Octets of the message up to the end of the first block.
    pub(in super::super) fn byte_count(&self) -> u16 {
        self.blocks.front().map_or(0, |block| block.total)
    }

    /// The status of the message that ends in the first block.
    pub(in super::super) fn block_status(&self) -> u8 {
        self.blocks.front().and_then(|b| b.ends).unwrap_or(0)
    }

    /// Events of ISR0 and ISR1 since the last call.
    pub(in super::super) fn take_events(&mut self) -> (u8, u8) {
        let overflow = std::mem::take(&mut self.overflow);
        let isr1 = if overflow { isr::RDO } else { 0 };
        if self.told {
            return (0, isr1);
        }
        let Some(block) = self.blocks.front() else {
            return (0, isr1);
        };
        self.told = true;
        let isr0 = if block.ends.is_some() {
            isr::RME
        } else {
            isr::RPF
        };
        (isr0, isr1)
    }

    /// An octet of the slot.
    pub(in super::super) fn octet(&mut self, octet: u8, rate: Rate) {
        for place in 0..rate.bits() {
            if octet & (0x80 >> place) != 0 {
                self.one();
            } else {
                self.zero();
            }
        }
    }

    fn one(&mut self) {
        self.ones = self.ones.saturating_add(1).min(15);
        match self.ones {
            1..=5 => self.bit(0x80),
            7 => {
                if self.framed && self.total > 0 {
                    self.end(true);
                }
                self.framed = false;
            }
            _ => {}
        }
    }

    fn zero(&mut self) {
        match std::mem::take(&mut self.ones) {
            0..=4 => self.bit(0),
            6 => {
                if self.framed {
                    self.end(false);
                }
                self.begin();
            }
            _ => {}
        }
    }

    fn begin(&mut self) {
        self.framed = true;
        self.partial = 0;
        self.count = 0;
        self.fcs = Fcs::new();
        self.part.clear();
        self.total = 0;
        self.missing = false;
    }

    /// A bit of a frame, in the highest place.
    fn bit(&mut self, bit: u8) {
        if !self.framed {
            return;
        }
        self.partial = self.partial >> 1 | bit;
        self.count += 1;
        if self.count == 8 {
            self.count = 0;
            let octet = self.partial;
            self.fcs = self.fcs.push(octet);
            self.store(octet);
        }
    }

    fn store(&mut self, octet: u8) {
        if self.part.len() == BLOCK {
            self.hand_over(None);
        }
        self.part.push_back(octet);
        self.total = self.total.wrapping_add(1);
    }

    fn hand_over(&mut self, ends: Option<u8>) {
        let octets = std::mem::take(&mut self.part);
        if self.blocks.len() >= BLOCKS {
            self.missing = true;
            self.overflow = true;
            self.counters.overflows += 1;
            return;
        }
        self.blocks.push_back(Block {
            octets,
            total: self.total,
            ends,
        });
    }

    /// The end of what stood between two flags. The flag's own first six bits have been taken for data.
    fn end(&mut self, aborted: bool) {
        if self.total < 2 {
            return;
        }
        let whole = !aborted && self.count == 6;
        let crc_good = whole && self.fcs.is_good();
        let bit = |on: bool, bit: u8| if on { bit } else { 0 };
        let status = bit(whole, status::VALID)
            | bit(self.missing, status::OVERFLOW)
            | bit(crc_good, status::CRC_GOOD)
            | bit(aborted, status::ABORTED);
        if crc_good && !self.missing {
            self.counters.good += 1;
        } else {
            self.counters.bad += 1;
        }
        self.store(status);
        self.hand_over(Some(status));
    }
}
