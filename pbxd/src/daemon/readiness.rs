// SPDX-License-Identifier: MIT OR Apache-2.0
//! One descriptor that can be read when any span or the media plane has something.

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};

/// What became ready.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ready {
    pub(super) trunks: bool,
    pub(super) media: bool,
}

const MEDIA: u64 = 0;
const TRUNKS: u64 = 1;

/// A set of descriptors. Descriptors leave it when they are closed.
#[derive(Debug)]
pub(super) struct Readiness {
    epoll: Epoll,
}

impl Readiness {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
        })
    }

    /// Adds a descriptor of the media plane.
    pub(super) fn add_media(&self, fd: impl AsFd) -> io::Result<()> {
        Ok(self
            .epoll
            .add(fd, EpollEvent::new(EpollFlags::EPOLLIN, MEDIA))?)
    }

    /// Adds a descriptor of a trunk.
    pub(super) fn add_trunk(&self, fd: impl AsFd) -> io::Result<()> {
        Ok(self.epoll.add(
            fd,
            EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLRDHUP, TRUNKS),
        )?)
    }

    /// What is ready now.
    pub(super) fn take(&self) -> io::Result<Ready> {
        let mut events = [EpollEvent::empty(); 64];
        let count = match self.epoll.wait(&mut events, EpollTimeout::ZERO) {
            Err(nix::errno::Errno::EINTR) => 0,
            other => other?,
        };
        let mut ready = Ready::default();
        for event in events.iter().take(count) {
            ready.trunks |= event.data() == TRUNKS;
            ready.media |= event.data() == MEDIA;
        }
        Ok(ready)
    }
}

impl AsRawFd for Readiness {
    fn as_raw_fd(&self) -> RawFd {
        self.epoll.0.as_raw_fd()
    }
}
