// SPDX-License-Identifier: MIT OR Apache-2.0
//! From FIFO blocks to slot octets. The line model's encoder wants a whole frame; here a frame comes in blocks, and one that comes
//! late is an underrun.

use super::super::interrupts::isr;
use super::BLOCK;
use std::collections::VecDeque;
use tdm_line::hdlc::{FLAG, Fcs, Rate};

/// Blocks that the chip holds: one on its way out, one behind it.
const BLOCKS: usize = 2;

/// What has left. Counters go only up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransmitterCounters {
    /// Whole frames.
    pub frames: u64,
    /// Frames aborted because the next block was late.
    pub underruns: u64,
    /// Octets and blocks that the host wrote when there was no room.
    pub overflows: u64,
}

#[derive(Clone, Debug)]
struct Block {
    octets: VecDeque<u8>,
    ends: bool,
}

/// The transmitter.
#[derive(Clone, Debug)]
pub struct Transmitter {
    /// What the host has written and not yet sent off.
    fifo: VecDeque<u8>,
    blocks: VecDeque<Block>,
    /// The host waits to be told that there is room.
    wanted: bool,
    /// A frame is open.
    open: bool,
    fcs: Fcs,
    ones: u8,
    /// Bits for the line, the next one highest of `pending`.
    bits: u64,
    pending: u8,
    events: u8,
    counters: TransmitterCounters,
}

impl Transmitter {
    pub(super) fn new() -> Self {
        Transmitter {
            fifo: VecDeque::new(),
            blocks: VecDeque::new(),
            wanted: false,
            open: false,
            fcs: Fcs::new(),
            ones: 0,
            bits: 0,
            pending: 0,
            events: 0,
            counters: TransmitterCounters::default(),
        }
    }

    /// The counters.
    #[must_use]
    pub fn counters(&self) -> TransmitterCounters {
        self.counters
    }

    /// Empties it; what is being sent is cut off.
    pub(in super::super) fn reset(&mut self) {
        *self = Transmitter {
            counters: self.counters,
            ..Transmitter::new()
        };
    }

    /// An octet from the host.
    pub(in super::super) fn fill(&mut self, octet: u8) {
        if self.fifo.len() < BLOCK {
            self.fifo.push_back(octet);
        } else {
            self.counters.overflows += 1;
        }
    }

    /// The host sends the FIFO's content off; `ends` closes the frame with it.
    pub(in super::super) fn send(&mut self, ends: bool) {
        let octets = std::mem::take(&mut self.fifo);
        if self.blocks.len() >= BLOCKS {
            self.counters.overflows += 1;
            return;
        }
        self.blocks.push_back(Block { octets, ends });
        self.wanted = true;
        self.offer();
    }

    /// Tells the host that there is room: at once as long as the frame goes on, and when the frame has left if it does not.
    fn offer(&mut self) {
        let ending = self.blocks.iter().any(|block| block.ends);
        if self.wanted && !ending && self.blocks.len() < BLOCKS {
            self.wanted = false;
            self.events |= isr::XPR;
        }
    }

    /// Events of ISR1 since the last call.
    pub(in super::super) fn take_events(&mut self) -> u8 {
        std::mem::take(&mut self.events)
    }

    /// The next octet for the slot.
    pub(in super::super) fn octet(&mut self, rate: Rate) -> u8 {
        let count = rate.bits();
        while self.pending < count {
            self.unit();
        }
        self.pending -= count;
        let octet = (self.bits >> self.pending) as u8;
        self.bits &= (1 << self.pending) - 1;
        match rate {
            Rate::Full => octet,
            Rate::Restricted => octet << 1 | 1,
        }
    }

    /// Puts the next unit of the stream among the bits: a flag, an octet, a frame's end, an abort.
    fn unit(&mut self) {
        let Some(block) = self.blocks.front_mut() else {
            if self.open {
                self.open = false;
                self.counters.underruns += 1;
                self.events |= isr::XDU;
                self.put(0xFF, 8);
            }
            return self.put(FLAG, 8);
        };
        if !self.open {
            self.open = true;
            self.ones = 0;
            self.fcs = Fcs::new();
            return self.put(FLAG, 8);
        }
        if let Some(octet) = block.octets.pop_front() {
            self.fcs = self.fcs.push(octet);
            return self.stuff(octet);
        }
        let ends = block.ends;
        self.blocks.pop_front();
        if ends {
            let [low, high] = self.fcs.value().to_le_bytes();
            self.stuff(low);
            self.stuff(high);
            self.put(FLAG, 8);
            self.open = false;
            self.counters.frames += 1;
            if self.blocks.is_empty() {
                self.events |= isr::ALLS;
            }
        }
        self.offer();
    }

    /// Appends the low `count` bits, the highest first.
    fn put(&mut self, bits: u8, count: u8) {
        self.bits = self.bits << count | u64::from(bits) & ((1 << count) - 1);
        self.pending += count;
    }

    /// An octet, least significant bit first, with a zero after five ones.
    fn stuff(&mut self, octet: u8) {
        for place in 0..8 {
            let bit = octet >> place & 1;
            self.put(bit, 1);
            self.ones = if bit == 1 { self.ones + 1 } else { 0 };
            if self.ones == 5 {
                self.put(0, 1);
                self.ones = 0;
            }
        }
    }
}
