// SPDX-License-Identifier: MIT OR Apache-2.0
//! A program in a process of its own that is told what to do by lines and tells what happened by lines.

use nix::sys::signal::Signal;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long a program that was told to end may take before it is killed.
const PATIENCE: Duration = Duration::from_secs(8);

/// One running program. Dropping it ends the process.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Program {
    /// Starts it, with its standard error appended to `log`.
    ///
    /// # Errors
    /// It cannot be started; the message names `package`, which has it.
    pub fn start(mut command: Command, log: &Path, package: &str) -> Result<Program, String> {
        let name = command.get_program().to_string_lossy().into_owned();
        let errors = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .map_err(|error| format!("{}: {error}", log.display()))?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("{name}: {error} ({package})"))?;
        let (to, lines) = channel();
        if let Some(stdout) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if to.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        Ok(Program {
            name,
            input: child.stdin.take(),
            child,
            lines,
            seen: Vec::new(),
        })
    }

    /// Tells it a line.
    ///
    /// # Errors
    /// It has ended.
    pub fn tell(&mut self, line: &str) -> Result<(), String> {
        match &mut self.input {
            Some(input) => writeln!(input, "{line}").map_err(|e| format!("{}: {e}", self.name)),
            None => Err(format!("{}: standard input is closed", self.name)),
        }
    }

    /// Forgets what it has told so far.
    pub fn forget(&mut self) {
        while self.lines.try_recv().is_ok() {}
        self.seen.clear();
    }

    /// Waits for a line that begins with `start`, and takes it and what came before away.
    ///
    /// # Errors
    /// It does not come within `limit`; the message has what came instead.
    pub fn expect(&mut self, start: &str, limit: Duration) -> Result<String, String> {
        let end = Instant::now() + limit;
        self.seen.clear();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if line.starts_with(start) => return Ok(line),
                Ok(line) => self.seen.push(line),
                Err(_) => {
                    return Err(format!(
                        "{} does not say \"{start}\", but {:?}",
                        self.name, self.seen
                    ));
                }
            }
        }
    }

    /// Its end, if it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// It does not end within `limit`; it is killed then.
    pub fn wait(&mut self, limit: Duration) -> Result<ExitStatus, String> {
        let end = Instant::now() + limit;
        while Instant::now() < end {
            if let Some(status) = self.ended() {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        Err(format!("{} does not end within {limit:?}", self.name))
    }

    /// Asks it to end with SIGTERM, and waits.
    ///
    /// # Errors
    /// It does not end; it is killed then.
    pub fn terminate(&mut self) -> Result<ExitStatus, String> {
        self.input = None;
        self.signal(Signal::SIGTERM);
        self.wait(PATIENCE)
    }

    /// Sends it a signal, unless it has ended.
    pub fn signal(&mut self, signal: Signal) {
        if self.ended().is_none() {
            if let Ok(id) = i32::try_from(self.child.id()) {
                let process = nix::unistd::Pid::from_raw(id);
                let _ = nix::sys::signal::kill(process, signal);
            }
        }
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.terminate();
    }
}

/// The value of `key=value` in a line of words.
pub fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.split_whitespace()
        .filter_map(|word| word.split_once('='))
        .find(|(name, _)| *name == key)
        .map(|(_, value)| value)
}
