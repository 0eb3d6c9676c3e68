// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Slots, frames, rows, and where the byte of a frame stands.

/// Slots of every span, used or not: an E1's timeslot number; a T1's channels are 1 to 24.
pub const SLOTS: usize = 32;
/// Frames (bytes of one slot) that are moved together: one 64-bit word.
pub const ROW_FRAMES: u64 = 8;
/// Slot `c` is shifted by `SKEW_FRAMES * c` bytes in its ring, so that the current bytes of all slots do not share a cache set.
pub const SKEW_FRAMES: u64 = 64;
/// The smallest ring, in frames: 512 ms at 8,000 frames a second.
pub const MIN_RING_FRAMES: u64 = 4096;
/// The largest ring that a reader needs to accept, in frames.
pub const MAX_RING_FRAMES: u64 = 1 << 20;
/// Frames of line time in one second.
pub const FRAMES_PER_SECOND: u64 = 8000;
/// Nanoseconds of one frame.
pub const FRAME_NS: u64 = 125_000;

/// A slot number, proven to be below [`SLOTS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u8);

impl Slot {
    /// The slot with this number, or `None` from 32 on.
    pub const fn new(number: u8) -> Option<Self> {
        if (number as usize) < SLOTS {
            Some(Self(number))
        } else {
            None
        }
    }
    /// The slot's number.
    pub const fn number(self) -> u8 {
        self.0
    }
    /// The slot's number as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
    /// All slots in ascending order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..SLOTS as u8).map(Self)
    }
}

/// A set of slots, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SlotSet(u32);

impl SlotSet {
    /// No slot.
    pub const EMPTY: Self = Self(0);
    /// All 32.
    pub const ALL: Self = Self(u32::MAX);
    /// The set with these bits; bit `c` is slot `c`.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }
    /// The set as bits.
    pub const fn bits(self) -> u32 {
        self.0
    }
    /// The set of one slot.
    pub const fn of(slot: Slot) -> Self {
        Self(1u32.wrapping_shl(slot.0 as u32))
    }
    /// This set and that slot.
    #[must_use]
    pub const fn with(self, slot: Slot) -> Self {
        Self(self.0 | 1u32.wrapping_shl(slot.0 as u32))
    }
    /// The slots in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The slots in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// The slots in this set and not in the other.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    /// Whether the slot is a member.
    pub const fn contains(self, slot: Slot) -> bool {
        self.0 & 1u32.wrapping_shl(slot.0 as u32) != 0
    }
    /// Whether there is no member.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// How many members.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }
    /// How many members stand before this slot: its ring's index in a claim's transmit region.
    pub const fn rank(self, slot: Slot) -> u32 {
        let below = 1u32.wrapping_shl(slot.0 as u32).wrapping_sub(1);
        (self.0 & below).count_ones()
    }
    /// The members in ascending order.
    pub fn iter(self) -> impl Iterator<Item = Slot> {
        Slot::all().filter(move |slot| self.contains(*slot))
    }
}

/// The size of a span's rings, as published in the status region; checked once, then trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    frames: u64,
    stride: u64,
}

impl Geometry {
    /// A geometry of rings of `frames` frames, `stride` bytes apart.
    ///
    /// `None` unless frames is a power of two from [`MIN_RING_FRAMES`] to [`MAX_RING_FRAMES`], and the stride a multiple of eight
    /// that is at least as large and at most sixteen times as large.
    pub const fn new(frames: u64, stride: u64) -> Option<Self> {
        let fits =
            frames.is_power_of_two() && frames >= MIN_RING_FRAMES && frames <= MAX_RING_FRAMES;
        if fits && stride >= frames && stride <= 16 * frames && stride % ROW_FRAMES == 0 {
            Some(Self { frames, stride })
        } else {
            None
        }
    }
    /// The geometry for a page size: one ring is at least a page.
    pub const fn for_page(page: u64) -> Option<Self> {
        let frames = if page > MIN_RING_FRAMES {
            page
        } else {
            MIN_RING_FRAMES
        };
        Self::new(frames, frames)
    }
    /// Frames (bytes) that one ring holds.
    pub const fn frames(self) -> u64 {
        self.frames
    }
    /// Bytes from one ring's start to the next one's.
    pub const fn stride(self) -> u64 {
        self.stride
    }
    /// Bytes of a region of `rings` rings.
    pub const fn region_bytes(self, rings: u64) -> u64 {
        self.stride.wrapping_mul(rings)
    }
    /// The byte of frame `frame` in the ring of slot `slot`: `(n + 64 c) mod R`. The only place with this formula.
    pub const fn offset(self, slot: Slot, frame: u64) -> u64 {
        let skew = SKEW_FRAMES.wrapping_mul(slot.0 as u64);
        frame.wrapping_add(skew) & self.frames.wrapping_sub(1)
    }
    /// The word of a region that holds this frame, where the slot's ring is the region's `ring`-th.
    pub const fn word(self, ring: u64, slot: Slot, frame: u64) -> usize {
        let base = self.stride.wrapping_mul(ring);
        (base.wrapping_add(self.offset(slot, frame)) / ROW_FRAMES) as usize
    }
}
