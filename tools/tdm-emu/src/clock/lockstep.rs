// SPDX-License-Identifier: MIT OR Apache-2.0
//! Line time by consent: nobody is left behind.

use super::{Bell, monotonic_ns};
use crate::serve::{Hub, Waiting, drain, lock};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::os::fd::AsFd;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Runs until `stop`. `bell` rings when subscribers come or go.
pub(super) fn run(
    subscribers: usize,
    patience: Duration,
    hub: &Mutex<Hub>,
    stop: &AtomicBool,
    bell: &Bell,
) {
    while !stop.load(Ordering::Acquire) {
        let waiting = {
            let mut hub = lock(hub);
            let (holders, waiting) = hub.lock_step();
            if holders >= subscribers && waiting.is_empty() {
                hub.tick(monotonic_ns());
                continue;
            }
            waiting
        };
        match wait(&waiting, patience, bell) {
            Ok(true) => {}
            Ok(false) => {
                lock(hub).statistics.stalls += waiting.len() as u64;
                for late in &waiting {
                    tracing::warn!(who = %late.who, "the lock-step clock waits for a subscriber");
                }
            }
            Err(Errno::EINTR) => {}
            Err(errno) => {
                tracing::error!(%errno, "cannot wait for lock-step subscribers");
                return;
            }
        }
    }
}

/// Waits for any of them or for the bell; `false` when patience is at its end.
fn wait(waiting: &[Waiting], patience: Duration, bell: &Bell) -> Result<bool, Errno> {
    let mut fds = vec![PollFd::new(bell.as_fd(), PollFlags::POLLIN)];
    fds.extend(
        waiting
            .iter()
            .map(|w| PollFd::new(w.acknowledge.as_fd(), PollFlags::POLLIN)),
    );
    let timeout = PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX);
    let ready = poll(&mut fds, timeout)? > 0;
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
    Ok(ready)
}
