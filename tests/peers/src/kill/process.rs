// SPDX-License-Identifier: MIT OR Apache-2.0
//! A child process that is killed, asked to end, or cleaned up.

use super::Outcome;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::OpenOptions;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// One process. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
}

impl Process {
    /// Starts a program; what it says on standard error is appended to `log`.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Outcome<Self> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .map_err(|error| format!("{}: {error}", log.display()))?;
        let child = command
            .stderr(file)
            .spawn()
            .map_err(|error| format!("{name}: {error}"))?;
        Ok(Self {
            name: name.to_owned(),
            child,
        })
    }

    /// Starts a program without standard input and output.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn daemon(name: &str, command: &mut Command, log: &Path) -> Outcome<Self> {
        Self::start(
            name,
            command.stdin(Stdio::null()).stdout(Stdio::null()),
            log,
        )
    }

    /// The child, for its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// kill -9, and waits until it is gone.
    ///
    /// # Errors
    /// It had ended before.
    pub fn kill(&mut self) -> Outcome {
        if let Ok(Some(status)) = self.child.try_wait() {
            return Err(format!("{} had ended by itself: {status}", self.name));
        }
        self.child
            .kill()
            .and_then(|()| self.child.wait())
            .map(|_| ())
            .map_err(|error| format!("{}: {error}", self.name))
    }

    /// SIGTERM, and how it ended.
    ///
    /// # Errors
    /// It does not end within the limit.
    pub fn terminate(&mut self, limit: Duration) -> Outcome<ExitStatus> {
        let pid = i32::try_from(self.child.id()).map_err(|error| error.to_string())?;
        kill(Pid::from_raw(pid), Signal::SIGTERM)
            .map_err(|error| format!("{}: {error}", self.name))?;
        let began = Instant::now();
        while began.elapsed() < limit {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(10));
        }
        Err(format!(
            "{} did not end within {limit:?} of SIGTERM",
            self.name
        ))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
