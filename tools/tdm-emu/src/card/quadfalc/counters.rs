// SPDX-License-Identifier: MIT OR Apache-2.0
//! Error counters of a port: 16 bits, stopped at their end. With FMR1.ECM they are latched and cleared once a second.

/// Which counter, in the order of their registers from 0x50 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counter {
    /// Framing errors.
    Framing = 0,
    /// Code violations.
    CodeViolations = 1,
    /// CRC errors.
    Crc = 2,
    /// E bits: CRC errors of the far end.
    EBit = 3,
    /// Bit errors of a test pattern.
    Bits = 4,
}

/// All counters and their latches.
#[derive(Clone, Debug, Default)]
pub(super) struct Counters {
    live: [u16; 6],
    latched: [u16; 6],
}

impl Counters {
    pub(super) fn add(&mut self, counter: Counter, count: u32) {
        if let Some(live) = self.live.get_mut(counter as usize) {
            *live = live.saturating_add(u16::try_from(count).unwrap_or(u16::MAX));
        }
    }

    /// The end of a second in mode ECM.
    pub(super) fn latch(&mut self) {
        self.latched = std::mem::take(&mut self.live);
    }

    /// An octet, counted from the first counter's low one.
    pub(super) fn octet(&self, at: usize, ecm: bool) -> u8 {
        let from = if ecm { &self.latched } else { &self.live };
        let [low, high] = from.get(at / 2).copied().unwrap_or(0).to_le_bytes();
        if at % 2 == 0 { low } else { high }
    }
}
