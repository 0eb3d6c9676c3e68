// SPDX-License-Identifier: MIT OR Apache-2.0
//! Recording of accesses, for reading and for comparing drivers.
//!
//! Local-bus cycles of the framer are folded into one line, and posting reads of the version register are left out and counted.
//! Two drivers are compared by what they *write* to each framer unit, in order: reads and times are their own business.

use super::quadfalc::registers as framer;
use super::registers::Register;
use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A register of BAR 0 was read.
    Read {
        /// Which.
        register: Register,
        /// What was there.
        value: u32,
    },
    /// A register of BAR 0 was written.
    Write {
        /// Which.
        register: Register,
        /// What was written.
        value: u32,
    },
    /// A framer register was read.
    FramerRead {
        /// The unit.
        unit: u8,
        /// The register.
        register: u8,
        /// What was there.
        value: u8,
    },
    /// A framer register was written.
    FramerWrite {
        /// The unit.
        unit: u8,
        /// The register.
        register: u8,
        /// What was written.
        value: u8,
    },
    /// A tick with DMA running; the interrupt register after it.
    Tick {
        /// The register.
        value: u32,
    },
    /// INTx was signalled; the interrupt register then.
    Raised {
        /// The register.
        value: u32,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Event::Read { register, value } => {
                let (offset, name) = (register.offset(), register.name());
                write!(f, "R {offset:02x} {name:8} -> {value:08x}")
            }
            Event::Write { register, value } => {
                let (offset, name) = (register.offset(), register.name());
                write!(f, "W {offset:02x} {name:8} = {value:08x}")
            }
            Event::FramerRead {
                unit,
                register,
                value,
            } => {
                let name = framer::name(register, true);
                write!(f, "F{unit}.{register:02x} -> {value:02x}  {name}")
            }
            Event::FramerWrite {
                unit,
                register,
                value,
            } => {
                let name = framer::name(register, false);
                write!(f, "F{unit}.{register:02x} = {value:02x}  {name}")
            }
            Event::Tick { value } => write!(f, "-- tick, INTR={value:08x}"),
            Event::Raised { value } => write!(f, "-- INTx raised, INTR={value:08x}"),
        }
    }
}

/// An event and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Time since the card's epoch.
    pub at: Duration,
    /// What happened.
    pub event: Event,
}

/// A recorder with room for so many entries; what comes later pushes the oldest out.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    capacity: usize,
    entries: VecDeque<Entry>,
    dropped: u64,
    postings: u64,
}

impl Recorder {
    /// A recorder; 0 records nothing.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Recorder {
            capacity,
            ..Recorder::default()
        }
    }

    /// Entries that were pushed out.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Posting reads of the version register.
    #[must_use]
    pub fn postings(&self) -> u64 {
        self.postings
    }

    pub(super) fn record(&mut self, at: Duration, event: Event) {
        if self.capacity == 0 {
            return;
        }
        match event {
            Event::Read {
                register: Register::Version,
                ..
            } => {
                self.postings += 1;
                return;
            }
            // The strobes of a framer access are in the access itself.
            Event::Write {
                register: Register::LocalAddress,
                value,
            } if value & (1 << 14) != 0 => return,
            Event::FramerWrite { .. } => self.forget_data(),
            _ => {}
        }
        if self.entries.len() >= self.capacity {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(Entry { at, event });
    }

    /// Takes away the data that was put up for a framer write; ticks may have come between.
    fn forget_data(&mut self) {
        let data = self.entries.iter().rposition(|entry| {
            matches!(
                entry.event,
                Event::Write {
                    register: Register::LocalData,
                    ..
                }
            )
        });
        if let Some(at) = data {
            self.entries.remove(at);
        }
    }

    /// Takes everything recorded so far.
    pub fn take(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries).into()
    }
}

/// What was written to one framer unit, in order.
pub fn framer_writes(entries: &[Entry], unit: u8) -> Vec<(u8, u8)> {
    entries
        .iter()
        .filter_map(|entry| match entry.event {
            Event::FramerWrite {
                unit: to,
                register,
                value,
            } if to == unit => Some((register, value)),
            _ => None,
        })
        .collect()
}

/// Entries as lines of text: microseconds from the first one, and the event.
pub fn text(entries: &[Entry]) -> String {
    use std::fmt::Write;
    let start = entries.first().map_or(Duration::ZERO, |entry| entry.at);
    entries.iter().fold(String::new(), |mut text, entry| {
        let at = entry.at.saturating_sub(start).as_micros();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{at:>10} {}", entry.event);
        text
    })
}
