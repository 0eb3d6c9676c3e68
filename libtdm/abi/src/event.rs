// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Events: a broadcast ring in the status region; every reader keeps its own position and counts its overruns.

use super::geometry::Slot;
use super::status::{Head, word_of};
use super::words::Words;

/// Alarm bits of [`super::status::Line::alarms`], named as in the field.
pub mod alarm {
    /// Loss of signal.
    pub const LOS: u64 = 1 << 0;
    /// Alarm indication signal (all ones unframed), "blue".
    pub const AIS: u64 = 1 << 1;
    /// Loss of frame alignment, "red".
    pub const LOF: u64 = 1 << 2;
    /// Loss of CRC-4 multiframe alignment.
    pub const LMFA: u64 = 1 << 3;
    /// Remote alarm indication, "yellow".
    pub const RAI: u64 = 1 << 4;
    /// The line is not configured or shut down.
    pub const DOWN: u64 = 1 << 5;
    /// Alarms that make the payload worthless.
    pub const SERVICE_AFFECTING: u64 = LOS | AIS | LOF | LMFA | DOWN;
    /// Names in the order of the bits.
    pub const NAMES: [&str; 6] = ["LOS", "AIS", "LOF", "LMFA", "RAI", "DOWN"];
}

/// Causes of errored seconds, bits of [`super::status::Line::second_causes`].
pub mod cause {
    /// Line code violation.
    pub const CODE_VIOLATION: u64 = 1 << 0;
    /// Errored frame alignment word.
    pub const FAS: u64 = 1 << 1;
    /// CRC error.
    pub const CRC: u64 = 1 << 2;
    /// E bit received.
    pub const E_BIT: u64 = 1 << 3;
    /// Controlled slip.
    pub const SLIP: u64 = 1 << 4;
    /// Loss of signal, AIS or loss of frame for part of the second.
    pub const DEFECT: u64 = 1 << 5;
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// The alarms changed; value: the new set, and 32 bits up the old one.
    Alarms = 1,
    /// A hole in line time that begins at the event's frame; value: frames lost.
    Gap = 2,
    /// A new epoch began at the event's frame; value: its number.
    Epoch = 3,
    /// Received ABCD bits of the slot changed; value: the new ones.
    Abcd = 4,
    /// The line configuration changed; value: packed as in the status region.
    Config = 5,
    /// The slot's claim ended; value: the claim's number.
    ClaimEnded = 6,
    /// A timed line command came after its frame; value: frames late.
    CommandLate = 7,
    /// A controlled slip; value: 1 one frame repeated, 2 one frame dropped.
    Slip = 8,
    /// The span is going away.
    Gone = 9,
}

impl Kind {
    /// The kind with this number.
    pub const fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            1 => Self::Alarms,
            2 => Self::Gap,
            3 => Self::Epoch,
            4 => Self::Abcd,
            5 => Self::Config,
            6 => Self::ClaimEnded,
            7 => Self::CommandLate,
            8 => Self::Slip,
            9 => Self::Gone,
            _ => return None,
        })
    }
}

/// One entry of the ring as it stands in memory.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// `2 i + 1` while event `i` is being written here, `2 i + 2` when it is complete, 0 before the first.
    pub tag: u64,
    /// The frame at which it happened.
    pub frame: u64,
    /// The kind's number; 32 bits up: 0 for the span, slot + 1 for a slot.
    pub kind: u64,
    /// The kind's value.
    pub value: u64,
}

/// Words of one [`Entry`].
pub const ENTRY_WORDS: usize = core::mem::size_of::<Entry>() / 8;
const _: () = assert!(ENTRY_WORDS == 4);

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The frame at which it happened.
    pub frame: u64,
    /// The kind's number; see [`Kind::from_number`]. An unknown one is skipped by readers.
    pub kind: u32,
    /// The slot it concerns, or the span.
    pub slot: Option<Slot>,
    /// The kind's value.
    pub value: u64,
}

/// Where the ring stands in the status region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    first_word: usize,
    capacity: u64,
}

/// What a reader found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Nothing new.
    Empty,
    /// The next event; the position moved by one.
    Event(Event),
    /// This many events were overwritten before they were read; the position moved past them.
    Overrun(u64),
}

impl Ring {
    /// A ring of `capacity` entries at this word; `None` unless the capacity is a power of two from 16 to 65,536.
    pub const fn new(first_word: usize, capacity: u64) -> Option<Self> {
        if capacity.is_power_of_two() && capacity >= 16 && capacity <= 65_536 {
            Some(Self {
                first_word,
                capacity,
            })
        } else {
            None
        }
    }
    /// The ring that a head describes; `None` if it does not fit the region.
    pub fn of(head: &Head) -> Option<Self> {
        let bytes = head.event_capacity.checked_mul((ENTRY_WORDS * 8) as u64)?;
        let end = head.event_offset.checked_add(bytes)?;
        if head.event_offset % 8 != 0 || end > head.status_bytes {
            return None;
        }
        Self::new(
            usize::try_from(head.event_offset / 8).ok()?,
            head.event_capacity,
        )
    }

    const fn entry(&self, index: u64) -> usize {
        let entry = (index & self.capacity.wrapping_sub(1)) as usize;
        self.first_word
            .wrapping_add(entry.wrapping_mul(ENTRY_WORDS))
    }

    /// Events published so far: the position of a reader that wants only news.
    pub fn head(&self, words: &impl Words) -> u64 {
        let head = words.load(word_of!(counters.events));
        words.acquire();
        head
    }

    /// Publishes an event. Only the region's one writer may call it.
    pub fn publish(&self, words: &impl Words, event: &Event) {
        let index = words.load(word_of!(counters.events));
        let at = self.entry(index);
        words.store(at, index.wrapping_mul(2).wrapping_add(1));
        words.release();
        let slot = match event.slot {
            Some(slot) => (slot.number() as u64).wrapping_add(1),
            None => 0,
        };
        words.store(at.wrapping_add(1), event.frame);
        words.store(at.wrapping_add(2), event.kind as u64 | slot << 32);
        words.store(at.wrapping_add(3), event.value);
        words.release();
        words.store(at, index.wrapping_mul(2).wrapping_add(2));
        words.release();
        words.store(word_of!(counters.events), index.wrapping_add(1));
    }

    /// Reads the event at `position` and moves it on.
    pub fn read(&self, words: &impl Words, position: &mut u64) -> Read {
        let head = self.head(words);
        let behind = head.wrapping_sub(*position);
        if behind == 0 || behind > u64::MAX / 2 {
            return Read::Empty;
        }
        if behind > self.capacity {
            return self.skip(position, behind - self.capacity);
        }
        let at = self.entry(*position);
        let complete = position.wrapping_mul(2).wrapping_add(2);
        let before = words.load(at);
        words.acquire();
        let frame = words.load(at.wrapping_add(1));
        let kind = words.load(at.wrapping_add(2));
        let value = words.load(at.wrapping_add(3));
        words.acquire();
        if before != complete || words.load(at) != complete {
            return self.skip(position, 1);
        }
        *position = position.wrapping_add(1);
        let slot = (kind >> 32)
            .checked_sub(1)
            .and_then(|slot| Slot::new(u8::try_from(slot).ok()?));
        Read::Event(Event {
            frame,
            kind: kind as u32,
            slot,
            value,
        })
    }

    fn skip(&self, position: &mut u64, lost: u64) -> Read {
        *position = position.wrapping_add(lost);
        Read::Overrun(lost)
    }
}
