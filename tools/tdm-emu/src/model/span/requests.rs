// SPDX-License-Identifier: MIT OR Apache-2.0
//! What users ask of a span.

use super::super::claims::{Claim, ClaimError, ClaimRequest, Owner, Purpose};
use super::Span;
use tdm::abi::command::{Command, kind};
use tdm::abi::config::{LineConfig, flag, framing, line};
use tdm::abi::event::Kind;
use tdm::abi::ring::{self, Place, row_of};
use tdm::abi::word;
use tdm::abi::words::Words;
use tdm::{Slot, SlotSet};

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such claim, or not the asker's.
    #[error("no such claim")]
    NoClaim,
    /// The arguments do not go together or with the line.
    #[error("the arguments do not fit this span")]
    Unfit,
    /// This kind of line cannot do that.
    #[error("not possible on this line")]
    Unsupported,
    /// The queue is full.
    #[error("the queue is full")]
    Full,
}

impl<W: Words> Span<W> {
    /// Grants slots. For TRANSMIT `region` makes the region of that many bytes, which is filled with idle here.
    ///
    /// # Errors
    /// [`ClaimError`]; the error of `region` as the outer one.
    pub fn claim<E>(
        &mut self,
        ask: &ClaimRequest<'_>,
        region: impl FnOnce(u64) -> Result<W, E>,
    ) -> Result<Result<u32, ClaimError>, E> {
        let purpose = match self.claims.check(ask, self.usable()) {
            Ok(purpose) => purpose,
            Err(error) => return Ok(Err(error)),
        };
        let region = match purpose {
            Purpose::Transmit => {
                let region = region(self.transmit_bytes(ask.slots))?;
                for slot in ask.slots.iter() {
                    let place = self.transmit_place(ask.slots, slot);
                    let idle = self.idle.get(slot.index()).copied().unwrap_or(0xFF);
                    let frames = self.memory.geometry.frames();
                    ring::fill(&region, &place, 0, frames, idle);
                }
                Some(region)
            }
            Purpose::Loop | Purpose::Peer(_) => None,
        };
        let id = self.claims.enter(ask, purpose, region);
        for slot in ask.slots.iter() {
            self.memory
                .status
                .store(word::of_slot(slot, word::SLOT_CLAIM), u64::from(id));
        }
        Ok(Ok(id))
    }

    /// The size of a claim's transmit region.
    pub fn transmit_bytes(&self, slots: SlotSet) -> u64 {
        self.memory.geometry.region_bytes(u64::from(slots.len()))
    }

    /// A claim's transmit region, to hand it out.
    pub fn transmit_region(&self, id: u32) -> Option<&W> {
        self.claims.get(id)?.region.as_ref()
    }

    fn transmit_place(&self, slots: SlotSet, slot: Slot) -> Place {
        Place {
            geometry: self.memory.geometry,
            slot,
            ring: u64::from(slots.rank(slot)),
        }
    }

    /// Ends a claim at its owner's wish.
    ///
    /// # Errors
    /// If there is none of that number and owner.
    pub fn release(&mut self, id: u32, owner: Owner) -> Result<(), Refusal> {
        let ended = self
            .claims
            .end(|claim| claim.id == id && claim.owner == owner);
        if ended.is_empty() {
            return Err(Refusal::NoClaim);
        }
        self.ended(&ended);
        Ok(())
    }

    /// Ends every claim of an owner that is gone.
    pub fn release_all(&mut self, owner: Owner) {
        let ended = self.claims.end(|claim| claim.owner == owner);
        self.ended(&ended);
    }

    /// Takes a claim away from its owner; `false` if there is none of that number.
    pub fn revoke(&mut self, id: u32) -> bool {
        let ended = self.claims.end(|claim| claim.id == id);
        self.ended(&ended);
        !ended.is_empty()
    }

    fn ended(&mut self, claims: &[Claim<W>]) {
        for claim in claims {
            self.commands.forget(claim.slots);
            self.idle_abcd(claim.slots);
            let frame = self.positions.tx_taken;
            for slot in claim.slots.iter() {
                self.unclaim(slot);
                self.event(Kind::ClaimEnded, Some(slot), frame, u64::from(claim.id));
            }
        }
    }

    /// Sets the idle code of slots of a claim. Rows of the claim's rings that hold nothing but the old code get the new one.
    ///
    /// # Errors
    /// If the claim is not the owner's or does not hold the slots, or the code has more than eight bits.
    pub fn set_idle(
        &mut self,
        id: u32,
        owner: Owner,
        slots: SlotSet,
        code: u32,
    ) -> Result<(), Refusal> {
        let claim = self
            .claims
            .get(id)
            .filter(|c| c.owner == owner)
            .ok_or(Refusal::NoClaim)?;
        let code = u8::try_from(code).map_err(|_| Refusal::Unfit)?;
        if slots.is_empty() || !slots.difference(claim.slots).is_empty() {
            return Err(Refusal::Unfit);
        }
        for slot in slots.iter() {
            let Some(old) = self.idle.get_mut(slot.index()) else {
                continue;
            };
            let old = row_of(std::mem::replace(old, code));
            if let Some(region) = &claim.region {
                let place = self.transmit_place(claim.slots, slot);
                let frames = self.memory.geometry.frames();
                for frame in (0..frames).step_by(8) {
                    let at = place.word(frame);
                    if region.load(at) == old {
                        region.store(at, row_of(code));
                    }
                }
            }
            self.publish_idle(slot);
        }
        Ok(())
    }

    /// Queues a timed line command.
    ///
    /// # Errors
    /// If the claim is not the owner's or does not hold the slot, the line has no such signalling, or the queue is full.
    pub fn command(&mut self, id: u32, owner: Owner, command: Command) -> Result<(), Refusal> {
        let claim = self
            .claims
            .get(id)
            .filter(|c| c.owner == owner)
            .ok_or(Refusal::NoClaim)?;
        let slot = u8::try_from(command.slot)
            .ok()
            .and_then(Slot::new)
            .ok_or(Refusal::Unfit)?;
        if !claim.slots.contains(slot) || command.reserved != 0 {
            return Err(Refusal::Unfit);
        }
        if command.kind != kind::ABCD || self.config.framing != framing::CAS {
            return Err(Refusal::Unsupported);
        }
        if command.value > 0xF {
            return Err(Refusal::Unfit);
        }
        let late = self.positions.tx_taken.saturating_sub(command.frame);
        if !self.commands.push(command) {
            self.count(word::COMMANDS_REFUSED, 1);
            return Err(Refusal::Full);
        }
        if late > 0 {
            self.count(word::COMMANDS_LATE, 1);
            let frame = self.positions.tx_taken;
            self.event(Kind::CommandLate, Some(slot), frame, late);
        }
        Ok(())
    }

    /// Configures the line: a new epoch begins, and claims on slots that the line no longer carries end.
    ///
    /// # Errors
    /// If the fields do not go together, or the line is no E1.
    pub fn configure(&mut self, config: LineConfig) -> Result<(), Refusal> {
        config.check().map_err(|_| Refusal::Unfit)?;
        if config.line != line::E1 {
            return Err(Refusal::Unsupported);
        }
        let frame = self.positions.rx_frame;
        self.config = config;
        self.framer.set_crc4(frame, config.flags & flag::CRC != 0);
        let usable = self.usable();
        let lost = self
            .claims
            .end(|claim| !claim.slots.difference(usable).is_empty());
        self.ended(&lost);
        let held = self.claims.held();
        for slot in Slot::all().filter(|slot| !held.contains(*slot)) {
            self.unclaim(slot);
        }
        self.positions.epoch += 1;
        self.positions.epoch_frame = frame;
        self.publish_config();
        tdm::abi::position::publish(&self.memory.status, &self.positions);
        self.event(Kind::Epoch, None, frame, self.positions.epoch);
        self.event(Kind::Config, None, frame, config.pack());
        self.settle_alarms(frame);
        Ok(())
    }
}
