// SPDX-License-Identifier: MIT OR Apache-2.0
//! A listening stream socket whose clients are served one after the other by a thread that can be ended at any time.

use crate::clock::Bell;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io;
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The listening socket, and its name in the file system, which goes with it.
#[derive(Debug)]
pub(crate) struct Door {
    listener: UnixListener,
    path: PathBuf,
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

impl Door {
    /// Listens at `path`, in the place of a socket that nobody serves any more. Only the user (and, with `group`, the group) may
    /// connect.
    pub(crate) fn new(path: &Path, group: bool) -> io::Result<Self> {
        remove_stale(path)?;
        let listener = UnixListener::bind(path)?;
        let mode = if group { 0o660 } else { 0o600 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
        listener.set_nonblocking(true)?;
        let waker = Arc::new(Waker {
            bell: Bell::new()?,
            client: Mutex::new(None),
        });
        Ok(Door {
            listener,
            path: path.to_owned(),
            waker,
        })
    }

    /// What ends it.
    pub(crate) fn waker(&self) -> Arc<Waker> {
        self.waker.clone()
    }

    /// Serves clients until `stop`; `serve` returns when its client is done with.
    pub(crate) fn run(&self, stop: &AtomicBool, mut serve: impl FnMut(&UnixStream)) {
        while !stop.load(Ordering::Acquire) {
            let client = match self.accept() {
                Ok(Some(client)) => client,
                Ok(None) => continue,
                Err(error) => {
                    let path = self.path.display();
                    tracing::error!(%path, %error, "cannot accept clients");
                    return;
                }
            };
            match client.try_clone() {
                Ok(other) => *self.waker.client() = Some(other),
                Err(error) => {
                    tracing::error!(%error, "no descriptor is left for a client");
                    continue;
                }
            }
            // The flag is set before the bell rings: whoever missed the descriptor above sees the flag here.
            if !stop.load(Ordering::Acquire) {
                serve(&client);
            }
            *self.waker.client() = None;
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
}

impl Drop for Door {
    fn drop(&mut self) {
        // Somebody else may have taken it away.
        let _ = std::fs::remove_file(&self.path);
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
