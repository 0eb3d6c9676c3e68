// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Timed line commands: signalling out, applied by the kernel side at a frame.

use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Commands that one call can carry.
pub const BATCH: usize = 8;
/// Commands that may wait on one span.
pub const QUEUE: usize = 1024;

/// What a command sets.
pub mod kind {
    /// The slot's ABCD bits (low four bits of the value, A highest).
    pub const ABCD: u32 = 1;
    /// The line state of an analog slot, one of [`super::state`].
    pub const LINE_STATE: u32 = 2;
}

/// Line states of analog slots.
pub mod state {
    /// On hook.
    pub const ON_HOOK: u32 = 1;
    /// Off hook.
    pub const OFF_HOOK: u32 = 2;
    /// Ringing.
    pub const RING: u32 = 3;
    /// Polarity reversed.
    pub const REVERSED: u32 = 4;
    /// Battery removed.
    pub const OPEN: u32 = 5;
}

/// One command.
#[repr(C)]
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout,
)]
pub struct Command {
    /// The frame at which it is applied; one that was taken already is applied at once and counted late.
    pub frame: u64,
    /// The slot.
    pub slot: u32,
    /// One of [`kind`].
    pub kind: u32,
    /// The value.
    pub value: u32,
    /// Zero.
    pub reserved: u32,
}

/// The argument of COMMAND: up to [`BATCH`] commands of one claim, accepted in order.
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Batch {
    /// The claim that holds the slots.
    pub id: u32,
    /// In: how many are given. Out: how many were accepted; fewer with ENOSPC when the queue is full.
    pub count: u32,
    /// The commands.
    pub commands: [Command; BATCH],
}

const _: () = assert!(core::mem::size_of::<Command>() == 24);
const _: () = assert!(core::mem::size_of::<Batch>() == 200);
