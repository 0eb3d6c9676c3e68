// SPDX-License-Identifier: MIT OR Apache-2.0
//! When the demo itself is interrupted: the programs that it started end, and its folder is removed.

use crate::process::Process;
use anyhow::{Context, Result};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::unistd::Pid;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Added to a signal's number, as shells do for a program that a signal ended.
const SIGNALLED: i32 = 128;

/// What is to be ended and removed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Children(Arc<Mutex<Left>>);

#[derive(Debug, Default)]
struct Left {
    processes: Vec<Pid>,
    folder: Option<PathBuf>,
}

impl Children {
    /// Waits for signals from now on, on a thread of its own. To be called before any other thread starts.
    pub(crate) fn watch() -> Result<Self> {
        let mut signals = SigSet::empty();
        for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
            signals.add(signal);
        }
        signals.thread_block().context("blocking signals")?;
        let children = Self::default();
        let left = children.clone();
        std::thread::spawn(move || {
            if let Ok(signal) = signals.wait() {
                left.end();
                std::process::exit(SIGNALLED + signal as i32);
            }
        });
        Ok(children)
    }

    /// A process to end.
    pub(crate) fn add(&self, process: &Process) {
        if let Ok(id) = i32::try_from(process.id()) {
            self.lock().processes.push(Pid::from_raw(id));
        }
    }

    /// A folder to remove.
    pub(crate) fn remove(&self, folder: &Path) {
        self.lock().folder = Some(folder.to_owned());
    }

    /// The folder stays.
    pub(crate) fn keep(&self) {
        self.lock().folder = None;
    }

    /// The processes have ended: their numbers may belong to others soon.
    pub(crate) fn forget(&self) {
        self.lock().processes.clear();
    }

    fn end(&self) {
        let left = self.lock();
        for process in &left.processes {
            // It may have got the same signal from the terminal.
            let _ = kill(*process, Signal::SIGKILL);
        }
        if let Some(folder) = &left.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Left> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
