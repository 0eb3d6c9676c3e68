// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The two positions of a span, published and read under a sequence count.

use super::status::word_of;
use super::words::Words;

const SEQUENCE: usize = word_of!(clock.sequence);
const EPOCH: usize = word_of!(clock.epoch);
const EPOCH_FRAME: usize = word_of!(clock.epoch_frame);
const RX_FRAME: usize = word_of!(clock.rx_frame);
const TX_TAKEN: usize = word_of!(clock.tx_taken);
const TICK_NS: usize = word_of!(clock.tick_ns);
const RATE_PPB: usize = word_of!(clock.rate_ppb);

/// How often [`read`] tries before it reports a torn block: a writer that died half-way must not hang its readers. The model
/// checker takes two, which gives every outcome and keeps its search finite.
pub const READ_TRIES: u32 = if cfg!(loom) { 2 } else { 1000 };

/// One consistent reading of the clock block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Positions {
    /// Counts reconfigurations and restarts.
    pub epoch: u64,
    /// The first frame of the epoch.
    pub epoch_frame: u64,
    /// Below this, everything has been received.
    pub rx_frame: u64,
    /// Below this, everything to transmit is beyond recall.
    pub tx_taken: u64,
    /// CLOCK_MONOTONIC of the last tick in nanoseconds.
    pub tick_ns: u64,
    /// Deviation of the line clock in parts per billion.
    pub rate_ppb: i64,
}

impl Positions {
    /// The card's depth in frames: how long before its line time a frame is taken.
    pub const fn depth(&self) -> u64 {
        self.tx_taken.saturating_sub(self.rx_frame)
    }

    /// The oldest frame that a reader may still use, received or sent, with `ring` frames a ring and `tick` frames a tick.
    ///
    /// The writer may already be filling the rows of the next tick, which stand where the oldest ones stood; those are excluded.
    /// The sent ring is written up to `tx_taken`, the receive ring up to `rx_frame`; the one that is ahead decides for both.
    pub const fn oldest(&self, ring: u64, tick: u64) -> u64 {
        let newest = if self.tx_taken > self.rx_frame {
            self.tx_taken
        } else {
            self.rx_frame
        };
        let kept = newest.saturating_add(tick).saturating_sub(ring);
        if kept > self.epoch_frame {
            kept
        } else {
            self.epoch_frame
        }
    }

    /// Whether frames `first .. first + count` were received (and sent) and still stand.
    pub const fn holds(&self, first: u64, count: u64, ring: u64, tick: u64) -> bool {
        match first.checked_add(count) {
            Some(end) => end <= self.rx_frame && first >= self.oldest(ring, tick),
            None => false,
        }
    }
}

/// Publishes positions. Only the region's one writer may call it.
///
/// Rows stored before the call are visible to whoever reads these positions. Whoever sees a row stored after the call reads
/// these positions or later ones from then on. Transmit rows below `tx_taken` are taken after the call, never before: see
/// [`super::transmit`]. The call ends in a full fence.
pub fn publish(words: &impl Words, positions: &Positions) {
    let sequence = words.load(SEQUENCE);
    words.store(SEQUENCE, sequence.wrapping_add(1));
    words.release();
    words.store(EPOCH, positions.epoch);
    words.store(EPOCH_FRAME, positions.epoch_frame);
    words.store(RX_FRAME, positions.rx_frame);
    words.store(TX_TAKEN, positions.tx_taken);
    words.store(TICK_NS, positions.tick_ns);
    words.store(RATE_PPB, positions.rate_ppb as u64);
    words.release();
    words.store(SEQUENCE, sequence.wrapping_add(2));
    words.full();
}

/// Reads positions once; `None` if a writer was at work.
pub fn try_read(words: &impl Words) -> Option<Positions> {
    let before = words.load(SEQUENCE);
    if before & 1 == 1 {
        return None;
    }
    words.acquire();
    let positions = Positions {
        epoch: words.load(EPOCH),
        epoch_frame: words.load(EPOCH_FRAME),
        rx_frame: words.load(RX_FRAME),
        tx_taken: words.load(TX_TAKEN),
        tick_ns: words.load(TICK_NS),
        rate_ppb: words.load(RATE_PPB) as i64,
    };
    words.acquire();
    (words.load(SEQUENCE) == before).then_some(positions)
}

/// Reads positions, trying [`READ_TRIES`] times.
pub fn read(words: &impl Words) -> Option<Positions> {
    for _ in 0..READ_TRIES {
        if let Some(positions) = try_read(words) {
            return Some(positions);
        }
        core::hint::spin_loop();
    }
    None
}

/// Reads positions after rows were used: what was loaded before the call stood if these positions still hold it.
pub fn read_after_use(words: &impl Words) -> Option<Positions> {
    words.acquire();
    read(words)
}
