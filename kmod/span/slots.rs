// SPDX-License-Identifier: GPL-2.0-only
//! The members of a set of slots, at the cost of the members only.

use crate::abi::geometry::{
    Slot,
    SlotSet, //
};

/// The members in ascending order.
pub(super) fn each(set: SlotSet) -> impl Iterator<Item = Slot> {
    let mut bits = set.bits();
    core::iter::from_fn(move || {
        let slot = Slot::new(u8::try_from(bits.trailing_zeros()).ok()?)?;
        bits &= bits.wrapping_sub(1);
        Some(slot)
    })
}
