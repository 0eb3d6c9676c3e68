// SPDX-License-Identifier: MIT OR Apache-2.0
//! A port's receiver: what FRS0 shows, and the events that its changes raise. The alignment is the line model's.

use super::counters::{Counter, Counters};
use super::interrupts::{Interrupts, isr};
use super::registers::frs0;
use crate::model::{Arrival, Slip, TICK};
use tdm_line::framing::{Alignment, Framer, Signal, Times};

/// Errored alignment signals in a row that lose frame alignment.
const ALIGNMENT_LOST: u8 = 3;
/// Ticks without CRC-4 multiframe after which NMF is shown.
const NO_MULTIFRAME_TICKS: u32 = 400;

/// The receiver.
#[derive(Clone, Debug)]
pub(super) struct Receiver {
    framer: Framer,
    frame: u64,
    status: u8,
    alignment_run: u8,
    /// Ticks since frame alignment was found without a multiframe.
    without_multiframe: u32,
    /// An errored CRC-4 block was received: the transmitter says so to the far end.
    e_bit: bool,
    errored_second: bool,
}

impl Receiver {
    pub(super) fn new() -> Self {
        let mut receiver = Receiver {
            framer: Framer::new(false, Times::default()),
            frame: 0,
            status: 0,
            alignment_run: 0,
            without_multiframe: 0,
            e_bit: false,
            errored_second: false,
        };
        receiver.status = receiver.judge();
        receiver
    }

    /// FRS0.
    pub(super) fn status(&self) -> u8 {
        self.status
    }

    /// The slots can be used.
    pub(super) fn aligned(&self) -> bool {
        self.status & (frs0::LOS | frs0::AIS | frs0::LFA) == 0
    }

    /// An errored block was received since the last call.
    pub(super) fn take_e_bit(&mut self) -> bool {
        std::mem::take(&mut self.e_bit)
    }

    /// The end of a second: whether it was errored.
    pub(super) fn take_errored_second(&mut self) -> bool {
        let lasting = !self.aligned();
        std::mem::replace(&mut self.errored_second, lasting)
    }

    /// One tick. `crc4`: the receiver looks for CRC-4 multiframes.
    pub(super) fn tick(
        &mut self,
        arrival: &Arrival,
        crc4: bool,
        counters: &mut Counters,
        interrupts: &mut Interrupts,
    ) {
        let frame = self.frame;
        self.frame += TICK;
        self.framer.set_crc4(frame, crc4);
        let signal = self.count(arrival, counters, interrupts);
        self.framer.input(frame, signal);
        self.framer.handle_timeout(frame + TICK - 1);
        self.wait_for_multiframe(crc4, interrupts);
        let before = std::mem::replace(&mut self.status, 0);
        self.status = self.judge();
        self.report(before, interrupts);
    }

    /// Counts what is wrong with the framing; so many errored alignment signals that alignment is lost are a signal without
    /// framing.
    fn count(
        &mut self,
        arrival: &Arrival,
        counters: &mut Counters,
        interrupts: &mut Interrupts,
    ) -> Signal {
        let signal = arrival.burst.signal;
        let inserted = arrival.burst.inserted;
        let aligned = self.framer.alignment() != Alignment::None;
        let framed = matches!(signal, Signal::Framed { .. });
        if signal != Signal::None && inserted.code_violations > 0 {
            counters.add(Counter::CodeViolations, u32::from(inserted.code_violations));
            self.errored_second = true;
        }
        let errors = arrival.errors.alignment.saturating_add(inserted.alignment);
        if framed && aligned && errors > 0 {
            counters.add(Counter::Framing, u32::from(errors));
            self.errored_second = true;
            self.alignment_run = self.alignment_run.saturating_add(errors);
        } else {
            self.alignment_run = 0;
        }
        if framed && aligned {
            counters.add(Counter::Bits, u32::from(inserted.pattern));
            if let Some(slip) = arrival.slip {
                self.errored_second = true;
                interrupts.raise(
                    3,
                    match slip {
                        Slip::Repeated => isr::RSP,
                        Slip::Dropped => isr::RSN,
                    },
                );
            }
        }
        if self.framer.alignment() == Alignment::Multiframe {
            let errored = inserted.crc > 0 || arrival.errors.bits > 0;
            if errored {
                counters.add(Counter::Crc, u32::from(inserted.crc.max(1)));
                self.errored_second = true;
                self.e_bit = true;
            }
            if arrival.burst.e_bit {
                counters.add(Counter::EBit, 1);
                self.errored_second = true;
            }
        }
        if self.alignment_run >= ALIGNMENT_LOST || (framed && !aligned && errors > 0) {
            Signal::Unframed
        } else {
            signal
        }
    }

    fn wait_for_multiframe(&mut self, crc4: bool, interrupts: &mut Interrupts) {
        if !crc4 || self.framer.alignment() != Alignment::Frame {
            self.without_multiframe = 0;
            return;
        }
        self.without_multiframe = self.without_multiframe.saturating_add(1);
        if self.without_multiframe % NO_MULTIFRAME_TICKS == 0 {
            interrupts.raise(2, isr::T400MS);
        }
    }

    /// FRS0 as it is now.
    fn judge(&self) -> u8 {
        let defects = self.framer.defects();
        let bit = |on: bool, bit: u8| if on { bit } else { 0 };
        let multiframe_lost =
            defects.loss_of_multiframe && (defects.loss_of_signal || !defects.loss_of_frame);
        bit(defects.loss_of_signal, frs0::LOS)
            | bit(defects.all_ones, frs0::AIS)
            | bit(defects.loss_of_frame, frs0::LFA)
            | bit(defects.remote_alarm, frs0::RRA)
            | bit(multiframe_lost, frs0::LMFA)
            | bit(self.without_multiframe >= NO_MULTIFRAME_TICKS, frs0::NMF)
    }

    /// Events of a change. The dedicated "recovered" events exist for alignment and remote alarm; LOS and AIS report both edges.
    fn report(&mut self, before: u8, interrupts: &mut Interrupts) {
        let (now, changed) = (self.status, before ^ self.status);
        let on = |bit: u8| now & bit != 0;
        let mut events = 0;
        for (bit, comes, goes) in [
            (frs0::LOS, isr::LOS, isr::LOS),
            (frs0::AIS, isr::AIS, isr::AIS),
            (frs0::LFA, isr::LFA, isr::FAR),
            (frs0::RRA, isr::RA, isr::RAR),
            (frs0::LMFA, 0, isr::MFAR),
        ] {
            if changed & bit != 0 {
                events |= if on(bit) { comes } else { goes };
            }
        }
        interrupts.raise(2, events);
        self.errored_second |= !self.aligned();
    }
}
