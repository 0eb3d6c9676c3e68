// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Frames to slot octets.

use super::{FLAG, Fcs, Rate};

/// What one call of [`Encoder::encode`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoded {
    /// Slot octets written, from the start of the buffer.
    pub octets: usize,
    /// The frame handed in is finished: its closing flag is written or waits in the encoder, and
    /// the next call may bring the next frame.
    pub frame_done: bool,
}

/// Where the encoder is in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Between frames, with this many flags still to send before a frame may open.
    Gap(u8),
    /// Inside a frame: the octets of it already taken.
    Body(usize),
    /// Inside a frame: the first octet of its check sequence is sent.
    Check(u8),
}

/// Generates a continuous stream of slot octets: flags while there is nothing to send, and frames
/// with zero-bit insertion and a 16-bit frame check sequence. At least one whole flag comes before
/// every frame; two frames may share it.
///
/// The encoder does not hold the frame it sends: hand the same frame in until
/// [`Encoded::frame_done`]. It is small and `Copy`, so a writer that may have to rewind (because
/// the rows it wrote were late, or because it replaces rows not yet taken) keeps a copy made before
/// and starts again from it, with the same frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoder {
    /// Bits not yet in a slot octet, the first to go in the highest place of `pending` bits.
    acc: u32,
    pending: u8,
    /// Ones sent in a row inside a frame.
    ones: u8,
    at: At,
    fcs: Fcs,
    gap: u8,
    rate: Rate,
}

impl Encoder {
    /// An encoder whose first bit is the first bit of a slot octet.
    #[must_use]
    pub const fn new(rate: Rate) -> Self {
        Encoder {
            acc: 0,
            pending: 0,
            ones: 0,
            at: At::Gap(1),
            fcs: Fcs::new(),
            gap: 1,
            rate,
        }
    }

    /// The same with at least `flags` flags before each frame (0 counts as 1).
    #[must_use]
    pub const fn with_gap(mut self, flags: u8) -> Self {
        self.gap = if flags == 0 { 1 } else { flags };
        self.at = At::Gap(self.gap);
        self
    }

    /// The number of bits that wait for the next slot octet: the bit phase. At 0 the next flag or
    /// frame starts with a slot octet. It is below [`Rate::bits`] except when a call of
    /// [`encode`](Self::encode) has just finished a frame, whose end then waits too.
    #[must_use]
    pub const fn pending_bits(&self) -> u8 {
        self.pending
    }

    /// Whether a frame has been started and not finished.
    #[must_use]
    pub const fn in_frame(&self) -> bool {
        !matches!(self.at, At::Gap(_))
    }

    /// Says that the line has been filled with octet-aligned flags by somebody else (the driver's
    /// idle code) since the last octet. The stream goes on at phase 0, with flags before the next
    /// frame. Returns `true` if a frame was cut off: hand it in again from its start.
    pub fn realign(&mut self) -> bool {
        let cut = self.in_frame();
        self.acc = 0;
        self.pending = 0;
        self.ones = 0;
        self.at = At::Gap(self.gap);
        cut
    }

    /// Gives up the frame in progress, if any: eight ones (an abort), then flags. Returns whether
    /// there was one.
    pub fn abort(&mut self) -> bool {
        if !self.in_frame() {
            return false;
        }
        self.put(0xFF, 8);
        self.ones = 0;
        self.at = At::Gap(self.gap);
        true
    }

    /// Writes slot octets: all of `out` if there is no frame, else until `frame` is finished or
    /// `out` is full. `frame` is address to information, without the check sequence; it must be
    /// the same frame in every call until `frame_done`. A `None` in the middle of a frame aborts
    /// it. An empty frame is skipped.
    pub fn encode(&mut self, frame: Option<&[u8]>, out: &mut [u8]) -> Encoded {
        let Some(frame) = frame else {
            self.abort();
            self.fill(out);
            return Encoded {
                octets: out.len(),
                frame_done: false,
            };
        };
        if frame.is_empty() {
            return Encoded {
                octets: 0,
                frame_done: true,
            };
        }
        let mut octets = 0;
        for slot in out.iter_mut() {
            while self.pending < self.rate.bits() {
                if self.step(frame) {
                    return Encoded {
                        octets,
                        frame_done: true,
                    };
                }
            }
            *slot = self.take();
            octets += 1;
        }
        Encoded {
            octets,
            frame_done: false,
        }
    }

    /// Fills with flags at the present phase.
    fn fill(&mut self, out: &mut [u8]) {
        let mut slots = out.iter_mut();
        for slot in slots.by_ref() {
            while self.pending < self.rate.bits() {
                self.flag();
            }
            *slot = self.take();
            // At eight bits an octet the phase stays, and so does the octet.
            if self.rate == Rate::Full
                && self.pending < 8
                && self.acc == u32::from(FLAG) & mask(self.pending)
            {
                break;
            }
        }
        if let Some(first) = slots.next() {
            self.flag();
            let octet = self.take();
            *first = octet;
            for slot in slots {
                *slot = octet;
                self.count_flag();
            }
        }
    }

    /// Puts the next unit of the stream into the accumulator; `true` when the frame is finished.
    fn step(&mut self, frame: &[u8]) -> bool {
        match self.at {
            At::Gap(0) => {
                self.fcs = Fcs::new();
                self.ones = 0;
                self.at = At::Body(0);
                false
            }
            At::Gap(_) => {
                self.flag();
                false
            }
            At::Body(done) => {
                if let Some(&octet) = frame.get(done) {
                    self.fcs = self.fcs.push(octet);
                    self.stuff(octet);
                    self.at = At::Body(done + 1);
                } else {
                    let [low, high] = self.fcs.value().to_le_bytes();
                    self.stuff(low);
                    self.at = At::Check(high);
                }
                false
            }
            At::Check(high) => {
                self.stuff(high);
                self.at = At::Gap(self.gap);
                self.flag();
                true
            }
        }
    }

    fn flag(&mut self) {
        self.put(u32::from(FLAG), 8);
        self.count_flag();
    }

    fn count_flag(&mut self) {
        if let At::Gap(left) = self.at {
            self.at = At::Gap(left.saturating_sub(1));
        }
    }

    /// One octet, least significant bit first, a zero after every five ones.
    fn stuff(&mut self, octet: u8) {
        let mut rest = octet;
        for _ in 0..8 {
            let bit = rest & 1;
            rest >>= 1;
            self.put(u32::from(bit), 1);
            self.ones = if bit == 1 { self.ones + 1 } else { 0 };
            if self.ones == 5 {
                self.put(0, 1);
                self.ones = 0;
            }
        }
    }

    /// Appends the low `count` bits of `bits`, highest first. There are at most 7 bits pending
    /// before a unit, a unit has at most 10 bits, and a finished frame adds a flag and an abort
    /// eight ones: never more than 32.
    fn put(&mut self, bits: u32, count: u8) {
        self.acc = (self.acc << count) | (bits & mask(count));
        self.pending += count;
    }

    /// Takes one slot octet out of the accumulator. A restricted octet ends in a one.
    fn take(&mut self) -> u8 {
        let count = self.rate.bits();
        self.pending = self.pending.saturating_sub(count);
        let octet = (self.acc >> self.pending) & mask(count);
        self.acc &= mask(self.pending);
        match self.rate {
            Rate::Full => octet as u8,
            Rate::Restricted => ((octet << 1) | 1) as u8,
        }
    }
}

/// The low `count` bits set (`count` up to 31).
const fn mask(count: u8) -> u32 {
    (1u32 << (count & 31)) - 1
}
