// SPDX-License-Identifier: MIT OR Apache-2.0
//! A program of ours in a process of its own, with its log in a file. It is killed on drop.

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Lines of a log that are shown when something fails.
const TAIL: usize = 25;

/// The running program.
#[derive(Debug)]
pub(crate) struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program that stands beside the demo's own.
    pub(crate) fn start(name: &'static str, arguments: &[&Path], folder: &Path) -> Result<Self> {
        let own = std::env::current_exe().context("where the demo stands")?;
        let program = own.with_file_name(name);
        let log = folder.join(format!("{name}.log"));
        let output =
            File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = Command::new(&program);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        let child = command.spawn().with_context(|| {
            format!(
                "cannot start {}; `cargo xtask demo` builds it",
                program.display()
            )
        })?;
        Ok(Self { name, child, log })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Fails with the end of its log if it does not run any more.
    pub(crate) fn check(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            anyhow::bail!("{} has ended: {status}\n{}", self.name, self.tail());
        }
        Ok(())
    }

    /// The end of its log.
    pub(crate) fn tail(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let last = lines
            .get(lines.len().saturating_sub(TAIL)..)
            .unwrap_or_default();
        format!("the end of {}:\n{}", self.log.display(), last.join("\n"))
    }

    /// What its threads have had of the processors.
    pub(crate) fn cpu(&self) -> Result<Cpu> {
        Cpu::of(&self.id().to_string())
    }

    /// Asks it to end, and waits; fails if it does not end well.
    pub(crate) fn end(&mut self, within: Duration) -> Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.id())?);
        kill(pid, Signal::SIGTERM).with_context(|| format!("ending {}", self.name))?;
        let deadline = Instant::now() + within;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                anyhow::ensure!(
                    status.success(),
                    "{} ended badly: {status}\n{}",
                    self.name,
                    self.tail()
                );
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        anyhow::bail!(
            "{} does not end within {within:?}\n{}",
            self.name,
            self.tail()
        )
    }
}

/// What the threads of a process have had of the processors. A thread that has ended counts no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cpu {
    /// Time that they ran.
    pub(crate) ran: Duration,
    /// Time that they were ready to run and had to wait for a processor.
    pub(crate) waited: Duration,
}

impl Cpu {
    /// That of the demo itself.
    pub(crate) fn own() -> Result<Self> {
        Self::of("self")
    }

    fn of(process: &str) -> Result<Self> {
        let mut sum = Self::default();
        let tasks = format!("/proc/{process}/task");
        for task in std::fs::read_dir(&tasks).with_context(|| tasks.clone())? {
            // A thread that has just ended has no figures any more.
            let Ok(text) = std::fs::read_to_string(task?.path().join("schedstat")) else {
                continue;
            };
            let mut figures = text
                .split_whitespace()
                .map(|figure| figure.parse().unwrap_or(0));
            sum.ran += Duration::from_nanos(figures.next().unwrap_or(0));
            sum.waited += Duration::from_nanos(figures.next().unwrap_or(0));
        }
        Ok(sum)
    }

    /// Since an earlier look.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            ran: self.ran.saturating_sub(earlier.ran),
            waited: self.waited.saturating_sub(earlier.waited),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
