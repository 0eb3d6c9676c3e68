// SPDX-License-Identifier: GPL-2.0-only
//! What a span's receiver makes of the line: framing, alarms, ABCD bits, errored seconds.

use super::{
    burst::{
        Burst,
        TICK, //
    },
    regions::Regions,
    slots,
    state::{
        Second,
        State, //
    }, //
};
use crate::{
    abi::{
        event::{
            alarm,
            cause,
            Kind, //
        },
        geometry::{
            FRAMES_PER_SECOND,
            SLOTS, //
        },
        word,
        words::Words, //
    },
    line::alarm::{
        Alarm,
        AlarmSet, //
    }, //
};

impl State {
    /// Takes note of the line in the tick that begins at `frame`.
    pub(super) fn line_state(&mut self, regions: &Regions, frame: u64, burst: &Burst) {
        let last = frame.wrapping_add(TICK - 1);
        self.framer.input(frame, burst.signal);
        self.framer.handle_timeout(last);
        let defects = self.framer.defects();
        if defects.loss_of_signal || defects.all_ones || defects.loss_of_frame {
            self.second.causes |= cause::DEFECT;
        }
        self.monitor.input(frame, defects);
        self.settle_alarms(regions, last);
    }

    /// Whether the receiver passes the slots on, or puts all ones in their place.
    pub(super) fn payload_good(&self) -> bool {
        let defects = self.framer.defects();
        self.enabled() && !defects.loss_of_signal && !defects.all_ones && !defects.loss_of_frame
    }

    /// Integrates alarms up to `frame` and publishes a change.
    pub(super) fn settle_alarms(&mut self, regions: &Regions, frame: u64) {
        self.framer.handle_timeout(frame);
        self.monitor.input(frame, self.framer.defects());
        let declared = self.monitor.handle_timeout(frame);
        let now = if self.enabled() {
            bits(declared)
        } else {
            alarm::DOWN
        };
        if now != self.alarms {
            let before = core::mem::replace(&mut self.alarms, now);
            regions.status.store(word::ALARMS, now);
            self.event(regions, Kind::Alarms, None, frame, now | before << 32);
        }
    }

    /// Stores received ABCD bits.
    pub(super) fn receive_abcd(&mut self, regions: &Regions, frame: u64, bits: &[u8; SLOTS]) {
        for slot in slots::each(self.usable()) {
            let now = bits.get(slot.index()).copied().unwrap_or(0) & 0xf;
            let Some(before) = self.abcd_received.get_mut(slot.index()) else {
                continue;
            };
            if *before != now {
                *before = now;
                self.publish_abcd(regions, slot);
                self.event(regions, Kind::Abcd, Some(slot), frame, u64::from(now));
            }
        }
    }

    /// Latches the causes of the second that has ended.
    pub(super) fn end_of_second(&mut self, regions: &Regions) {
        let now = self.positions.rx_frame;
        if now.saturating_sub(self.second.start) < FRAMES_PER_SECOND {
            return;
        }
        regions
            .status
            .store(word::SECOND_CAUSES, self.second.causes);
        regions.status.store(word::SECOND_FRAME, now);
        self.second = Second {
            start: now,
            causes: 0,
        };
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
