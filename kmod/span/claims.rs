// SPDX-License-Identifier: GPL-2.0-only
//! Who may send on which slot.

use super::Owner;
use crate::{
    abi::{
        claim::purpose,
        geometry::{
            Slot,
            SlotSet,
            SLOTS, //
        },
        text::TEXT_BYTES, //
    },
    memory::Region, //
};
use kernel::{
    prelude::*,
    sync::Arc, //
};

/// Claims of one span: every slot could be claimed alone.
const MAX_CLAIMS: usize = SLOTS;
/// The largest number of a claim: its region's mapping offset must be a file offset.
const MAX_ID: u32 = (1 << 23) - 1;

/// What the holder of a claim sends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// What it writes into its rings.
    Transmit,
    /// What the slot received.
    Loop,
    /// What that other slot of the span received.
    Peer(Slot),
}

impl Purpose {
    /// The purpose with this number of the ABI, if it means something on these slots.
    pub(super) fn from_number(number: u32, peer: u32, usable: SlotSet) -> Option<Self> {
        match number {
            purpose::TRANSMIT if peer == 0 => Some(Self::Transmit),
            purpose::LOOP if peer == 0 => Some(Self::Loop),
            purpose::CROSS_CONNECT => u8::try_from(peer)
                .ok()
                .and_then(Slot::new)
                .filter(|peer| usable.contains(*peer))
                .map(Self::Peer),
            _ => None,
        }
    }
}

/// One claim.
pub(super) struct Claim {
    pub(super) id: u32,
    pub(super) owner: Owner,
    pub(super) slots: SlotSet,
    pub(super) purpose: Purpose,
    pub(super) holder: [u8; TEXT_BYTES],
    /// The transmit region, for [`Purpose::Transmit`]. Its last reference is never dropped under the span's lock.
    pub(super) region: Option<Arc<Region>>,
}

/// The claims of one span.
pub(super) struct Claims {
    list: KVec<Claim>,
    last_id: u32,
}

impl Claims {
    /// No claims, and all the room that they will ever need.
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            list: KVec::with_capacity(MAX_CLAIMS, GFP_KERNEL)?,
            last_id: 0,
        })
    }

    /// All held slots.
    pub(super) fn held(&self) -> SlotSet {
        self.list
            .iter()
            .fold(SlotSet::EMPTY, |all, claim| all.union(claim.slots))
    }

    /// The claim that holds a slot.
    pub(super) fn of(&self, slot: Slot) -> Option<&Claim> {
        self.list.iter().find(|claim| claim.slots.contains(slot))
    }

    /// A claim of this owner.
    pub(super) fn get(&self, id: u32, owner: Owner) -> Option<&Claim> {
        self.list
            .iter()
            .find(|claim| claim.id == id && claim.owner == owner)
    }

    /// The number that the next claim gets.
    pub(super) fn next_id(&mut self) -> u32 {
        // Numbers come round; one that still lives is passed over. There are far fewer claims than numbers.
        loop {
            self.last_id = if self.last_id >= MAX_ID {
                1
            } else {
                self.last_id.wrapping_add(1)
            };
            if self.list.iter().all(|claim| claim.id != self.last_id) {
                return self.last_id;
            }
        }
    }

    /// Enters a claim; gives it back if there is no room.
    pub(super) fn enter(&mut self, claim: Claim) -> Result<(), Claim> {
        self.list.push_within_capacity(claim).map_err(|full| full.0)
    }

    /// Takes out the first claim for which `ends` holds.
    pub(super) fn take(&mut self, ends: impl FnMut(&Claim) -> bool) -> Option<Claim> {
        let index = self.list.iter().position(ends)?;
        self.list.remove(index).ok()
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Claim> {
        self.list.iter()
    }
}
