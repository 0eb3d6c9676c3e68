// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wakes a thread that polls.

use nix::sys::eventfd::{EfdFlags, EventFd};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

/// An eventfd of our own.
#[derive(Debug)]
pub(crate) struct Bell(EventFd);

impl Bell {
    /// A silent bell.
    pub(crate) fn new() -> io::Result<Self> {
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        Ok(Bell(EventFd::from_value_and_flags(0, flags)?))
    }

    /// Wakes whoever polls it.
    pub(crate) fn ring(&self) {
        // A counter at its end is a bell that rings already.
        let _ = self.0.write(1);
    }

    /// Ends the ringing.
    pub(crate) fn quiet(&self) {
        // It need not have rung.
        let _ = self.0.read();
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
