// SPDX-License-Identifier: MIT OR Apache-2.0
//! Timed line commands: a bounded queue in the order of frames.

use std::collections::VecDeque;
use tdm::abi::command::{Command, QUEUE};

/// The queue.
#[derive(Debug, Default)]
pub(super) struct Commands(VecDeque<Command>);

impl Commands {
    /// Puts a command in its place, behind those of the same frame; `false` if the queue is full.
    pub(super) fn push(&mut self, command: Command) -> bool {
        if self.0.len() >= QUEUE {
            return false;
        }
        let at = self
            .0
            .partition_point(|waiting| waiting.frame <= command.frame);
        self.0.insert(at, command);
        true
    }

    /// The next command below frame `end`.
    pub(super) fn pop_before(&mut self, end: u64) -> Option<Command> {
        let due = self.0.front().is_some_and(|command| command.frame < end);
        if due { self.0.pop_front() } else { None }
    }

    /// Drops those of these slots: their claim has ended.
    pub(super) fn forget(&mut self, slots: tdm::SlotSet) {
        self.0.retain(|command| {
            let slot = u8::try_from(command.slot).ok().and_then(tdm::Slot::new);
            !slot.is_some_and(|slot| slots.contains(slot))
        });
    }
}
