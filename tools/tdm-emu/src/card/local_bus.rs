// SPDX-License-Identifier: MIT OR Apache-2.0
//! The local bus behind LADDR and LDATA: strobes that reach the framer, or nobody.

use super::quadfalc::QuadFalc;

const FRAMER_SELECT: u32 = 1 << 10;
/// Set for the first four units; the other four are on eight-port cards only.
const FIRST_FOUR: u32 = 1 << 14;
const READ: u32 = 1 << 15;
const WRITE: u32 = 1 << 16;

/// What a write of LADDR did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strobe {
    /// Address set up, or strobes taken away.
    None,
    /// A framer register was read.
    FramerRead { unit: u8, register: u8, value: u8 },
    /// A framer register was written.
    FramerWrite { unit: u8, register: u8, value: u8 },
}

/// The bus.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LocalBus {
    address: u32,
    data: u32,
    /// What the last framer read put on it. An echo canceller is not fitted: everything else floats high.
    latch: Option<u8>,
}

impl LocalBus {
    pub(super) fn set_data(&mut self, data: u32) {
        self.data = data;
    }

    pub(super) fn address(&self) -> u32 {
        self.address
    }

    /// The data lines.
    pub(super) fn data(&self) -> u32 {
        self.latch.map_or(u32::MAX, u32::from)
    }

    /// Whether the data lines carry a framer's answer.
    pub(super) fn latched(&self) -> bool {
        self.latch.is_some()
    }

    /// A write of LADDR. Side effects happen on the rising strobe.
    pub(super) fn set_address(&mut self, address: u32, framer: &mut QuadFalc) -> Strobe {
        let before = std::mem::replace(&mut self.address, address);
        if address & FRAMER_SELECT == 0 || address & FIRST_FOUR == 0 {
            // The address alone, between strobes, has no select; a framer's answer is read before.
            if address & FIRST_FOUR == 0 {
                self.latch = None;
            }
            return Strobe::None;
        }
        let rising = address & !before;
        let unit = (address >> 8 & 3) as u8;
        let register = address.to_le_bytes()[0];
        if rising & WRITE != 0 {
            let value = self.data.to_le_bytes()[0];
            framer.write(usize::from(unit), register, value);
            return Strobe::FramerWrite {
                unit,
                register,
                value,
            };
        }
        if rising & READ != 0 {
            let value = framer.read(usize::from(unit), register);
            self.latch = Some(value);
            return Strobe::FramerRead {
                unit,
                register,
                value,
            };
        }
        Strobe::None
    }
}
