// SPDX-License-Identifier: MIT OR Apache-2.0
//! The line clock: real time, scaled, or in lock-step with subscribers.

mod bell;
mod lockstep;
mod realtime;

use crate::serve::Hub;
pub(crate) use bell::Bell;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How line time passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mode {
    /// As CLOCK_MONOTONIC goes, `factor` times slower (1 is real time). A clock that comes late catches up, unless it is more than
    /// `late` behind: then the time is lost and spans report a gap.
    Real {
        /// Seconds of real time for one of line time.
        factor: f64,
        /// How late a clock may be and still catch up.
        late: Duration,
    },
    /// A tick comes when every lock-step subscriber has consumed the last one, and not before there are `subscribers` of them.
    LockStep {
        /// How many lock-step subscribers there must be; with cards there may be none.
        subscribers: usize,
        /// After this time without an answer a subscriber is named in a warning.
        patience: Duration,
    },
}

/// Runs the clock until `stop`.
pub(crate) fn run(mode: Mode, hub: &Mutex<Hub>, stop: &AtomicBool, bell: &Bell) {
    match mode {
        Mode::Real { factor, late } => realtime::run(factor, late, hub, stop),
        Mode::LockStep {
            subscribers,
            patience,
        } => {
            lockstep::run(subscribers, patience, hub, stop, bell);
        }
    }
}

/// CLOCK_MONOTONIC in nanoseconds.
fn monotonic_ns() -> u64 {
    use nix::time::{ClockId, clock_gettime};
    let now = clock_gettime(ClockId::CLOCK_MONOTONIC).map(Duration::from);
    // The clock exists on every Linux.
    now.map_or(0, |now| u64::try_from(now.as_nanos()).unwrap_or(u64::MAX))
}
