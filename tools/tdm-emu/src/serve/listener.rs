// SPDX-License-Identifier: MIT OR Apache-2.0
//! The listening socket.

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, UnixAddr, bind, connect, listen, socket,
};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

/// Connections that the system may hold for us.
const BACKLOG: i32 = 64;

/// A listening SOCK_SEQPACKET socket, and its name in the file system, which goes with it.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: UnixListener,
    path: PathBuf,
}

impl Listener {
    /// Listens at `path`, in the place of a socket that nobody serves any more. Only the user (and, with `group`, the group) may
    /// connect.
    pub(crate) fn new(path: &Path, group: bool) -> io::Result<Self> {
        let address = UnixAddr::new(path)?;
        remove_stale(path, &address)?;
        let fd = seqpacket()?;
        bind(fd.as_raw_fd(), &address)?;
        let mode = if group { 0o660 } else { 0o600 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
        listen(&fd, Backlog::new(BACKLOG)?)?;
        // The standard listener's accept works for any kind of Unix socket.
        let socket = UnixListener::from(fd);
        socket.set_nonblocking(true)?;
        Ok(Listener {
            socket,
            path: path.to_owned(),
        })
    }

    /// Where it listens.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The next connection, non-blocking.
    pub(crate) fn accept(&self) -> io::Result<OwnedFd> {
        let (stream, _) = self.socket.accept()?;
        stream.set_nonblocking(true)?;
        Ok(stream.into())
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // Somebody may have removed it already.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A new socket of the kind that spans are served over.
pub(crate) fn seqpacket() -> io::Result<OwnedFd> {
    Ok(socket(
        AddressFamily::Unix,
        SockType::SeqPacket,
        SockFlag::SOCK_CLOEXEC,
        None,
    )?)
}

/// Removes a socket file that refuses connections; refuses itself to take the place of anything else.
fn remove_stale(path: &Path, address: &UnixAddr) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt;
    let Ok(found) = std::fs::symlink_metadata(path) else {
        return Ok(());
    };
    let taken = |what: &str| {
        Err(io::Error::new(
            io::ErrorKind::AddrInUse,
            format!("{}: {what}", path.display()),
        ))
    };
    if !found.file_type().is_socket() {
        return taken("exists and is no socket");
    }
    match connect(seqpacket()?.as_raw_fd(), address) {
        Err(Errno::ECONNREFUSED) => std::fs::remove_file(path),
        _ => taken("somebody serves this socket"),
    }
}
