// SPDX-License-Identifier: MIT OR Apache-2.0
//! A span's tick: rows leave, rows arrive, rows are taken.

use super::super::burst::{Burst, TICK};
use super::super::claims::Purpose;
use super::super::pipe::Arrival;
use super::Span;
use tdm::Slot;
use tdm::abi::config::{flag, framing};
use tdm::abi::event::Kind;
use tdm::abi::geometry::SLOTS;
use tdm::abi::ring::{self, Place, put_row, take_row};
use tdm::abi::words::Words;
use tdm::abi::{command, position, word};
use tdm_line::alarm::sends_remote_alarm;
use tdm_line::framing::Signal;

/// Nanoseconds of a tick, 8 frames of 125 µs.
const TICK_NS: u64 = TICK * 125_000;

impl<W: Words> Span<W> {
    /// The first half of a tick: what leaves on the line in frames `rx_frame ..`, taken a depth ago. It enters the sent ring as
    /// it leaves.
    pub fn leave(&mut self) -> Burst {
        let frame = self.positions.rx_frame;
        let idle = self.idle_rows();
        let rows = self.fifo.pop_front().unwrap_or(idle);
        let mut burst = Burst::SILENT;
        for slot in Slot::all() {
            let row = rows.get(slot.index()).copied().unwrap_or(u64::MAX);
            let place = Place::whole(self.memory.geometry, slot);
            put_row(&self.memory.sent, &place, frame, row);
            burst.set_row(slot.index(), row);
        }
        burst.abcd = self.abcd_sent;
        burst.e_bit = std::mem::take(&mut self.e_bit);
        burst.signal = if self.enabled() {
            Signal::Framed {
                crc4: self.config.flags & flag::CRC != 0,
                remote_alarm: sends_remote_alarm(&self.framer.defects()),
            }
        } else {
            Signal::AllOnes
        };
        burst
    }

    /// The second half: what arrives in the same frames, then the rows that are beyond recall from now on. `tick_ns` is published
    /// as the tick's time.
    pub fn arrive(&mut self, arrival: &Arrival, tick_ns: u64) {
        let frame = self.positions.rx_frame;
        self.line_state(frame, arrival);
        let good = self.payload_good();
        let mut received = [u64::MAX; SLOTS];
        for slot in Slot::all() {
            if good {
                if let Some(row) = received.get_mut(slot.index()) {
                    *row = arrival.burst.row(slot.index());
                }
            }
            let place = Place::whole(self.memory.geometry, slot);
            let row = received.get(slot.index()).copied().unwrap_or(u64::MAX);
            put_row(&self.memory.receive, &place, frame, row);
        }
        if good && self.config.framing == framing::CAS {
            self.receive_abcd(frame, &arrival.burst.abcd);
        }
        let taken = self.positions.tx_taken;
        self.run_commands(taken + TICK);
        self.positions.rx_frame = frame + TICK;
        self.positions.tx_taken = taken + TICK;
        self.positions.tick_ns = tick_ns;
        self.count(word::TICKS, 1);
        position::publish(&self.memory.status, &self.positions);
        // Only now, behind the publication's full fence, are the rows below tx_taken taken.
        let rows = self.take_rows(taken, &received);
        self.fifo.push_back(rows);
        self.end_of_second();
    }

    /// Takes the rows that begin at `frame`.
    fn take_rows(&mut self, frame: u64, received: &[u64; SLOTS]) -> [u64; SLOTS] {
        let mut rows = self.idle_rows();
        let usable = self.usable();
        for claim in self.claims.iter() {
            for slot in claim.slots.intersection(usable).iter() {
                let idle = self.idle.get(slot.index()).copied().unwrap_or(0xFF);
                let row = match (claim.purpose, &claim.region) {
                    (Purpose::Transmit, Some(region)) => {
                        let place = Place {
                            geometry: self.memory.geometry,
                            slot,
                            ring: u64::from(claim.slots.rank(slot)),
                        };
                        Some(take_row(region, &place, frame, idle))
                    }
                    (Purpose::Transmit, None) => None,
                    (Purpose::Loop, _) => received.get(slot.index()).copied(),
                    (Purpose::Peer(peer), _) => received.get(peer.index()).copied(),
                };
                if let (Some(row), Some(place)) = (row, rows.get_mut(slot.index())) {
                    *place = row;
                }
                if let Some(count) = self.taken.get_mut(slot.index()) {
                    *count += TICK;
                    let taken = word::of_slot(slot, word::SLOT_TAKEN);
                    self.memory.status.store(taken, *count);
                }
            }
        }
        rows
    }

    /// Line time that was lost: `frames` (a multiple of eight) pass in which nothing is received and idle is sent. What was
    /// written for them is dropped. A reader must never meet rows of a later lap of the ring, so the hole is filled and
    /// published tick by tick; one that is longer than the ring leaves nothing to read, and a new epoch begins at its end.
    pub fn lose(&mut self, frames: u64, tick_ns: u64) {
        let frames = frames / TICK * TICK;
        if frames == 0 {
            return;
        }
        let first = self.positions.rx_frame;
        if frames > self.memory.geometry.frames() {
            self.skip(frames, tick_ns);
        } else {
            for left in (0..frames / TICK).rev() {
                self.pass_idle(tick_ns.saturating_sub(left * TICK_NS));
            }
        }
        let idle = self.idle_rows();
        self.fifo.iter_mut().for_each(|rows| *rows = idle);
        self.count(word::MISSED_TICKS, frames / TICK);
        self.count(word::GAPS, 1);
        self.count(word::GAP_FRAMES, frames);
        self.event(Kind::Gap, None, first, frames);
        self.settle_alarms(first + frames);
        self.end_of_second();
    }

    /// One tick in which nothing is received and idle is sent.
    fn pass_idle(&mut self, tick_ns: u64) {
        let (frame, taken) = (self.positions.rx_frame, self.positions.tx_taken);
        for slot in Slot::all() {
            let idle = self.idle.get(slot.index()).copied().unwrap_or(0xFF);
            let place = Place::whole(self.memory.geometry, slot);
            ring::fill(&self.memory.receive, &place, frame, TICK, idle);
            ring::fill(&self.memory.sent, &place, frame, TICK, idle);
        }
        self.run_commands(taken + TICK);
        self.positions.rx_frame = frame + TICK;
        self.positions.tx_taken = taken + TICK;
        self.positions.tick_ns = tick_ns;
        position::publish(&self.memory.status, &self.positions);
        self.drop_written(taken, TICK);
    }

    /// More than a ring's length at once, with a new epoch behind it.
    fn skip(&mut self, frames: u64, tick_ns: u64) {
        let taken = self.positions.tx_taken;
        self.run_commands(taken + frames);
        self.positions.rx_frame += frames;
        self.positions.tx_taken += frames;
        self.positions.tick_ns = tick_ns;
        self.positions.epoch += 1;
        self.positions.epoch_frame = self.positions.rx_frame;
        position::publish(&self.memory.status, &self.positions);
        self.drop_written(taken, frames);
        let (frame, epoch) = (self.positions.rx_frame, self.positions.epoch);
        self.event(Kind::Epoch, None, frame, epoch);
    }

    /// What was written for frames that are lost leaves no more; they are published as taken.
    fn drop_written(&self, taken: u64, frames: u64) {
        for claim in self.claims.iter() {
            let Some(region) = &claim.region else {
                continue;
            };
            for slot in claim.slots.iter() {
                let idle = self.idle.get(slot.index()).copied().unwrap_or(0xFF);
                let place = Place {
                    geometry: self.memory.geometry,
                    slot,
                    ring: u64::from(claim.slots.rank(slot)),
                };
                ring::fill(region, &place, taken, frames, idle);
            }
        }
    }

    /// Applies the commands below frame `end`.
    fn run_commands(&mut self, end: u64) {
        while let Some(command) = self.commands.pop_before(end) {
            // Only ABCD commands enter the queue.
            debug_assert_eq!(command.kind, command::kind::ABCD);
            let Some(slot) = u8::try_from(command.slot).ok().and_then(Slot::new) else {
                continue;
            };
            if let Some(bits) = self.abcd_sent.get_mut(slot.index()) {
                *bits = (command.value & 0xF) as u8;
            }
            self.publish_abcd(slot);
            self.count(word::COMMANDS_APPLIED, 1);
        }
    }
}
