// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a span's receiver makes of the line: framing, alarms, counters, ABCD bits.

use super::super::burst::TICK;
use super::super::pipe::{Arrival, Slip};
use super::{Second, Span};
use tdm::abi::event::{Kind, alarm, cause};
use tdm::abi::geometry::{FRAMES_PER_SECOND, SLOTS};
use tdm::abi::word;
use tdm::abi::words::Words;
use tdm::{Slot, SlotSet};
use tdm_line::alarm::{Alarm, AlarmSet};
use tdm_line::framing::{Alignment, Signal};

/// Errored alignment signals in a row that lose frame alignment.
const ALIGNMENT_LOST: u8 = 3;

impl<W: Words> Span<W> {
    /// Takes note of the line in the tick that begins at `frame`.
    pub(super) fn line_state(&mut self, frame: u64, arrival: &Arrival) {
        let mut signal = arrival.burst.signal;
        let aligned = self.framer.alignment() != Alignment::None;
        let framed = matches!(signal, Signal::Framed { .. });
        let inserted = arrival.burst.inserted;
        let errored = arrival.errors.alignment.saturating_add(inserted.alignment);
        if signal != Signal::None && inserted.code_violations > 0 {
            self.count(word::CODE_VIOLATIONS, u64::from(inserted.code_violations));
            self.second.causes |= cause::CODE_VIOLATION;
        }
        if framed && aligned && errored > 0 {
            self.count(word::FAS_ERRORS, u64::from(errored));
            self.second.causes |= cause::FAS;
            self.alignment_run = self.alignment_run.saturating_add(errored);
        } else {
            self.alignment_run = 0;
        }
        // So many errors that alignment is lost; while it is searched for, any errored alignment signal begins the search anew.
        if self.alignment_run >= ALIGNMENT_LOST || (framed && !aligned && errored > 0) {
            signal = Signal::Unframed;
        }
        self.framer.input(frame, signal);
        self.framer.handle_timeout(frame + TICK - 1);
        if self.framer.alignment() == Alignment::Multiframe {
            if arrival.errors.bits > 0 || inserted.crc > 0 {
                self.count(word::CRC_ERRORS, u64::from(inserted.crc.max(1)));
                self.second.causes |= cause::CRC;
                self.e_bit = true;
            }
            if arrival.burst.e_bit {
                self.count(word::E_BIT_ERRORS, 1);
                self.second.causes |= cause::E_BIT;
            }
        }
        if let Some(slip) = arrival.slip.filter(|_| framed && aligned) {
            let (counter, value) = match slip {
                Slip::Repeated => (word::SLIPS_REPEATED, 1),
                Slip::Dropped => (word::SLIPS_DROPPED, 2),
            };
            self.count(counter, 1);
            self.second.causes |= cause::SLIP;
            self.event(Kind::Slip, None, frame, value);
        }
        let defects = self.framer.defects();
        if defects.loss_of_signal || defects.all_ones || defects.loss_of_frame {
            self.second.causes |= cause::DEFECT;
        }
        self.monitor.input(frame, defects);
        self.settle_alarms(frame + TICK - 1);
    }

    /// Whether the receiver passes the slots on, or puts all ones in their place.
    pub(super) fn payload_good(&self) -> bool {
        let defects = self.framer.defects();
        self.enabled() && !defects.loss_of_signal && !defects.all_ones && !defects.loss_of_frame
    }

    /// Slots that carry payload under the configuration in force.
    pub(super) fn usable(&self) -> SlotSet {
        SlotSet::from_bits(self.config.usable_slots())
    }

    /// Integrates alarms up to `frame` and publishes a change.
    pub(super) fn settle_alarms(&mut self, frame: u64) {
        self.framer.handle_timeout(frame);
        self.monitor.input(frame, self.framer.defects());
        let declared = self.monitor.handle_timeout(frame);
        let now = if self.enabled() {
            bits(declared)
        } else {
            alarm::DOWN
        };
        if now != self.alarms {
            let before = std::mem::replace(&mut self.alarms, now);
            self.memory.status.store(word::ALARMS, now);
            self.event(Kind::Alarms, None, frame, now | before << 32);
        }
    }

    /// Stores received ABCD bits.
    pub(super) fn receive_abcd(&mut self, frame: u64, bits: &[u8; SLOTS]) {
        for slot in self.usable().iter() {
            let now = bits.get(slot.index()).copied().unwrap_or(0) & 0xF;
            let Some(before) = self.abcd_received.get_mut(slot.index()) else {
                continue;
            };
            if *before != now {
                *before = now;
                self.publish_abcd(slot);
                self.event(Kind::Abcd, Some(slot), frame, u64::from(now));
            }
        }
    }

    /// Latches the causes of the second that has ended.
    pub(super) fn end_of_second(&mut self) {
        if self.positions.rx_frame.saturating_sub(self.second.start) < FRAMES_PER_SECOND {
            return;
        }
        self.memory
            .status
            .store(word::SECOND_CAUSES, self.second.causes);
        self.second = Second {
            start: self.positions.rx_frame,
            causes: 0,
        };
        self.memory
            .status
            .store(word::SECOND_FRAME, self.second.start);
    }

    /// Sends these ABCD bits on every slot of a claim that has ended: idle.
    pub(super) fn idle_abcd(&mut self, slots: SlotSet) {
        for slot in slots.iter() {
            if let Some(bits) = self.abcd_sent.get_mut(slot.index()) {
                *bits = 0;
            }
            self.publish_abcd(slot);
        }
    }

    /// A slot whose claim has ended.
    pub(super) fn unclaim(&mut self, slot: Slot) {
        if let Some(code) = self.idle.get_mut(slot.index()) {
            *code = self.config.idle_code();
        }
        if let Some(count) = self.taken.get_mut(slot.index()) {
            *count = 0;
        }
        self.publish_idle(slot);
        let status = &self.memory.status;
        status.store(word::of_slot(slot, word::SLOT_CLAIM), 0);
        status.store(word::of_slot(slot, word::SLOT_TAKEN), 0);
    }
}

/// The ABI's bits of an alarm set.
fn bits(set: AlarmSet) -> u64 {
    set.iter().fold(0, |bits, one| {
        bits | match one {
            Alarm::Los => alarm::LOS,
            Alarm::Ais => alarm::AIS,
            Alarm::Lof => alarm::LOF,
            Alarm::Lomf => alarm::LMFA,
            Alarm::Rai => alarm::RAI,
        }
    })
}
