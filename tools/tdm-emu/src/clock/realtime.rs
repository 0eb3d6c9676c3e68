// SPDX-License-Identifier: MIT OR Apache-2.0
//! Line time by CLOCK_MONOTONIC.

use super::monotonic_ns;
use crate::serve::{Hub, lock};
use nix::sys::time::{TimeSpec, TimeValLike};
use nix::time::{ClockId, ClockNanosleepFlags, clock_nanosleep};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// One tick of line time in nanoseconds.
const TICK_NS: f64 = 1_000_000.0;
/// The longest sleep, so that a slow clock can be stopped.
const MAX_SLEEP_NS: u64 = 20_000_000;

/// Runs until `stop`.
pub(super) fn run(factor: f64, late: Duration, hub: &Mutex<Hub>, stop: &AtomicBool) {
    let factor = if factor.is_finite() {
        factor.clamp(0.001, 1000.0)
    } else {
        1.0
    };
    let tick_ns = ((TICK_NS * factor) as u64).max(1);
    let late_ns = u64::try_from(late.as_nanos())
        .unwrap_or(u64::MAX)
        .max(tick_ns);
    let mut due = monotonic_ns().saturating_add(tick_ns);
    while !stop.load(Ordering::Acquire) {
        let now = monotonic_ns();
        if now < due {
            sleep_until(due.min(now + MAX_SLEEP_NS));
            continue;
        }
        let behind = now - due;
        if behind > late_ns {
            let lost = behind / tick_ns;
            lock(hub).lose(lost, now);
            due += lost * tick_ns;
            tracing::warn!(ticks = lost, "the host was late; line time is lost");
        }
        lock(hub).tick(now);
        due += tick_ns;
    }
}

fn sleep_until(at: u64) {
    let at = TimeSpec::nanoseconds(i64::try_from(at).unwrap_or(i64::MAX));
    // An interrupted sleep only means that the caller looks at the clock again.
    let _ = clock_nanosleep(
        ClockId::CLOCK_MONOTONIC,
        ClockNanosleepFlags::TIMER_ABSTIME,
        &at,
    );
}
