// SPDX-License-Identifier: MIT OR Apache-2.0
//! The signalling registers under E1 CAS: register 71 + n holds channel n + 1 in its high nibble and channel n + 17 in its low
//! one, ABCD.

/// A signalling multiframe is 16 frames, two ticks.
const MULTIFRAME_TICKS: u8 = 2;

/// Sixteen registers in each direction.
#[derive(Clone, Debug)]
pub(super) struct Signalling {
    send: [u8; 16],
    received: [u8; 16],
    /// The multiframe that is being received; it counts when the next one begins.
    coming: [u8; 16],
    ticks: u8,
}

impl Signalling {
    pub(super) fn new() -> Self {
        Signalling {
            send: [0; 16],
            received: [0; 16],
            coming: [0; 16],
            ticks: 0,
        }
    }

    pub(super) fn write(&mut self, at: usize, value: u8) {
        if let Some(place) = self.send.get_mut(at) {
            *place = value;
        }
    }

    pub(super) fn read(&self, at: usize) -> u8 {
        self.received.get(at).copied().unwrap_or(0)
    }

    /// The bits that each slot sends.
    pub(super) fn abcd(&self) -> [u8; 32] {
        let mut abcd = [0; 32];
        let (low, high) = abcd.split_at_mut(16);
        for ((one, other), register) in low.iter_mut().zip(high).zip(self.send) {
            *one = register >> 4;
            *other = register & 0xF;
        }
        abcd
    }

    /// A tick with signalling alignment. `true` if received bits changed.
    pub(super) fn tick(&mut self, abcd: &[u8; 32]) -> bool {
        self.ticks += 1;
        if self.ticks < MULTIFRAME_TICKS {
            return false;
        }
        self.ticks = 0;
        let changed = self.received != self.coming;
        self.received = self.coming;
        let (low, high) = abcd.split_at(16);
        // Register 70 is timeslot 16 of frame 0: alignment and spare bits.
        for ((register, one), other) in self.coming.iter_mut().zip(low).zip(high).skip(1) {
            *register = one << 4 | other & 0xF;
        }
        changed
    }

    /// No alignment: what was being received is void, what was received stays.
    pub(super) fn lost(&mut self) {
        self.ticks = 0;
        self.coming = self.received;
    }
}
