// SPDX-License-Identifier: MIT OR Apache-2.0
//! The client's end of an emulator's socket.

use crate::error::{Error, Result};
use crate::socket::{Received, receive, send};
use kernel_rust_abi::message::{Header, MAX_FDS};
use nix::errno::Errno;
use nix::sys::socket::sockopt::{ReceiveTimeout, SendTimeout};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, UnixAddr, connect, setsockopt, socket};
use nix::sys::time::{TimeVal, TimeValLike};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// How long a request may take. Twice that if the other side keeps sending answers to something else.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A connection to an emulator; requests are answered in order, one at a time.
#[derive(Debug)]
pub(crate) struct Connection {
    socket: OwnedFd,
    tag: Mutex<u32>,
}

impl Connection {
    /// Connects.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let opened = || -> nix::Result<OwnedFd> {
            let socket = socket(
                AddressFamily::Unix,
                SockType::SeqPacket,
                SockFlag::SOCK_CLOEXEC,
                None,
            )?;
            let timeout = TimeVal::seconds(TIMEOUT.as_secs() as i64);
            setsockopt(&socket, ReceiveTimeout, &timeout)?;
            setsockopt(&socket, SendTimeout, &timeout)?;
            connect(socket.as_raw_fd(), &UnixAddr::new(path)?)?;
            Ok(socket)
        };
        let socket = opened().map_err(|errno| Error::Open {
            path: path.display().to_string(),
            source: errno.into(),
            hint: match errno {
                Errno::ENOENT | Errno::ECONNREFUSED => " (is tdm-emu running with this socket?)",
                Errno::EACCES => " (join the socket's group)",
                _ => "",
            },
        })?;
        Ok(Self {
            socket,
            tag: Mutex::new(0),
        })
    }

    /// Sends a request and waits for its answer: the argument as the server left it, its errno if
    /// it refused, and the descriptors.
    pub(crate) fn request<T>(
        &self,
        kind: u32,
        argument: &T,
        fds: &[BorrowedFd<'_>],
    ) -> Result<Answer<T>, Errno>
    where
        T: FromBytes + IntoBytes + Immutable,
    {
        debug_assert!(
            fds.len() <= MAX_FDS,
            "more descriptors than a message carries"
        );
        let mut last = self
            .tag
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *last = last.wrapping_add(1);
        let tag = *last;
        retry(|| {
            send(
                self.socket.as_fd(),
                Header {
                    kind,
                    tag,
                    status: 0,
                    len: 0,
                },
                argument,
                fds,
            )
        })?;
        let started = Instant::now();
        while started.elapsed() < TIMEOUT {
            let answer = retry(|| receive(self.socket.as_fd()))?.ok_or(Errno::ECONNRESET)?;
            // An answer to a request that timed out earlier is dropped with its descriptors.
            if answer.header.tag == tag && answer.header.kind == kind {
                return Answer::new(answer);
            }
        }
        Err(Errno::ETIMEDOUT)
    }
}

/// What came back.
pub(crate) struct Answer<T> {
    /// The argument.
    pub(crate) argument: T,
    /// Why the server refused, if it did.
    pub(crate) errno: Option<Errno>,
    /// Descriptors.
    pub(crate) fds: Vec<OwnedFd>,
}

impl<T: FromBytes> Answer<T> {
    fn new(message: Received) -> Result<Self, Errno> {
        let argument = message.argument()?;
        let errno = (message.header.status != 0).then(|| Errno::from_raw(message.header.status));
        Ok(Self {
            argument,
            errno,
            fds: message.fds,
        })
    }

    /// The answer, if it is no refusal.
    pub(crate) fn success(self) -> Result<Self, Errno> {
        match self.errno {
            None => Ok(self),
            Some(errno) => Err(errno),
        }
    }
}

fn retry<T>(mut attempt: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match attempt() {
            Err(Errno::EINTR) => {}
            Err(Errno::EAGAIN) => return Err(Errno::ETIMEDOUT),
            other => return other,
        }
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
