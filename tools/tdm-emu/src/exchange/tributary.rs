// SPDX-License-Identifier: MIT OR Apache-2.0
//! A D channel whose layers 2 and 3 run in another program, over a socket.

use super::channel::DataChannel;
use super::lineend::LineEnd;
use crate::clock::Bell;
use crate::config::{Channels, DChannel};
use crate::model::{Burst, FarEnd};
use crate::serve::Listener;
use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{MsgFlags, recv, send};
use std::collections::VecDeque;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tdm::abi::config::LineConfig;

/// Frames that may wait in either direction.
const QUEUE: usize = 256;
/// The longest frame.
const MAX_FRAME: usize = 264;

/// What the line and the thread share.
#[derive(Debug)]
struct Shared {
    /// From the program, for the line.
    outward: Mutex<VecDeque<Vec<u8>>>,
    /// From the line, for the program.
    inward: Mutex<VecDeque<Vec<u8>>>,
    bell: Bell,
}

/// The far end itself.
#[derive(Debug)]
pub(crate) struct Terminal {
    line: LineEnd,
    channel: DataChannel,
    slot: usize,
    /// What each slot sends: what that slot received.
    from: [Option<u8>; 32],
    shared: Arc<Shared>,
}

/// The socket's side, to be run by a thread.
#[derive(Debug)]
pub(crate) struct Tributary {
    listener: Listener,
    shared: Arc<Shared>,
}

fn lock<T>(queue: &Mutex<VecDeque<T>>) -> MutexGuard<'_, VecDeque<T>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tributary {
    /// The far end and the socket of a checked table.
    pub(crate) fn new(table: &DChannel, line: LineConfig, group: bool) -> Result<(Terminal, Self)> {
        let mut from = [None; 32];
        if table.channels == Channels::Loop {
            for (slot, source) in (0..).zip(&mut from) {
                *source = Some(slot);
            }
        }
        for [one, other] in &table.connect {
            for (to, source) in [(*one, *other), (*other, *one)] {
                if let Some(place) = from.get_mut(usize::from(to)) {
                    *place = Some(source);
                }
            }
        }
        let shared = Arc::new(Shared {
            outward: Mutex::default(),
            inward: Mutex::default(),
            bell: Bell::new()?,
        });
        let listener = Listener::new(&table.socket, group)
            .with_context(|| format!("the D-channel socket {}", table.socket.display()))?;
        let terminal = Terminal {
            line: LineEnd::new(line),
            channel: DataChannel::new(),
            slot: usize::from(table.slot),
            from,
            shared: shared.clone(),
        };
        Ok((terminal, Tributary { listener, shared }))
    }

    /// Wakes the thread.
    pub(crate) fn waker(&self) -> impl Fn() + Send + use<> {
        let shared = self.shared.clone();
        move || shared.bell.ring()
    }

    /// Serves one program after the other until `stop`.
    pub(crate) fn run(&self, stop: &AtomicBool) {
        let mut program: Option<OwnedFd> = None;
        while !stop.load(Ordering::Acquire) {
            if let Err(errno) = self.wait(program.as_ref()) {
                if errno == Errno::EINTR {
                    continue;
                }
                tracing::error!(%errno, "cannot wait on a D-channel socket");
                return;
            }
            self.shared.bell.quiet();
            program = match program {
                None => self.accept(),
                Some(socket) if self.serve(&socket) => Some(socket),
                Some(_) => {
                    tracing::info!(socket = %self.listener.path().display(), "D-channel program is gone");
                    None
                }
            };
        }
    }

    fn wait(&self, program: Option<&OwnedFd>) -> Result<(), Errno> {
        let other = program.map_or(self.listener.as_fd(), AsFd::as_fd);
        let mut fds = [
            PollFd::new(self.shared.bell.as_fd(), PollFlags::POLLIN),
            PollFd::new(other, PollFlags::POLLIN),
        ];
        poll(&mut fds, PollTimeout::NONE).map(|_| ())
    }

    fn accept(&self) -> Option<OwnedFd> {
        let socket = self.listener.accept().ok()?;
        // What was on the line before belongs to nobody.
        lock(&self.shared.inward).clear();
        lock(&self.shared.outward).clear();
        Some(socket)
    }

    /// Moves frames both ways; `false` when the program is gone.
    fn serve(&self, socket: &OwnedFd) -> bool {
        while let Some(frame) = lock(&self.shared.inward).pop_front() {
            match send(
                socket.as_raw_fd(),
                &frame,
                MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT,
            ) {
                // A program that does not read loses frames, as on a line.
                Ok(_) | Err(Errno::EAGAIN | Errno::EINTR) => {}
                Err(_) => return false,
            }
        }
        let mut buffer = [0; MAX_FRAME + 1];
        loop {
            match recv(socket.as_raw_fd(), &mut buffer, MsgFlags::MSG_DONTWAIT) {
                Ok(0) => return false,
                Ok(length) => {
                    let frame = buffer
                        .get(..length)
                        .filter(|frame| (3..=MAX_FRAME).contains(&frame.len()));
                    let mut queue = lock(&self.shared.outward);
                    match frame {
                        Some(frame) if queue.len() < QUEUE => queue.push_back(frame.to_vec()),
                        _ => tracing::warn!(length, "a D-channel frame of the program is dropped"),
                    }
                }
                Err(Errno::EAGAIN) => return true,
                Err(Errno::EINTR) => {}
                Err(_) => return false,
            }
        }
    }
}

impl FarEnd for Terminal {
    fn tick(&mut self, now: Duration, from_span: &Burst) -> Burst {
        let up = self.line.receive(now, from_span);
        if up {
            let mut queue = lock(&self.shared.inward);
            let before = queue.len();
            self.channel
                .receive(from_span.row(self.slot).to_ne_bytes(), |frame| {
                    if queue.len() < QUEUE {
                        queue.push_back(frame.to_vec());
                    }
                });
            if queue.len() > before {
                self.shared.bell.ring();
            }
        } else {
            self.channel.resync();
        }
        for frame in lock(&self.shared.outward).drain(..) {
            self.channel.send(frame);
        }
        let mut burst = self.line.idle_burst();
        for (slot, source) in self.from.iter().enumerate() {
            if let Some(source) = source {
                burst.set_row(slot, from_span.row(usize::from(*source)));
            }
        }
        burst.set_row(self.slot, u64::from_ne_bytes(self.channel.transmit()));
        burst
    }
}
