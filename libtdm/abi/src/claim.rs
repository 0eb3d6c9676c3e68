// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Claims: the right to send on slots.

use super::text::TEXT_BYTES;
use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// What a claim is for.
pub mod purpose {
    /// Its holder writes the slots' transmit rings.
    pub const TRANSMIT: u32 = 1;
    /// The kernel side sends what the slot of the same claim received: a loop.
    pub const LOOP: u32 = 2;
    /// The kernel side sends what another slot of the span received: a cross-connect. `peer` gives that slot.
    pub const CROSS_CONNECT: u32 = 3;
}

/// The argument of CLAIM, and its answer.
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Claim {
    /// In: slots, bit `c` for slot `c`. Out, on EBUSY: those that are held.
    pub slots: u32,
    /// In: one of [`purpose`].
    pub purpose: u32,
    /// In: the slot to connect to, for a cross-connect; else 0.
    pub peer: u32,
    /// Out: the claim's number, never 0.
    pub id: u32,
    /// Out: bytes of the transmit region: one stride a slot, ascending.
    pub bytes: u64,
    /// In: who claims, for EBUSY's message to others. Out, on EBUSY: who holds.
    pub holder: [u8; TEXT_BYTES],
}

/// The argument of RELEASE.
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Release {
    /// The claim's number.
    pub id: u32,
    /// Zero.
    pub reserved: u32,
}

/// The argument of SET_IDLE: the code that a claimed slot sends where its holder wrote nothing. The kernel side leaves it in
/// rows that it takes from now on; what stands in the ring now is the holder's to replace.
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct SetIdle {
    /// The claim that holds the slots.
    pub id: u32,
    /// Slots of that claim.
    pub slots: u32,
    /// The idle code in the low byte.
    pub code: u32,
    /// Zero.
    pub reserved: u32,
}

const _: () = assert!(core::mem::size_of::<Claim>() == 88);
