// SPDX-License-Identifier: MIT OR Apache-2.0
//! Waiting for line time.

use crate::error::{Error, Result};
use crate::shared::{Access, Mapping, size_of_sealed};
use crate::span::{Inner, Transport};
use kernel_rust_abi::message::kind;
use kernel_rust_abi::wake::{Consumed, Subscribe, Unsubscribe, flag};
use kernel_rust_abi::words::Words;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::sync::Arc;
use std::time::Duration;

/// Bytes of the word that tells a lock-step clock how far its subscriber is.
const WORD_BYTES: u64 = 8;

/// What to be woken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wake {
    /// Period in frames; rounded up to a multiple of the tick.
    pub period: u32,
    /// Phase in frames; rounded down to a multiple of the tick.
    pub phase: u32,
    /// Wake at once on an event too.
    pub events: bool,
    /// Hold the line clock until [`Wakeups::consumed`] was told of each wake-up's frames. For tests on emulated and software spans.
    pub lock_step: bool,
}

impl Wake {
    /// Every `period` frames, and on events.
    pub fn every(period: u32) -> Self {
        Self {
            period,
            phase: 0,
            events: true,
            lock_step: false,
        }
    }
}

/// A subscription; ended on drop.
#[derive(Debug)]
pub struct Wakeups {
    inner: Arc<Inner>,
    eventfd: EventFd,
    id: u32,
    period: u32,
    phase: u32,
    lock_step: Option<LockStep>,
}

/// How a lock-step clock is told what was consumed.
#[derive(Debug)]
enum LockStep {
    /// By a word in shared memory and an eventfd.
    Emulated { consumed: Mapping, eventfd: EventFd },
    /// By a request.
    Node,
}

impl Wakeups {
    pub(crate) fn new(inner: Arc<Inner>, wake: Wake) -> Result<Self> {
        let new_eventfd = || {
            EventFd::from_value_and_flags(0, EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)
                .map_err(|errno| Error::system("creating an eventfd", errno))
        };
        let eventfd = new_eventfd()?;
        let mut flags = 0;
        if wake.events {
            flags |= flag::EVENTS;
        }
        if wake.lock_step {
            flags |= flag::LOCK_STEP;
        }
        let mut argument = Subscribe {
            period: wake.period,
            phase: wake.phase,
            flags,
            eventfd: -1,
            id: 0,
            reserved: 0,
        };
        let refused = |errno| Error::refused("subscribing to wake-ups", errno);
        let mut lock_step = None;
        match &inner.transport {
            Transport::Emulated(connection) => {
                let acknowledge = if wake.lock_step {
                    Some(new_eventfd()?)
                } else {
                    None
                };
                let mut fds = vec![eventfd.as_fd()];
                fds.extend(acknowledge.as_ref().map(AsFd::as_fd));
                let answer = connection
                    .request(kind::SUBSCRIBE, &argument, &fds)
                    .and_then(crate::emulated::Answer::success)
                    .map_err(refused)?;
                argument = answer.argument;
                if let Some(acknowledge) = acknowledge {
                    let page = answer.fds.first().ok_or(Error::Layout {
                        what: "regions beside SUBSCRIBE",
                        found: 0,
                        expected: "1",
                    })?;
                    let found = size_of_sealed(page)?;
                    if found < WORD_BYTES {
                        return Err(Error::Layout {
                            what: "lock-step region bytes",
                            found,
                            expected: "at least one word",
                        });
                    }
                    let consumed = Mapping::new(page, 0, WORD_BYTES, Access::ReadWrite)?;
                    lock_step = Some(LockStep::Emulated {
                        consumed,
                        eventfd: acknowledge,
                    });
                }
            }
            Transport::Node(node) => {
                lock_step = wake.lock_step.then_some(LockStep::Node);
                argument.eventfd = eventfd.as_fd().as_raw_fd();
                node.subscribe(&mut argument).map_err(refused)?;
            }
        }
        let tick = inner.facts.tick_frames;
        if argument.period == 0 || u64::from(argument.period) % tick != 0 {
            return Err(Error::Layout {
                what: "granted period",
                found: u64::from(argument.period),
                expected: "a multiple of the tick",
            });
        }
        Ok(Self {
            inner,
            eventfd,
            id: argument.id,
            period: argument.period,
            phase: argument.phase,
            lock_step,
        })
    }

    /// The granted period in frames.
    pub fn period(&self) -> u32 {
        self.period
    }

    /// The granted phase in frames.
    pub fn phase(&self) -> u32 {
        self.phase
    }

    /// Waits for a wake-up. `Ok(false)` when the time is over.
    ///
    /// # Errors
    /// [`Error::Gone`] when the span's other side hung up.
    pub fn wait(&self, timeout: Duration) -> Result<bool> {
        let timeout = PollTimeout::try_from(timeout).unwrap_or(PollTimeout::MAX);
        let transport = match &self.inner.transport {
            Transport::Emulated(connection) => connection.as_fd(),
            Transport::Node(node) => node.as_fd(),
        };
        let mut fds = [
            PollFd::new(self.eventfd.as_fd(), PollFlags::POLLIN),
            PollFd::new(transport, PollFlags::empty()),
        ];
        match poll(&mut fds, timeout) {
            Ok(0) | Err(Errno::EINTR) => Ok(false),
            Ok(_) => {
                if self.take()? {
                    return Ok(true);
                }
                let hung_up = fds[1]
                    .revents()
                    .is_some_and(|seen| seen.intersects(PollFlags::POLLHUP | PollFlags::POLLERR));
                if hung_up { Err(Error::Gone) } else { Ok(false) }
            }
            Err(errno) => Err(Error::system("waiting for a wake-up", errno)),
        }
    }

    /// Takes a pending wake-up without waiting; for callers that poll the descriptor themselves.
    ///
    /// # Errors
    /// If the eventfd cannot be read.
    pub fn take(&self) -> Result<bool> {
        match self.eventfd.read() {
            Ok(_) => Ok(true),
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(false),
            Err(errno) => Err(Error::system("reading a wake-up", errno)),
        }
    }

    /// Tells a lock-step clock that everything below `frame` was consumed. Nothing happens otherwise.
    pub fn consumed(&self, frame: u64) {
        match (&self.lock_step, &self.inner.transport) {
            (Some(LockStep::Emulated { consumed, eventfd }), _) => {
                consumed.store(0, frame);
                consumed.release();
                // A full eventfd counter already wakes the clock.
                let _ = eventfd.write(1);
            }
            (Some(LockStep::Node), Transport::Node(node)) => {
                let mut argument = Consumed {
                    id: self.id,
                    reserved: 0,
                    frame,
                };
                // A span that is gone waits for nobody; `wait` tells.
                let _ = node.consumed(&mut argument);
            }
            (Some(LockStep::Node), Transport::Emulated(_)) | (None, _) => {}
        }
    }
}

impl AsFd for Wakeups {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.eventfd.as_fd()
    }
}

impl Drop for Wakeups {
    fn drop(&mut self) {
        let mut argument = Unsubscribe {
            id: self.id,
            reserved: 0,
        };
        // A span that is gone has ended the subscription already.
        let _ = match &self.inner.transport {
            Transport::Emulated(connection) => connection
                .request(kind::UNSUBSCRIBE, &argument, &[])
                .map(|_| ()),
            Transport::Node(node) => node.unsubscribe(&mut argument),
        };
    }
}
