// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Requests to the kernel module's own node, `/dev/tdm/ctl`: software spans.

use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Microseconds of real time in a tick of line time (8 frames) that runs in real time.
pub const REAL_TIME_TICK_US: u32 = 1000;
/// The longest tick that a pair may be given: a thousandth of real time.
pub const MAX_TICK_US: u32 = 1_000_000;
/// Subscribers that a lock-step clock may be told to wait for: all those of two spans.
pub const MAX_LOCK_STEP: u32 = 64;

/// The argument of CREATE_PAIR, and its answer: two software spans whose lines are joined.
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct CreatePair {
    /// In: real time of a tick in microseconds, from [`REAL_TIME_TICK_US`] to [`MAX_TICK_US`]; 0 in lock-step.
    pub tick_us: u32,
    /// In: 0 for a clock of its own; else the number of lock-step subscribers, on both spans together, with which line time
    /// begins to pass in lock-step.
    pub lock_step: u32,
    /// Out: the number of the first span, N of `/dev/tdm/spanN`.
    pub first: u32,
    /// Out: the number of the second.
    pub second: u32,
}

/// What [`DestroyPair`] may do.
pub mod destroy {
    /// Also while somebody has one of the spans open: for them the card is gone.
    pub const FORCE: u32 = 1 << 0;
}

/// The argument of DESTROY_PAIR.
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct DestroyPair {
    /// The number of either span of the pair.
    pub span: u32,
    /// Bits of [`destroy`].
    pub flags: u32,
}

/// The argument of REVOKE: takes a claim away from its holder, on any span of the module.
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Revoke {
    /// The span's number.
    pub span: u32,
    /// The claim's number.
    pub claim: u32,
}

const _: () = assert!(core::mem::size_of::<Revoke>() == 8);
const _: () = assert!(core::mem::size_of::<CreatePair>() == 16);
const _: () = assert!(core::mem::size_of::<DestroyPair>() == 8);
