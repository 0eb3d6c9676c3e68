// SPDX-License-Identifier: GPL-2.0-only
//! What users ask of a span, under its lock.

use super::{
    claims::{
        Claim,
        Purpose, //
    },
    regions::Regions,
    slots,
    state::State,
    Owner, //
};
use crate::{
    abi::{
        command::{
            kind,
            Command, //
        },
        config::{
            flag,
            framing,
            line,
            LineConfig, //
        },
        event::Kind,
        geometry::{
            Slot,
            SlotSet, //
        },
        position,
        text::TEXT_BYTES,
        word,
        words::Words, //
    },
    memory::Region, //
};
use kernel::{
    alloc::AllocError,
    prelude::*,
    sync::Arc, //
};

/// Slots are held by others.
pub(crate) struct Busy {
    /// The slots asked for that are held.
    pub(crate) slots: SlotSet,
    /// Who holds the lowest of them.
    pub(crate) holder: [u8; TEXT_BYTES],
}

/// Why a claim is refused.
pub(crate) enum Refused {
    /// Held by somebody.
    Busy(Busy),
    /// Anything else.
    Because(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Because(error)
    }
}

impl From<AllocError> for Refused {
    fn from(error: AllocError) -> Self {
        Self::Because(error.into())
    }
}

impl State {
    /// Checks whether slots can be claimed for this.
    pub(super) fn check_claim(
        &self,
        slots: SlotSet,
        number: u32,
        peer: u32,
    ) -> Result<Purpose, Refused> {
        let usable = self.usable();
        let purpose = Purpose::from_number(number, peer, usable);
        if slots.is_empty() || !slots.difference(usable).is_empty() {
            return Err(EINVAL.into());
        }
        let purpose = purpose.ok_or(EINVAL)?;
        let held = self.claims.held().intersection(slots);
        match slots::each(held)
            .next()
            .and_then(|slot| self.claims.of(slot))
        {
            Some(claim) => Err(Refused::Busy(Busy {
                slots: held,
                holder: claim.holder,
            })),
            None => Ok(purpose),
        }
    }

    /// Enters a claim that was checked under the same lock. ENOSPC hands the region back to be freed elsewhere.
    pub(super) fn enter_claim(
        &mut self,
        regions: &Regions,
        owner: Owner,
        slots: SlotSet,
        purpose: Purpose,
        holder: [u8; TEXT_BYTES],
        region: Option<Arc<Region>>,
    ) -> Result<u32, Option<Arc<Region>>> {
        let id = self.claims.next_id();
        self.claims
            .enter(Claim {
                id,
                owner,
                slots,
                purpose,
                holder,
                region,
            })
            .map_err(|claim| claim.region)?;
        for slot in slots::each(slots) {
            let word = word::of_slot(slot, word::SLOT_CLAIM);
            regions.status.store(word, u64::from(id));
        }
        Ok(id)
    }

    /// Ends the first claim for which this holds, and returns it: its region must be freed outside the lock.
    pub(super) fn end_claim(
        &mut self,
        regions: &Regions,
        ends: impl FnMut(&Claim) -> bool,
    ) -> Option<Claim> {
        let claim = self.claims.take(ends)?;
        self.commands.forget(claim.slots);
        let frame = self.positions.tx_taken;
        for slot in slots::each(claim.slots) {
            self.unclaim(regions, slot);
            let id = u64::from(claim.id);
            self.event(regions, Kind::ClaimEnded, Some(slot), frame, id);
        }
        Some(claim)
    }

    /// Sets the idle code of slots of a claim; what stands in its rings is the holder's to replace.
    pub(super) fn set_idle(
        &mut self,
        regions: &Regions,
        id: u32,
        owner: Owner,
        slots: SlotSet,
        code: u32,
    ) -> Result {
        let held = self.claims.get(id, owner).ok_or(ENOENT)?.slots;
        let code = u8::try_from(code).map_err(|_| EINVAL)?;
        if slots.is_empty() || !slots.difference(held).is_empty() {
            return Err(EINVAL);
        }
        for slot in slots::each(slots) {
            if let Some(idle) = self.idle.get_mut(slot.index()) {
                *idle = code;
            }
            self.publish_idle(regions, slot);
        }
        Ok(())
    }

    /// Queues a timed line command.
    pub(super) fn command(
        &mut self,
        regions: &Regions,
        id: u32,
        owner: Owner,
        command: Command,
    ) -> Result {
        let held = self.claims.get(id, owner).ok_or(ENOENT)?.slots;
        let slot = u8::try_from(command.slot)
            .ok()
            .and_then(Slot::new)
            .filter(|slot| held.contains(*slot))
            .ok_or(EINVAL)?;
        if command.reserved != 0 {
            return Err(EINVAL);
        }
        if command.kind != kind::ABCD || self.config.framing != framing::CAS {
            return Err(EOPNOTSUPP);
        }
        if command.value > 0xf {
            return Err(EINVAL);
        }
        let late = self.positions.tx_taken.saturating_sub(command.frame);
        if !self.commands.push(command) {
            word::add(&regions.status, word::COMMANDS_REFUSED, 1);
            return Err(ENOSPC);
        }
        if late > 0 {
            word::add(&regions.status, word::COMMANDS_LATE, 1);
            let frame = self.positions.tx_taken;
            self.event(regions, Kind::CommandLate, Some(slot), frame, late);
        }
        Ok(())
    }

    /// Whether this span can be run so.
    pub(super) fn check_config(config: &LineConfig) -> Result {
        config.check().map_err(|_| EINVAL)?;
        // A software line is an E1.
        if config.line != line::E1 {
            return Err(EOPNOTSUPP);
        }
        Ok(())
    }

    /// Puts a checked configuration in force: a new epoch begins. Claims on slots that the line carries no more are ended
    /// by the caller, under the same lock or after it.
    pub(super) fn configure(&mut self, regions: &Regions, config: LineConfig) {
        let frame = self.positions.rx_frame;
        self.config = config;
        self.framer.set_crc4(frame, config.flags & flag::CRC != 0);
        let held = self.claims.held();
        for slot in Slot::all().filter(|slot| !held.contains(*slot)) {
            self.unclaim(regions, slot);
        }
        self.positions.epoch = self.positions.epoch.wrapping_add(1);
        self.positions.epoch_frame = frame;
        self.publish_config(regions);
        position::publish(&regions.status, &self.positions);
        let epoch = self.positions.epoch;
        self.event(regions, Kind::Epoch, None, frame, epoch);
        self.event(regions, Kind::Config, None, frame, config.pack());
        self.settle_alarms(regions, frame);
    }
}
