// SPDX-License-Identifier: MIT OR Apache-2.0
//! The timeslot interchange: what a timeslot sends, instead of what the host has for it.

use crate::model::Burst;

const TIMESLOTS: usize = 128;

/// For each of the card's 128 timeslots (32 a port) the timeslot whose received octets it sends; 0 stands for the host.
#[derive(Clone, Debug)]
pub(super) struct Interchange([u8; TIMESLOTS]);

impl Interchange {
    /// Everything from the host.
    pub(super) fn new() -> Self {
        Interchange([0; TIMESLOTS])
    }

    /// A strobe word: destination in bits 7 to 13, source in bits 0 to 6.
    pub(super) fn strobe(&mut self, word: u32) {
        let destination = (word >> 7 & 0x7F) as usize;
        if let Some(place) = self.0.get_mut(destination) {
            *place = (word & 0x7F) as u8;
        }
    }

    /// Puts received octets of the last tick into a port's burst.
    pub(super) fn apply(&self, port: usize, burst: &mut Burst, received: &[Burst]) {
        for (slot, source) in self.0.iter().skip(port * 32).take(32).enumerate() {
            let source = usize::from(*source);
            if source == 0 {
                continue;
            }
            if let Some(from) = received.get(source / 32) {
                burst.set_row(slot, from.row(source % 32));
            }
        }
    }
}
