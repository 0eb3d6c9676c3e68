// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a line carries in one tick.

use tdm_line::framing::Signal;

/// Frames of one tick: one row, 1 ms of line time.
pub const TICK: u64 = 8;

/// One frame: an octet for each slot.
pub(super) type Frame = [u8; 32];

/// One tick of a line in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burst {
    /// The frames in their order.
    pub frames: [Frame; TICK as usize],
    /// The ABCD bits of each slot, A highest. They mean something under channel-associated signalling only.
    pub abcd: [u8; 32],
    /// What kind of signal it is.
    pub signal: Signal,
    /// The sender's receiver found an errored CRC-4 block: it sets its E bit.
    pub e_bit: bool,
    /// Defects that the sender put in for a test.
    pub inserted: Inserted,
}

/// Defects that a sender inserts on request, as the receiver counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inserted {
    /// Violations of the line code.
    pub code_violations: u8,
    /// Errored frame alignment signals.
    pub alignment: u8,
    /// Errored CRC-4 blocks.
    pub crc: u8,
    /// Bit errors of a test pattern.
    pub pattern: u8,
}

impl Inserted {
    /// Adds what came later.
    pub fn merge(&mut self, more: Inserted) {
        self.code_violations = self.code_violations.saturating_add(more.code_violations);
        self.alignment = self.alignment.saturating_add(more.alignment);
        self.crc = self.crc.saturating_add(more.crc);
        self.pattern = self.pattern.saturating_add(more.pattern);
    }
}

impl Burst {
    /// A line on which nothing is sent. Receivers put all ones into the slots then.
    pub const SILENT: Burst = Burst {
        frames: [[0xFF; 32]; TICK as usize],
        abcd: [0x0F; 32],
        signal: Signal::None,
        e_bit: false,
        inserted: Inserted {
            code_violations: 0,
            alignment: 0,
            crc: 0,
            pattern: 0,
        },
    };

    /// A slot's row, as its word in a ring.
    pub fn row(&self, slot: usize) -> u64 {
        let mut row = [0xFF; TICK as usize];
        for (to, frame) in row.iter_mut().zip(&self.frames) {
            if let Some(octet) = frame.get(slot) {
                *to = *octet;
            }
        }
        u64::from_ne_bytes(row)
    }

    /// Sets a slot's row.
    pub fn set_row(&mut self, slot: usize, row: u64) {
        for (from, frame) in row.to_ne_bytes().iter().zip(&mut self.frames) {
            if let Some(octet) = frame.get_mut(slot) {
                *octet = *from;
            }
        }
    }
}
