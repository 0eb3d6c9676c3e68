// SPDX-License-Identifier: MIT OR Apache-2.0
//! An orderly end on SIGINT and SIGTERM.

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use std::io;

/// Turns SIGINT and SIGTERM into a question that a loop asks now and then, so that files are finished before the end.
#[derive(Debug)]
pub struct Stop(SignalFd);

impl Stop {
    /// Takes the two signals over. To be called before other threads start, since each has its own mask.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn on_signals() -> io::Result<Self> {
        let mut mask = SigSet::empty();
        mask.add(Signal::SIGINT);
        mask.add(Signal::SIGTERM);
        mask.thread_block()?;
        Ok(Self(SignalFd::with_flags(
            &mask,
            SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC,
        )?))
    }

    /// Whether one of them has come since the last call.
    pub fn requested(&self) -> bool {
        matches!(self.0.read_signal(), Ok(Some(_)))
    }
}
