// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Wake-ups: an eventfd per subscriber, signalled at a period of line time and at once on an event.

use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Subscribers of one span.
pub const MAX_SUBSCRIBERS: usize = 32;

/// Switches of a subscription.
pub mod flag {
    /// Signal at once on an event too.
    pub const EVENTS: u32 = 1 << 0;
    /// Hold the line clock after a wake-up until the subscriber has stored the position that it has consumed up to.
    pub const LOCK_STEP: u32 = 1 << 1;
}

/// The argument of SUBSCRIBE, and its answer.
///
/// The subscriber is signalled at ticks at which `rx_frame` passes a frame `n` with `n mod period == phase`. On an emulated
/// span the eventfd travels beside the message, in lock-step followed by a second one: the subscriber stores the position in
/// the word that the answer brings as a memfd of one page, then signals the second eventfd.
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Subscribe {
    /// In: wanted period in frames. Out: the granted one, a multiple of the tick.
    pub period: u32,
    /// In: wanted phase in frames. Out: the granted one, a multiple of the tick below the period.
    pub phase: u32,
    /// In: bits of [`flag`].
    pub flags: u32,
    /// In, on a kernel node: the eventfd. On an emulated span: -1.
    pub eventfd: i32,
    /// Out: the subscription's number, never 0.
    pub id: u32,
    /// Zero.
    pub reserved: u32,
}

/// The argument of UNSUBSCRIBE.
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Unsubscribe {
    /// The subscription's number.
    pub id: u32,
    /// Zero.
    pub reserved: u32,
}

/// The argument of CONSUMED, on a kernel node in the place of an emulated span's page and second eventfd: a lock-step clock goes on
/// in this call, if nobody else holds it.
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Consumed {
    /// The subscription's number.
    pub id: u32,
    /// Zero.
    pub reserved: u32,
    /// The frame below which its subscriber has consumed everything.
    pub frame: u64,
}

const _: () = assert!(core::mem::size_of::<Consumed>() == 16);

/// Whether a subscriber with this period and phase is due when `rx_frame` moves from `before` to `after`.
pub const fn due(before: u64, after: u64, period: u64, phase: u64) -> bool {
    if period == 0 {
        return false;
    }
    // Frames n in (before, after] with n mod period == phase.
    let next = before.wrapping_add(1);
    let past = next % period;
    let wait = if past <= phase {
        phase.wrapping_sub(past)
    } else {
        period.wrapping_sub(past).wrapping_add(phase)
    };
    next.wrapping_add(wait) <= after
}
