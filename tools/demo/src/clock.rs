// SPDX-License-Identifier: MIT OR Apache-2.0
//! CLOCK_MONOTONIC, which spans stamp their ticks with, in nanoseconds.

use nix::sys::time::{TimeSpec, TimeValLike};
use nix::time::{ClockId, ClockNanosleepFlags, clock_gettime, clock_nanosleep};
use std::time::Duration;

/// A millisecond.
pub(crate) const MILLISECOND: u64 = 1_000_000;

/// Now.
pub(crate) fn now_ns() -> u64 {
    // The clock exists on every Linux.
    let now = clock_gettime(ClockId::CLOCK_MONOTONIC).map(Duration::from);
    now.map_or(0, |now| u64::try_from(now.as_nanos()).unwrap_or(u64::MAX))
}

/// Sleeps until then; not at all if that is past.
pub(crate) fn sleep_until(at: u64) {
    let at = TimeSpec::nanoseconds(i64::try_from(at).unwrap_or(i64::MAX));
    let flags = ClockNanosleepFlags::TIMER_ABSTIME;
    while clock_nanosleep(ClockId::CLOCK_MONOTONIC, flags, &at) == Err(nix::errno::Errno::EINTR) {}
}
