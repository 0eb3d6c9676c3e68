// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a worker sleeps on: its spans' wake-ups and its command queue.
//!
//! This is an epoll set of eventfds and not a poll in the ring, because a thread that waits on the ring is woken by every datagram
//! that arrives, and arriving datagrams must not wake a worker. The set is edge-triggered, so that no eventfd has to be read.

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use std::io;
use std::os::fd::AsFd;

#[derive(Debug)]
pub(crate) struct Waiter {
    epoll: Epoll,
}

impl Waiter {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
        })
    }

    pub(crate) fn add(&self, fd: impl AsFd) -> io::Result<()> {
        let event = EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLET, 0);
        Ok(self.epoll.add(fd, event)?)
    }

    pub(crate) fn remove(&self, fd: impl AsFd) {
        // A descriptor that is not in the set needs no removal.
        let _ = self.epoll.delete(fd);
    }

    /// Sleeps until one of them is signalled, or for `milliseconds`.
    pub(crate) fn wait(&self, milliseconds: u16) -> io::Result<()> {
        let mut events = [EpollEvent::empty(); 16];
        match self
            .epoll
            .wait(&mut events, EpollTimeout::from(milliseconds))
        {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }
}
