// SPDX-License-Identifier: MIT OR Apache-2.0
//! A span server as small as can be, for tests: one span whose line time passes when the test says so.
//!
//! It follows `docs/abi.md` and nothing more; the emulator is in `tools/tdm-emu`.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test binary uses its own part; a failure here is the test's failure"
)]

mod session;
mod state;

use nix::sys::socket::{
    AddressFamily, Backlog, Shutdown, SockFlag, SockType, UnixAddr, accept, bind, listen, shutdown,
    socket,
};
use state::State;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use tdm::SpanAddress;
use tdm::abi::config::LineConfig;
use tdm::abi::event::Event;
use tempfile::TempDir;

/// A SOCK_SEQPACKET socket that listens at this path.
pub(crate) fn listener(path: &Path) -> OwnedFd {
    let fd = socket(
        AddressFamily::Unix,
        SockType::SeqPacket,
        SockFlag::SOCK_CLOEXEC,
        None,
    )
    .unwrap();
    bind(fd.as_raw_fd(), &UnixAddr::new(path).unwrap()).unwrap();
    listen(&fd, Backlog::new(16).unwrap()).unwrap();
    fd
}

/// The next connection.
pub(crate) fn accept_on(listener: &OwnedFd) -> Option<OwnedFd> {
    let fd = accept(listener.as_raw_fd()).ok()?;
    // SAFETY: accept just returned it, and nobody else knows its number.
    Some(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// A server with one span named `a`, an E1 with common channel signalling.
pub(crate) struct Server {
    directory: TempDir,
    state: Arc<Mutex<State>>,
}

impl Server {
    /// Starts it; it ends with the process.
    pub(crate) fn new() -> Self {
        Self::with_config(LineConfig::E1_CCS_CRC4)
    }

    /// Starts it with this configuration in force.
    pub(crate) fn with_config(config: LineConfig) -> Self {
        let directory = TempDir::new().unwrap();
        let state = Arc::new(Mutex::new(State::new(config)));
        let listener = listener(&directory.path().join("sock"));
        let shared = state.clone();
        std::thread::spawn(move || {
            while let Some(connection) = accept_on(&listener) {
                let state = shared.clone();
                let copy = connection.try_clone().unwrap();
                state.lock().unwrap().connections.push(copy);
                std::thread::spawn(move || session::serve(&connection, &state));
            }
        });
        Self { directory, state }
    }

    /// The socket's path.
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.path().join("sock")
    }

    /// The span's address.
    pub(crate) fn address(&self) -> SpanAddress {
        format!("unix:{}#a", self.socket().display())
            .parse()
            .unwrap()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Lets one tick of line time (8 frames) pass; `line(slot, frame)` is what each slot receives. Waits for lock-step subscribers.
    pub(crate) fn tick(&self, line: impl Fn(u8, u64) -> u8) {
        let waiting = self.state().tick(line);
        for subscriber in waiting {
            subscriber.wait();
        }
    }

    /// Lets this many frames of line time pass.
    pub(crate) fn run(&self, frames: u64, line: impl Fn(u8, u64) -> u8) {
        for _ in 0..frames / 8 {
            self.tick(&line);
        }
    }

    /// The positions.
    pub(crate) fn rx_frame(&self) -> u64 {
        self.state().positions.rx_frame
    }

    /// Publishes an event and wakes those who asked for it.
    pub(crate) fn event(&self, event: &Event) {
        self.state().event(event);
    }

    /// Hangs up on every client, as a server that dies.
    pub(crate) fn hang_up(&self) {
        for connection in self.state().connections.drain(..) {
            shutdown(connection.as_raw_fd(), Shutdown::Both).unwrap();
        }
    }

    /// How many subscribers there are.
    pub(crate) fn subscribers(&self) -> usize {
        self.state().subscribers.len()
    }
}
