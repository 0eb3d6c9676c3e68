// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who may send on which slot.

use tdm::SlotSet;
use tdm::abi::claim::purpose;

/// Whoever owns claims and subscriptions: one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Owner(pub u64);

/// Claims of one span; every slot could be claimed alone.
const MAX_CLAIMS: usize = 32;

/// What the holder of a claim sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// What it writes into its rings.
    Transmit,
    /// What the slot received.
    Loop,
    /// What that other slot of the span received.
    Peer(tdm::Slot),
}

/// A request for slots.
#[derive(Clone, Debug)]
pub struct ClaimRequest<'a> {
    /// The slots.
    pub slots: SlotSet,
    /// One of the ABI's purposes.
    pub purpose: u32,
    /// The slot to connect to, for a cross-connect.
    pub peer: u32,
    /// What others are told.
    pub holder: &'a str,
    /// The connection.
    pub owner: Owner,
}

/// Slots are held by others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Busy {
    /// The slots asked for that are held.
    pub slots: SlotSet,
    /// Who holds the lowest of them.
    pub holder: String,
}

/// Why a claim is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// Held by somebody.
    #[error("slots {:?} are held by {}", .0.slots, .0.holder)]
    Busy(Busy),
    /// No slots, slots that the line cannot carry, or a purpose or peer without meaning.
    #[error("the slots, the purpose or the peer do not fit this span")]
    Unfit,
    /// The span has all the claims that it can have.
    #[error("no place for another claim")]
    Full,
}

/// One claim.
#[derive(Debug)]
pub(super) struct Claim<W> {
    pub(super) id: u32,
    pub(super) slots: SlotSet,
    pub(super) purpose: Purpose,
    pub(super) holder: String,
    pub(super) owner: Owner,
    /// The transmit region, for [`Purpose::Transmit`].
    pub(super) region: Option<W>,
}

/// The claims of one span.
#[derive(Debug)]
pub(super) struct Claims<W> {
    list: Vec<Claim<W>>,
    last_id: u32,
}

impl<W> Default for Claims<W> {
    fn default() -> Self {
        Claims {
            list: Vec::new(),
            last_id: 0,
        }
    }
}

impl<W> Claims<W> {
    /// Checks a request against what is held. `usable` is what the line can carry.
    pub(super) fn check(
        &self,
        ask: &ClaimRequest<'_>,
        usable: SlotSet,
    ) -> Result<Purpose, ClaimError> {
        let fits = !ask.slots.is_empty() && ask.slots.difference(usable).is_empty();
        let purpose = match ask.purpose {
            purpose::TRANSMIT => Some(Purpose::Transmit),
            purpose::LOOP => Some(Purpose::Loop),
            purpose::CROSS_CONNECT => u8::try_from(ask.peer)
                .ok()
                .and_then(tdm::Slot::new)
                .filter(|peer| usable.contains(*peer))
                .map(Purpose::Peer),
            _ => None,
        };
        let purpose = purpose.filter(|_| fits).ok_or(ClaimError::Unfit)?;
        let held = self.held().intersection(ask.slots);
        if !held.is_empty() {
            let holder = held
                .iter()
                .next()
                .and_then(|slot| self.of(slot))
                .map_or("", |c| &c.holder);
            return Err(ClaimError::Busy(Busy {
                slots: held,
                holder: holder.to_owned(),
            }));
        }
        if self.list.len() >= MAX_CLAIMS {
            return Err(ClaimError::Full);
        }
        Ok(purpose)
    }

    /// Enters a checked claim and returns its number.
    pub(super) fn enter(
        &mut self,
        ask: &ClaimRequest<'_>,
        purpose: Purpose,
        region: Option<W>,
    ) -> u32 {
        // Numbers come round after four thousand million claims; one that still lives is passed over.
        loop {
            self.last_id = self.last_id.wrapping_add(1).max(1);
            if self.get(self.last_id).is_none() {
                break;
            }
        }
        self.list.push(Claim {
            id: self.last_id,
            slots: ask.slots,
            purpose,
            holder: ask.holder.to_owned(),
            owner: ask.owner,
            region,
        });
        self.last_id
    }

    /// The claim of that number.
    pub(super) fn get(&self, id: u32) -> Option<&Claim<W>> {
        self.list.iter().find(|claim| claim.id == id)
    }

    /// The claim that holds a slot.
    pub(super) fn of(&self, slot: tdm::Slot) -> Option<&Claim<W>> {
        self.list.iter().find(|claim| claim.slots.contains(slot))
    }

    /// All held slots.
    pub(super) fn held(&self) -> SlotSet {
        self.list
            .iter()
            .fold(SlotSet::EMPTY, |all, claim| all.union(claim.slots))
    }

    /// Takes out every claim for which `ends` holds.
    pub(super) fn end(&mut self, mut ends: impl FnMut(&Claim<W>) -> bool) -> Vec<Claim<W>> {
        let (ended, kept) = std::mem::take(&mut self.list)
            .into_iter()
            .partition(|c| ends(c));
        self.list = kept;
        ended
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Claim<W>> {
        self.list.iter()
    }
}
