// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Slot octets to frames.

use super::{Fcs, Rate};

/// Shortest and longest frame that a decoder accepts, in octets from address to information, the
/// check sequence not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Shorter ones are runts. At least 1.
    pub min: usize,
    /// Longer ones are giants. The buffer's length less 2 is the other bound.
    pub max: usize,
}

impl Limits {
    /// LAPD: two octets of address and one of control at least, four of header and 260 of
    /// information at most.
    pub const LAPD: Limits = Limits { min: 3, max: 264 };
}

/// What the decoder found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// A frame with a good check sequence, which is cut off.
    Frame(&'a [u8]),
    /// A frame of acceptable length and whole octets whose check sequence was wrong.
    FcsError,
    /// Seven ones inside a frame.
    Abort,
    /// Fewer octets than the limit between two flags.
    Runt,
    /// More octets than the limit; reported once, when the limit is passed.
    Giant,
    /// A frame that is not a whole number of octets.
    Unaligned,
    /// Fifteen ones in a row: the far end sends mark instead of flags, or nothing.
    Idle,
}

/// How many events of each kind there were. They stop at their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// [`Event::Frame`].
    pub frames: u64,
    /// [`Event::FcsError`].
    pub fcs_errors: u64,
    /// [`Event::Abort`].
    pub aborts: u64,
    /// [`Event::Runt`].
    pub runts: u64,
    /// [`Event::Giant`].
    pub giants: u64,
    /// [`Event::Unaligned`].
    pub unaligned: u64,
    /// [`Event::Idle`].
    pub idles: u64,
}

impl Counters {
    /// Everything that is not a good frame and not idle.
    #[must_use]
    pub fn errors(&self) -> u64 {
        [
            self.fcs_errors,
            self.aborts,
            self.runts,
            self.giants,
            self.unaligned,
        ]
        .iter()
        .fold(0, |sum, &n| sum.saturating_add(n))
    }
}

/// What one call of [`Decoder::decode`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// Slot octets consumed from the start of the input. All of them unless there was an event.
    pub consumed: usize,
    /// What the last of them completed.
    pub event: Option<Event<'a>>,
}

/// An event without its data.
#[derive(Clone, Copy)]
enum Found {
    Frame(usize),
    FcsError,
    Abort,
    Runt,
    Giant,
    Unaligned,
    Idle,
}

/// The bit-level state; two octets that leave it as it was are one no-op repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bits {
    /// A flag has been seen and no abort or giant since.
    framed: bool,
    /// Ones in a row, up to 15.
    ones: u8,
    /// Bits of the octet being assembled, first received in the lowest place.
    partial: u8,
    /// How many there are, 0 to 7.
    count: u8,
    /// Whole octets since the flag.
    stored: usize,
}

/// Finds frames in slot octets at any bit phase. `B` is the buffer for the frame being received,
/// for instance `[u8; 266]` or a `&mut [u8]`; it must hold the longest frame and two octets.
///
/// Flags may share a zero, and one flag may close a frame and open the next. Mark idle between
/// frames is accepted.
#[derive(Debug, Clone)]
pub struct Decoder<B> {
    buffer: B,
    min: usize,
    max: usize,
    rate: Rate,
    bits: Bits,
    fcs: Fcs,
    /// A slot octet that does not change `bits` while no octet is stored.
    quiet: Option<u8>,
    counters: Counters,
}

/// Ones in a row that count as mark idle.
const IDLE_ONES: u8 = 15;

impl<B: AsRef<[u8]> + AsMut<[u8]>> Decoder<B> {
    /// A decoder that hunts for its first flag.
    #[must_use]
    pub fn new(rate: Rate, limits: Limits, buffer: B) -> Self {
        let room = buffer.as_ref().len().saturating_sub(2);
        Decoder {
            min: limits.min.max(1),
            max: limits.max.min(room),
            buffer,
            rate,
            bits: Bits {
                framed: false,
                ones: 0,
                partial: 0,
                count: 0,
                stored: 0,
            },
            fcs: Fcs::new(),
            quiet: None,
            counters: Counters::default(),
        }
    }

    /// The counters since the start.
    #[must_use]
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Whether flags have been found and not been lost by an abort, a giant or mark idle.
    #[must_use]
    pub const fn in_sync(&self) -> bool {
        self.bits.framed
    }

    /// Whether the line carries mark idle.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        self.bits.ones >= IDLE_ONES
    }

    /// Drops what has been received of a frame and hunts for a flag: octets are missing before the
    /// next input (a gap, a lost reader). Counters stay.
    pub fn resync(&mut self) {
        self.bits = Bits {
            framed: false,
            ones: 0,
            partial: 0,
            count: 0,
            stored: 0,
        };
        self.quiet = None;
    }

    /// Takes slot octets up to the first event. Call again with the rest until all are consumed.
    pub fn decode(&mut self, input: &[u8]) -> Step<'_> {
        let mut consumed = 0;
        for &octet in input {
            consumed += 1;
            if self.quiet == Some(octet) {
                continue;
            }
            let before = self.bits;
            let found = self.octet(octet);
            self.quiet = if self.bits == before && self.bits.stored == 0 {
                Some(octet)
            } else {
                None
            };
            if let Some(found) = found {
                let event = self.report(found);
                return Step {
                    consumed,
                    event: Some(event),
                };
            }
        }
        Step {
            consumed,
            event: None,
        }
    }

    fn report(&mut self, found: Found) -> Event<'_> {
        let c = &mut self.counters;
        let (counter, event) = match found {
            Found::Frame(len) => {
                let frame = self.buffer.as_ref().get(..len).unwrap_or(&[]);
                (&mut c.frames, Event::Frame(frame))
            }
            Found::FcsError => (&mut c.fcs_errors, Event::FcsError),
            Found::Abort => (&mut c.aborts, Event::Abort),
            Found::Runt => (&mut c.runts, Event::Runt),
            Found::Giant => (&mut c.giants, Event::Giant),
            Found::Unaligned => (&mut c.unaligned, Event::Unaligned),
            Found::Idle => (&mut c.idles, Event::Idle),
        };
        *counter = counter.saturating_add(1);
        event
    }

    /// One slot octet. At most one thing ends in it: whatever follows the end of a frame in the
    /// same octet is too short to be a frame or an abort inside one.
    fn octet(&mut self, octet: u8) -> Option<Found> {
        let mut found = None;
        let mut rest = octet;
        for _ in 0..self.rate.bits() {
            let one = rest & 0x80 != 0;
            rest <<= 1;
            let event = if one { self.one() } else { self.zero() };
            found = found.or(event);
        }
        found
    }

    fn one(&mut self) -> Option<Found> {
        if self.bits.ones < IDLE_ONES {
            self.bits.ones += 1;
            match self.bits.ones {
                1..=5 => return self.data(0x80),
                7 => return self.abort(),
                IDLE_ONES => return Some(Found::Idle),
                // The sixth may belong to a flag or to an abort.
                _ => {}
            }
        }
        None
    }

    fn zero(&mut self) -> Option<Found> {
        let ones = core::mem::take(&mut self.bits.ones);
        match ones {
            0..=4 => self.data(0),
            6 => self.flag(),
            // After five ones: inserted by the sender. After seven: the end of an abort or idle.
            _ => None,
        }
    }

    /// One bit of a frame, in the highest place.
    fn data(&mut self, bit: u8) -> Option<Found> {
        if !self.bits.framed {
            return None;
        }
        self.bits.partial = (self.bits.partial >> 1) | bit;
        self.bits.count += 1;
        if self.bits.count < 8 {
            return None;
        }
        let octet = self.bits.partial;
        self.bits.partial = 0;
        self.bits.count = 0;
        let room = self.max.saturating_add(2);
        match self.buffer.as_mut().get_mut(self.bits.stored) {
            Some(place) if self.bits.stored < room => {
                *place = octet;
                self.bits.stored += 1;
                self.fcs = self.fcs.push(octet);
                None
            }
            _ => {
                self.hunt();
                Some(Found::Giant)
            }
        }
    }

    /// Seven ones. Those directly after a flag, without a frame between, are the start of idle.
    fn abort(&mut self) -> Option<Found> {
        // A frame's first bits and the abort's first five are in the assembly.
        let open = self.bits.framed && (self.bits.stored > 0 || self.bits.count > 5);
        self.hunt();
        open.then_some(Found::Abort)
    }

    /// A flag: ends what is open, opens what follows.
    fn flag(&mut self) -> Option<Found> {
        let ended = self.bits.framed.then(|| self.end()).flatten();
        self.bits = Bits {
            framed: true,
            ones: 0,
            partial: 0,
            count: 0,
            stored: 0,
        };
        self.fcs = Fcs::new();
        ended
    }

    /// Judges what stood before a flag. The flag's own first six bits, or five if it shared its
    /// zero with the flag before, have been taken for data.
    fn end(&self) -> Option<Found> {
        let Bits { stored, count, .. } = self.bits;
        if stored == 0 && count <= 6 {
            return None;
        }
        if stored < self.min.saturating_add(2) {
            return Some(Found::Runt);
        }
        if count != 6 {
            return Some(Found::Unaligned);
        }
        if !self.fcs.is_good() {
            return Some(Found::FcsError);
        }
        Some(Found::Frame(stored - 2))
    }

    fn hunt(&mut self) {
        self.bits.framed = false;
        self.bits.partial = 0;
        self.bits.count = 0;
        self.bits.stored = 0;
    }
}
