// SPDX-License-Identifier: MIT OR Apache-2.0
//! Subscribers: who is signalled when, and whom the lock-step clock waits for.

use super::super::model::{Owner, TICK};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl, readlink};
use nix::unistd::{read, write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::Arc;
use tdm::abi::wake::{due, flag};
use tdm::abi::words::Words;
use tdm::serve::Region;

/// The longest period: a ring's length less a tick would be too late already for a reader.
const MAX_PERIOD: u32 = 4096 - 8;

/// One subscription.
#[derive(Debug)]
pub(crate) struct Subscriber {
    pub(crate) id: u32,
    pub(crate) owner: Owner,
    pub(crate) span: usize,
    period: u32,
    phase: u32,
    events: bool,
    eventfd: OwnedFd,
    lock_step: Option<LockStep>,
}

/// What holds the clock.
#[derive(Debug)]
struct LockStep {
    word: Region,
    acknowledge: Arc<OwnedFd>,
    /// The position that must be consumed before the next tick.
    required: u64,
}

/// A lock-step subscriber that the clock waits for.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    /// Its acknowledging eventfd.
    pub(crate) acknowledge: Arc<OwnedFd>,
    /// Who it is, for a warning.
    pub(crate) who: String,
}

/// The period and phase that are granted: multiples of the tick.
pub(crate) fn grant(period: u32, phase: u32) -> (u32, u32) {
    let tick = TICK as u32;
    let period = period
        .clamp(tick, MAX_PERIOD)
        .next_multiple_of(tick)
        .min(MAX_PERIOD);
    (period, (phase % period) / tick * tick)
}

impl Subscriber {
    /// Checks the descriptors that came with a request. In lock-step `word` is the region that the client stores its position in.
    pub(crate) fn new(
        id: u32,
        owner: Owner,
        span: usize,
        (period, phase, flags): (u32, u32, u32),
        fds: Vec<OwnedFd>,
        word: Option<Region>,
    ) -> Result<Self, Errno> {
        let mut fds = fds.into_iter();
        let eventfd = checked(fds.next())?;
        let lock_step = match word {
            Some(word) => {
                let acknowledge = Arc::new(checked(fds.next())?);
                Some(LockStep {
                    word,
                    acknowledge,
                    required: 0,
                })
            }
            None => None,
        };
        if fds.next().is_some() {
            return Err(Errno::EINVAL);
        }
        let events = flags & flag::EVENTS != 0;
        Ok(Subscriber {
            id,
            owner,
            span,
            period,
            phase,
            events,
            eventfd,
            lock_step,
        })
    }

    /// The page of a lock-step subscription.
    pub(crate) fn word(&self) -> Option<&Region> {
        self.lock_step.as_ref().map(|lock| &lock.word)
    }

    /// Whether it holds the clock at all.
    pub(crate) fn is_lock_step(&self) -> bool {
        self.lock_step.is_some()
    }

    /// After its span moved from `before` to `after`: signals if it is due. `false` if the signal was lost.
    pub(crate) fn tick(&mut self, before: u64, after: u64, news: bool) -> bool {
        let due = due(before, after, u64::from(self.period), u64::from(self.phase));
        if !(due || news && self.events) {
            return true;
        }
        if due {
            if let Some(lock) = &mut self.lock_step {
                lock.required = after;
            }
        }
        self.signal()
    }

    /// Signals. The descriptor was set not to block; a full counter means that the client has wake-ups to read anyway.
    pub(crate) fn signal(&self) -> bool {
        !matches!(write(&self.eventfd, &1u64.to_ne_bytes()), Err(error) if error != Errno::EAGAIN)
    }

    /// Whether events wake it.
    pub(crate) fn wants_events(&self) -> bool {
        self.events
    }

    /// Whether the clock must wait for it, and by what to wait.
    pub(crate) fn waiting(&self) -> Option<Arc<OwnedFd>> {
        let lock = self.lock_step.as_ref()?;
        lock.word.acquire();
        if lock.word.load(0) >= lock.required {
            return None;
        }
        Some(lock.acknowledge.clone())
    }
}

/// Empties an acknowledging eventfd.
pub(crate) fn drain(acknowledge: &OwnedFd) {
    let mut count = [0; 8];
    // Nothing to read is fine: the position in the word is what counts.
    let _ = read(acknowledge, &mut count);
}

/// An eventfd that does not block, or EINVAL: a client could hand us anything, and a write to a full pipe would stop every
/// line.
fn checked(fd: Option<OwnedFd>) -> Result<OwnedFd, Errno> {
    let fd = fd.ok_or(Errno::EINVAL)?;
    let name = readlink(format!("/proc/self/fd/{}", fd.as_raw_fd()).as_str())?;
    if !name.to_string_lossy().contains("[eventfd]") {
        return Err(Errno::EINVAL);
    }
    let flags = OFlag::from_bits_retain(fcntl(fd.as_fd(), FcntlArg::F_GETFL)?);
    if !flags.contains(OFlag::O_NONBLOCK) {
        fcntl(fd.as_fd(), FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    }
    Ok(fd)
}
