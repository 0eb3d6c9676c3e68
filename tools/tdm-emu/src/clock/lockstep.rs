// SPDX-License-Identifier: MIT OR Apache-2.0
//! Line time by consent: nobody is left behind.
//!
//! Subscribers of spans set the pace by themselves. A guest with a card measures its own time besides: where there are cards, ticks
//! come no faster than the line's own thousand a second, and none while the guest has not acknowledged the last one.

use super::{Bell, monotonic_ns};
use crate::serve::{Hub, Waiting, drain, lock};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;
use std::os::fd::AsFd;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A tick of line time.
const TICK: Duration = Duration::from_millis(1);
/// How far the clock may be behind and still catch up.
const LATE: Duration = Duration::from_millis(100);
/// The longest wait at once, where nobody says when to look again.
const LONGEST: Duration = Duration::from_secs(60);

/// Who keeps the next tick from coming.
struct Obstacles {
    /// Subscribers that have not consumed the last one.
    waiting: Vec<Waiting>,
    /// There are too few subscribers.
    too_few: bool,
    /// Cards whose guest has not acknowledged.
    cards: Vec<String>,
    /// When to look again.
    again: Option<Duration>,
}

impl Obstacles {
    fn none(&self) -> bool {
        self.waiting.is_empty() && !self.too_few && self.again.is_none()
    }
}

/// Looks for obstacles, and ticks if there are none and it is time. Gives the obstacles otherwise.
fn step(hub: &Mutex<Hub>, subscribers: usize, due: &mut Option<Instant>) -> Option<Obstacles> {
    let mut hub = lock(hub);
    let (holders, waiting) = hub.lock_step();
    let mut obstacles = Obstacles {
        waiting,
        too_few: holders < subscribers,
        cards: Vec::new(),
        again: None,
    };
    for seat in hub.seats() {
        if let Some(again) = seat.hold() {
            obstacles.cards.push(seat.name().to_owned());
            let sooner = obstacles.again.is_none_or(|before| again < before);
            obstacles.again = if sooner { Some(again) } else { obstacles.again };
        }
    }
    if !obstacles.none() {
        return Some(obstacles);
    }
    if !hub.seats().is_empty() {
        let now = Instant::now();
        let at = due.unwrap_or(now);
        if now < at {
            obstacles.again = Some(at - now);
            return Some(obstacles);
        }
        // Too far behind, the time is let go: a held clock loses nothing but pace.
        let from = if now - at > LATE { now } else { at };
        *due = Some(from + TICK);
    }
    hub.tick(monotonic_ns());
    None
}

/// Runs until `stop`. `bell` rings when subscribers come or go, and when a guest has done something that the clock waits for.
pub(super) fn run(
    subscribers: usize,
    patience: Duration,
    hub: &Mutex<Hub>,
    stop: &AtomicBool,
    bell: &Bell,
) {
    let mut due = None;
    let mut warn = Instant::now() + patience;
    while !stop.load(Ordering::Acquire) {
        let Some(obstacles) = step(hub, subscribers, &mut due) else {
            warn = Instant::now() + patience;
            continue;
        };
        let left = warn.saturating_duration_since(Instant::now());
        if left.is_zero() {
            complain(hub, &obstacles);
            warn = Instant::now() + patience;
            continue;
        }
        let timeout = obstacles.again.unwrap_or(LONGEST).min(left);
        match wait(&obstacles.waiting, timeout, bell) {
            Ok(()) | Err(Errno::EINTR) => {}
            Err(errno) => {
                tracing::error!(%errno, "cannot wait for lock-step subscribers");
                return;
            }
        }
    }
}

/// Names those that the clock has waited for too long.
fn complain(hub: &Mutex<Hub>, obstacles: &Obstacles) {
    let stalls = obstacles.waiting.len() + obstacles.cards.len();
    lock(hub).statistics.stalls += stalls as u64;
    for late in &obstacles.waiting {
        tracing::warn!(who = %late.who, "the lock-step clock waits for a subscriber");
    }
    for card in &obstacles.cards {
        tracing::warn!(%card, "the lock-step clock waits for a guest's acknowledgement");
    }
}

/// Waits for any of them or for the bell.
fn wait(waiting: &[Waiting], timeout: Duration, bell: &Bell) -> Result<(), Errno> {
    let mut fds = vec![PollFd::new(bell.as_fd(), PollFlags::POLLIN)];
    fds.extend(
        waiting
            .iter()
            .map(|w| PollFd::new(w.acknowledge.as_fd(), PollFlags::POLLIN)),
    );
    ppoll(&mut fds, Some(TimeSpec::from_duration(timeout)), None)?;
    let rung: Vec<bool> = fds.iter().map(|fd| fd.any().unwrap_or(true)).collect();
    drop(fds);
    if rung.first() == Some(&true) {
        bell.quiet();
    }
    for (late, rung) in waiting.iter().zip(rung.iter().skip(1)) {
        if *rung {
            drain(&late.acknowledge);
        }
    }
    Ok(())
}
