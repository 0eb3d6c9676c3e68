// SPDX-License-Identifier: MIT OR Apache-2.0
//! A set of slots of one span.

/// A set of slots, 0 to 31: the E1 timeslot number, or the T1 channel 1 to 24.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Slots(u32);

impl Slots {
    /// No slot.
    pub const NONE: Slots = Slots(0);
    /// The 30 B channels of an E1: timeslots 1 to 15 and 17 to 31.
    pub const E1: Slots = Slots(0xfffe_fffe);
    /// The 23 B channels of a T1: channels 1 to 23.
    pub const T1: Slots = Slots(0x00ff_fffe);

    /// From a bitmap, slot n at bit n.
    pub const fn from_bits(bits: u32) -> Self {
        Slots(bits)
    }

    /// As a bitmap, slot n at bit n.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The set of one slot; empty for a number above 31.
    pub const fn of(slot: u8) -> Self {
        match 1u32.checked_shl(slot as u32) {
            Some(bit) => Slots(bit),
            None => Slots(0),
        }
    }

    /// Whether the slot is in it.
    pub const fn contains(self, slot: u8) -> bool {
        self.0 & Slots::of(slot).0 != 0
    }

    /// Whether it is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many slots.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Puts a slot in; numbers above 31 are no slots.
    pub const fn insert(&mut self, slot: u8) {
        self.0 |= Slots::of(slot).0;
    }

    /// Takes a slot out.
    pub const fn remove(&mut self, slot: u8) {
        self.0 &= !Slots::of(slot).0;
    }

    /// The slots of both.
    #[must_use]
    pub const fn union(self, other: Slots) -> Slots {
        Slots(self.0 | other.0)
    }

    /// The slots in both.
    #[must_use]
    pub const fn intersection(self, other: Slots) -> Slots {
        Slots(self.0 & other.0)
    }

    /// The slots of this one that are not in the other.
    #[must_use]
    pub const fn without(self, other: Slots) -> Slots {
        Slots(self.0 & !other.0)
    }

    /// The lowest slot.
    pub const fn first(self) -> Option<u8> {
        if self.0 == 0 {
            None
        } else {
            Some(self.0.trailing_zeros() as u8)
        }
    }

    /// The highest slot.
    pub const fn last(self) -> Option<u8> {
        if self.0 == 0 {
            None
        } else {
            Some(31 - self.0.leading_zeros() as u8)
        }
    }

    /// The slots in ascending order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..32).filter(move |slot| self.contains(*slot))
    }
}

impl core::fmt::Display for Slots {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (index, slot) in self.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{slot}")?;
        }
        Ok(())
    }
}
