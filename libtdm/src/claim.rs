// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writing: claimed slots and their transmit rings.

use crate::error::{Error, Result};
use crate::shared::{Access, Mapping, size_of_sealed};
use crate::span::{Inner, Transport};
use crate::window::CopyMeter;
use crate::{Positions, Slot, SlotSet};
use kernel_rust_abi::claim::{Claim as Argument, Release, SetIdle, purpose};
use kernel_rust_abi::command::{BATCH, Batch, Command};
use kernel_rust_abi::message::kind;
use kernel_rust_abi::ring::{self, Place};
use kernel_rust_abi::transmit::{Margin, clear, write};
use kernel_rust_abi::words::Words;
use kernel_rust_abi::{ioctl, text, word};
use nix::errno::Errno;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Slots claimed for sending; released on drop.
#[derive(Debug)]
pub struct Claim {
    inner: Arc<Inner>,
    id: u32,
    slots: SlotSet,
    region: Arc<Mapping>,
}

pub use kernel_rust_abi::transmit::Written;

/// Claims slots for the purpose TRANSMIT and maps their rings.
pub(crate) fn transmit(inner: &Arc<Inner>, slots: SlotSet, holder: &str) -> Result<Claim> {
    let mut argument = Argument {
        slots: slots.bits(),
        purpose: purpose::TRANSMIT,
        peer: 0,
        id: 0,
        bytes: 0,
        holder: text::pack(holder),
    };
    let (errno, fds) = match &inner.transport {
        Transport::Emulated(connection) => {
            let answer = connection
                .request(kind::CLAIM, &argument, &[])
                .map_err(|errno| Error::refused("claiming slots", errno))?;
            argument = answer.argument;
            (answer.errno, answer.fds)
        }
        Transport::Node(node) => (node.claim(&mut argument).err(), Vec::new()),
    };
    match errno {
        None => {}
        Some(Errno::EBUSY) => {
            return Err(Error::Busy {
                slots: SlotSet::from_bits(argument.slots)
                    .iter()
                    .map(Slot::number)
                    .collect(),
                holder: text::unpack(&argument.holder).to_owned(),
            });
        }
        Some(errno) => return Err(Error::refused("claiming slots", errno)),
    }
    let bytes = inner.facts.geometry.region_bytes(u64::from(slots.len()));
    let region = match (&inner.transport, fds.first()) {
        (Transport::Emulated(_), Some(fd)) => {
            let found = size_of_sealed(fd)?;
            if found < bytes {
                return Err(Error::Layout {
                    what: "transmit region bytes",
                    found,
                    expected: "one stride a slot",
                });
            }
            Mapping::new(fd, 0, bytes, Access::ReadWrite)?
        }
        (Transport::Emulated(_), None) => {
            return Err(Error::Layout {
                what: "regions beside CLAIM",
                found: 0,
                expected: "1",
            });
        }
        (Transport::Node(node), _) => Mapping::new(
            node,
            ioctl::map_transmit(argument.id),
            bytes,
            Access::ReadWrite,
        )?,
    };
    Ok(Claim {
        inner: inner.clone(),
        id: argument.id,
        slots,
        region: Arc::new(region),
    })
}

impl Claim {
    /// The claim's number.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The slots it holds.
    pub fn slots(&self) -> SlotSet {
        self.slots
    }

    /// The transmit ring of one of its slots. A slot has one writer: ask once, and hand it over.
    ///
    /// # Errors
    /// [`Error::Slots`] if the slot is not part of the claim.
    pub fn transmit(&self, slot: Slot) -> Result<Transmit> {
        if !self.slots.contains(slot) {
            return Err(Error::Slots {
                slots: SlotSet::of(slot),
                of: "this claim",
            });
        }
        Ok(Transmit {
            inner: self.inner.clone(),
            region: self.region.clone(),
            place: self.place(slot),
            late: AtomicU64::new(0),
            meter: Arc::default(),
        })
    }

    fn place(&self, slot: Slot) -> Place {
        Place {
            geometry: self.inner.facts.geometry,
            slot,
            ring: u64::from(self.slots.rank(slot)),
        }
    }

    /// Sets what slots of this claim send where nobody wrote. What was written there and not taken yet is replaced by the code
    /// too: set it first, then write.
    ///
    /// # Errors
    /// If the slots are not part of the claim.
    pub fn set_idle(&self, slots: SlotSet, code: u8) -> Result<()> {
        let mut argument = SetIdle {
            id: self.id,
            slots: slots.bits(),
            code: u32::from(code),
            reserved: 0,
        };
        match &self.inner.transport {
            Transport::Emulated(connection) => connection
                .request(kind::SET_IDLE, &argument, &[])
                .and_then(crate::emulated::Answer::success)
                .map(|_| ()),
            Transport::Node(node) => node.set_idle(&mut argument),
        }
        .map_err(|errno| Error::refused("setting an idle code", errno))?;
        // The rings hold the code that was in force when they were taken, or when the claim began.
        let geometry = self.inner.facts.geometry;
        for slot in slots.intersection(self.slots).iter() {
            ring::fill(&*self.region, &self.place(slot), 0, geometry.frames(), code);
        }
        Ok(())
    }

    /// Queues timed line commands for slots of this claim, in order.
    ///
    /// # Errors
    /// Refused when the queue is full or a slot is not part of the claim; `Ok` means that all were accepted.
    pub fn command(&self, commands: &[Command]) -> Result<()> {
        for part in commands.chunks(BATCH) {
            let mut batch = Batch {
                id: self.id,
                count: part.len() as u32,
                commands: [Command::default(); BATCH],
            };
            for (to, from) in batch.commands.iter_mut().zip(part) {
                *to = *from;
            }
            match &self.inner.transport {
                Transport::Emulated(connection) => connection
                    .request(kind::COMMAND, &batch, &[])
                    .and_then(crate::emulated::Answer::success)
                    .map(|_| ()),
                Transport::Node(node) => node.command(&mut batch),
            }
            .map_err(|errno| Error::refused("queueing line commands", errno))?;
        }
        Ok(())
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut argument = Release {
            id: self.id,
            reserved: 0,
        };
        // A span that is gone has released the claim already.
        let _ = match &self.inner.transport {
            Transport::Emulated(connection) => connection
                .request(kind::RELEASE, &argument, &[])
                .map(|_| ()),
            Transport::Node(node) => node.release(&mut argument),
        };
    }
}

/// The transmit ring of one claimed slot. It stays mapped after the claim's end; what is written then goes nowhere.
#[derive(Debug)]
pub struct Transmit {
    inner: Arc<Inner>,
    region: Arc<Mapping>,
    place: Place,
    late: AtomicU64,
    meter: Arc<CopyMeter>,
}

impl Transmit {
    /// The slot.
    pub fn slot(&self) -> Slot {
        self.place.slot
    }

    /// Frames that came too late so far.
    pub fn late(&self) -> u64 {
        self.late.load(Ordering::Relaxed)
    }

    /// Bytes that were copied into the ring.
    pub fn meter(&self) -> &Arc<CopyMeter> {
        &self.meter
    }

    /// The positions now.
    pub fn positions(&self) -> Positions {
        self.inner.positions()
    }

    /// The frames that can be written now: from `tx_taken` plus the lead up to a ring's length, less a tick, from
    /// `tx_taken`.
    pub fn writable(&self) -> std::ops::Range<u64> {
        self.margin()
            .writable(&self.positions(), self.inner.facts.geometry.frames())
    }

    fn margin(&self) -> Margin {
        Margin {
            lead: self.inner.facts.tx_lead,
            tick: self.inner.facts.tick_frames,
        }
    }

    fn idle(&self) -> u8 {
        let word = word::of_slot(self.place.slot, word::SLOT_IDLE);
        self.inner.status.load(word) as u8
    }

    /// Writes `bytes` to leave at frame `first` and on. Frames outside the writable future are left out and counted; frames that
    /// were taken while they were written get the idle code back and count as late.
    pub fn write(&self, first: u64, bytes: &[u8]) -> Written {
        let result = write(
            &self.inner.status,
            &*self.region,
            &self.place,
            self.margin(),
            first,
            bytes,
            self.idle(),
        );
        self.meter.add(result.copied as usize);
        self.late.fetch_add(result.late, Ordering::Relaxed);
        result
    }

    /// Puts the idle code back where something was written and is not wanted any more, as far as it is still writable.
    pub fn clear(&self, first: u64, count: u64) {
        clear(
            &self.inner.status,
            &*self.region,
            &self.place,
            self.margin(),
            first..first.saturating_add(count),
            self.idle(),
        );
    }
}
