// SPDX-License-Identifier: GPL-2.0-only
//! Timed line commands: a bounded queue in the order of frames.

use crate::abi::{
    command::{
        Command,
        QUEUE, //
    },
    geometry::{
        Slot,
        SlotSet, //
    }, //
};
use kernel::prelude::*;

/// The queue. The next command is the last element, so that taking it moves nothing.
pub(super) struct Commands(KVec<Command>);

impl Commands {
    /// An empty queue with all the room that it will ever need.
    pub(super) fn new() -> Result<Self> {
        Ok(Self(KVec::with_capacity(QUEUE, GFP_KERNEL)?))
    }

    /// Puts a command in its place, behind those of the same frame; `false` if the queue is full.
    pub(super) fn push(&mut self, command: Command) -> bool {
        if self.0.len() >= QUEUE {
            return false;
        }
        let at = self
            .0
            .partition_point(|waiting| waiting.frame > command.frame);
        self.0.insert_within_capacity(at, command).is_ok()
    }

    /// The next command below frame `end`.
    pub(super) fn pop_before(&mut self, end: u64) -> Option<Command> {
        if self.0.last().is_some_and(|command| command.frame < end) {
            self.0.pop()
        } else {
            None
        }
    }

    /// Drops those of these slots: their claim has ended.
    pub(super) fn forget(&mut self, slots: SlotSet) {
        self.0.retain(|command| {
            let slot = u8::try_from(command.slot).ok().and_then(Slot::new);
            !slot.is_some_and(|slot| slots.contains(slot))
        });
    }
}
