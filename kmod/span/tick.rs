// SPDX-License-Identifier: GPL-2.0-only
//! A span's tick: rows leave, rows arrive, rows are taken.

use super::{
    burst::{
        Burst,
        TICK, //
    },
    claims::Purpose,
    regions::Regions,
    slots,
    state::State, //
};
use crate::{
    abi::{
        command,
        config::framing,
        event::Kind,
        geometry::{
            Slot,
            FRAME_NS,
            SLOTS, //
        },
        position,
        ring::{
            fill,
            put_row,
            row_of,
            take_row,
            Place, //
        },
        word,
        words::Words, //
    },
    line::{
        alarm::sends_remote_alarm,
        framing::Signal, //
    }, //
};

/// Nanoseconds of line time in a tick.
const TICK_NS: u64 = TICK * FRAME_NS;

impl State {
    /// The first half of a tick: what leaves on the line in frames `rx_frame ..`, taken a depth ago. It enters the sent ring as
    /// it leaves.
    pub(super) fn leave(&mut self, regions: &Regions) -> Burst {
        let frame = self.positions.rx_frame;
        for (slot, row) in Slot::all().zip(&self.leaving) {
            put_row(
                &regions.sent,
                &Place::whole(regions.geometry, slot),
                frame,
                *row,
            );
        }
        let signal = if self.enabled() {
            Signal::Framed {
                crc4: self.config.flags & crate::abi::config::flag::CRC != 0,
                remote_alarm: sends_remote_alarm(&self.framer.defects()),
            }
        } else {
            Signal::AllOnes
        };
        self.burst(signal)
    }

    /// The second half: what arrives in the same frames, then the rows that are beyond recall from now on. `tick_ns` is
    /// published as the tick's time.
    pub(super) fn arrive(&mut self, regions: &Regions, burst: &Burst, tick_ns: u64) {
        let frame = self.positions.rx_frame;
        self.line_state(regions, frame, burst);
        let good = self.payload_good();
        // A receiver that has no framing hands out all ones.
        let silence = [u64::MAX; SLOTS];
        let received = if good { &burst.rows } else { &silence };
        for (slot, row) in Slot::all().zip(received) {
            put_row(
                &regions.receive,
                &Place::whole(regions.geometry, slot),
                frame,
                *row,
            );
        }
        if good && self.config.framing == framing::CAS {
            self.receive_abcd(regions, frame, &burst.abcd);
        }
        let taken = self.positions.tx_taken;
        self.run_commands(regions, taken.wrapping_add(TICK));
        self.positions.rx_frame = frame.wrapping_add(TICK);
        self.positions.tx_taken = taken.wrapping_add(TICK);
        self.positions.tick_ns = tick_ns;
        word::add(&regions.status, word::TICKS, 1);
        position::publish(&regions.status, &self.positions);
        // Only now, behind the publication's full fence, are the rows below tx_taken taken.
        self.take_rows(regions, taken, received);
        self.end_of_second(regions);
    }

    /// Takes the rows that begin at `frame`.
    fn take_rows(&mut self, regions: &Regions, frame: u64, received: &[u64; SLOTS]) {
        self.leaving = self.idle.map(row_of);
        let usable = self.usable();
        for claim in self.claims.iter() {
            for slot in slots::each(claim.slots.intersection(usable)) {
                let row = match (claim.purpose, &claim.region) {
                    (Purpose::Transmit, Some(region)) => {
                        let place = Place {
                            geometry: regions.geometry,
                            slot,
                            ring: u64::from(claim.slots.rank(slot)),
                        };
                        let idle = self.idle.get(slot.index()).copied().unwrap_or(0xff);
                        Some(take_row(&**region, &place, frame, idle))
                    }
                    (Purpose::Transmit, None) => None,
                    (Purpose::Loop, _) => received.get(slot.index()).copied(),
                    (Purpose::Peer(peer), _) => received.get(peer.index()).copied(),
                };
                if let (Some(row), Some(place)) = (row, self.leaving.get_mut(slot.index())) {
                    *place = row;
                }
                if let Some(count) = self.taken.get_mut(slot.index()) {
                    *count = count.wrapping_add(TICK);
                    let word = word::of_slot(slot, word::SLOT_TAKEN);
                    regions.status.store(word, *count);
                }
            }
        }
    }

    /// Line time that was lost: so many ticks pass in which nothing is received and idle is sent. What was written for them is
    /// dropped. A reader must never meet rows of a later lap of the ring, so the hole is filled and published tick by tick; one that
    /// is longer than the ring leaves nothing to read, and a new epoch begins at its end.
    pub(super) fn lose(&mut self, regions: &Regions, ticks: u64, tick_ns: u64) {
        if ticks == 0 {
            return;
        }
        let frames = ticks.saturating_mul(TICK);
        let first = self.positions.rx_frame;
        if frames > regions.geometry.frames() {
            self.skip(regions, frames, tick_ns);
        } else {
            for left in (0..ticks).rev() {
                let ns = tick_ns.saturating_sub(left.saturating_mul(TICK_NS));
                self.pass_idle(regions, ns);
            }
        }
        self.leaving = self.idle.map(row_of);
        word::add(&regions.status, word::MISSED_TICKS, ticks);
        word::add(&regions.status, word::GAPS, 1);
        word::add(&regions.status, word::GAP_FRAMES, frames);
        self.event(regions, Kind::Gap, None, first, frames);
        self.settle_alarms(regions, first.wrapping_add(frames));
        self.end_of_second(regions);
    }

    /// One tick in which nothing is received and idle is sent.
    fn pass_idle(&mut self, regions: &Regions, tick_ns: u64) {
        let (frame, taken) = (self.positions.rx_frame, self.positions.tx_taken);
        for (slot, idle) in Slot::all().zip(&self.idle) {
            let place = Place::whole(regions.geometry, slot);
            put_row(&regions.receive, &place, frame, row_of(*idle));
            put_row(&regions.sent, &place, frame, row_of(*idle));
        }
        self.run_commands(regions, taken.wrapping_add(TICK));
        self.positions.rx_frame = frame.wrapping_add(TICK);
        self.positions.tx_taken = taken.wrapping_add(TICK);
        self.positions.tick_ns = tick_ns;
        position::publish(&regions.status, &self.positions);
        self.drop_written(regions, taken, TICK);
    }

    /// More than a ring's length at once, with a new epoch behind it.
    fn skip(&mut self, regions: &Regions, frames: u64, tick_ns: u64) {
        let taken = self.positions.tx_taken;
        self.run_commands(regions, taken.wrapping_add(frames));
        self.positions.rx_frame = self.positions.rx_frame.wrapping_add(frames);
        self.positions.tx_taken = taken.wrapping_add(frames);
        self.positions.tick_ns = tick_ns;
        self.positions.epoch = self.positions.epoch.wrapping_add(1);
        self.positions.epoch_frame = self.positions.rx_frame;
        position::publish(&regions.status, &self.positions);
        self.drop_written(regions, taken, frames);
        let (frame, epoch) = (self.positions.rx_frame, self.positions.epoch);
        self.event(regions, Kind::Epoch, None, frame, epoch);
    }

    /// What was written for frames that are lost leaves no more; they are published as taken.
    fn drop_written(&self, regions: &Regions, taken: u64, frames: u64) {
        for claim in self.claims.iter() {
            let Some(region) = &claim.region else {
                continue;
            };
            for slot in slots::each(claim.slots) {
                let place = Place {
                    geometry: regions.geometry,
                    slot,
                    ring: u64::from(claim.slots.rank(slot)),
                };
                fill(&**region, &place, taken, frames, self.idle_of(slot));
            }
        }
    }

    /// Applies the commands below frame `end`.
    fn run_commands(&mut self, regions: &Regions, end: u64) {
        while let Some(command) = self.commands.pop_before(end) {
            let slot = u8::try_from(command.slot).ok().and_then(Slot::new);
            // Nothing else enters the queue.
            let (Some(slot), command::kind::ABCD) = (slot, command.kind) else {
                continue;
            };
            if let Some(bits) = self.abcd_sent.get_mut(slot.index()) {
                *bits = (command.value & 0xf) as u8;
            }
            self.publish_abcd(regions, slot);
            word::add(&regions.status, word::COMMANDS_APPLIED, 1);
        }
    }
}
