// SPDX-License-Identifier: MIT OR Apache-2.0
//! The socket of a card: one client at a time, one message after the other, one write a reply.

use super::seat::Seat;
use super::session::{Stream, handle};
use super::wire::MAX_MESSAGE;
use crate::clock::Bell;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::collections::VecDeque;
use std::io::{self, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Descriptors that may wait for the rest of their message.
const MAX_WAITING: usize = 16;

/// What a client's stream ends with.
#[derive(Debug, thiserror::Error)]
enum Ended {
    /// It closed the connection.
    #[error("the client is gone")]
    Gone,
    /// What it sent cannot be followed.
    #[error(transparent)]
    Wire(#[from] super::wire::WireError),
    /// Descriptors without messages.
    #[error("descriptors that belong to no message")]
    Descriptors,
    /// The system.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// A listening socket and the card behind it.
#[derive(Debug)]
pub(crate) struct Server {
    listener: UnixListener,
    path: PathBuf,
    seat: Arc<Seat>,
    waker: Arc<Waker>,
}

/// Ends a server that waits.
#[derive(Debug)]
pub(crate) struct Waker {
    bell: Bell,
    client: Mutex<Option<UnixStream>>,
}

impl Waker {
    fn client(&self) -> MutexGuard<'_, Option<UnixStream>> {
        // Whoever panicked with it has said so; the descriptor is as good as it was.
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes it; it then looks at its stop flag.
    pub(crate) fn wake(&self) {
        self.bell.ring();
        if let Some(client) = &*self.client() {
            // A client that is gone already is what is wanted.
            let _ = client.shutdown(Shutdown::Both);
        }
    }
}

impl Server {
    /// Listens at `path`, in the place of a socket that nobody serves any more. Only the user (and, with `group`, the group) may
    /// connect.
    pub(crate) fn new(path: &Path, group: bool, seat: Arc<Seat>) -> io::Result<Self> {
        remove_stale(path)?;
        let listener = UnixListener::bind(path)?;
        let mode = if group { 0o660 } else { 0o600 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
        listener.set_nonblocking(true)?;
        let waker = Arc::new(Waker {
            bell: Bell::new()?,
            client: Mutex::new(None),
        });
        Ok(Server {
            listener,
            path: path.to_owned(),
            seat,
            waker,
        })
    }

    /// What ends it.
    pub(crate) fn waker(&self) -> Arc<Waker> {
        self.waker.clone()
    }

    /// Serves clients, one after the other, until `stop`.
    pub(crate) fn run(&self, stop: &AtomicBool) {
        let card = self.seat.name().to_owned();
        while !stop.load(Ordering::Acquire) {
            match self.accept() {
                Ok(Some(client)) => {
                    tracing::info!(card, "a client has connected");
                    let ended = self.serve(client, stop);
                    self.seat.leave();
                    match ended {
                        Ended::Gone => tracing::info!(card, "the client is gone"),
                        other => tracing::warn!(card, error = %other, "the client was dropped"),
                    }
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(card, %error, "cannot accept clients");
                    return;
                }
            }
        }
    }

    /// Waits for a client or the bell.
    fn accept(&self) -> io::Result<Option<UnixStream>> {
        let mut fds = [
            PollFd::new(self.listener.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.waker.bell.as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut fds, PollTimeout::NONE) {
            Ok(_) => {}
            Err(Errno::EINTR) => return Ok(None),
            Err(errno) => return Err(errno.into()),
        }
        match self.listener.accept() {
            Ok((client, _)) => {
                client.set_nonblocking(false)?;
                Ok(Some(client))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) if error.raw_os_error() == Some(Errno::ECONNABORTED as i32) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn serve(&self, client: UnixStream, stop: &AtomicBool) -> Ended {
        match client.try_clone() {
            Ok(other) => *self.waker.client() = Some(other),
            Err(error) => return error.into(),
        }
        // The flag is set before the bell rings: whoever missed the descriptor above sees the flag here.
        let ended = if stop.load(Ordering::Acquire) {
            Ended::Gone
        } else {
            match converse(&client, &self.seat) {
                Ok(never) => match never {},
                Err(ended) => ended,
            }
        };
        *self.waker.client() = None;
        ended
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Somebody else may have taken it away.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Takes messages and answers them until the end.
fn converse(mut client: &UnixStream, seat: &Seat) -> Result<std::convert::Infallible, Ended> {
    let mut octets = [0; MAX_MESSAGE];
    let mut stream = Stream::default();
    let (mut received, mut handled) = (0_u64, 0_u64);
    // Descriptors, each with the place in the stream that its message covers.
    let mut waiting: VecDeque<(u64, Vec<OwnedFd>)> = VecDeque::new();
    loop {
        let (count, descriptors) = match tdm::serve::receive_stream(client.as_fd(), &mut octets) {
            Ok((0, _)) => return Err(Ended::Gone),
            Ok(received) => received,
            Err(Errno::EINTR) => continue,
            Err(Errno::ECONNRESET) => return Err(Ended::Gone),
            Err(errno) => return Err(io::Error::from(errno).into()),
        };
        received += count as u64;
        if !descriptors.is_empty() {
            if waiting.len() >= MAX_WAITING {
                return Err(Ended::Descriptors);
            }
            waiting.push_back((received, descriptors));
        }
        stream.push(octets.get(..count).unwrap_or_default());
        while let Some((header, body)) = stream.next()? {
            handled += header.size as u64;
            let mut files = Vec::new();
            while waiting.front().is_some_and(|(place, _)| *place <= handled) {
                files.extend(waiting.pop_front().into_iter().flat_map(|(_, fds)| fds));
            }
            let mut device = seat;
            if let Some(reply) = handle(&header, body, files, &mut device) {
                match client.write_all(&reply) {
                    Ok(()) => {}
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                        return Err(Ended::Gone);
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
}

/// Removes a socket that nobody serves.
fn remove_stale(path: &Path) -> io::Result<()> {
    let Ok(found) = std::fs::symlink_metadata(path) else {
        return Ok(());
    };
    let taken = |what: &str| {
        let message = format!("{}: {what}", path.display());
        Err(io::Error::new(io::ErrorKind::AddrInUse, message))
    };
    if !found.file_type().is_socket() {
        return taken("exists and is no socket");
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path)
        }
        _ => taken("somebody serves this socket"),
    }
}
