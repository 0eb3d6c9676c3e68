// SPDX-License-Identifier: MIT OR Apache-2.0
//! The other end: the memory and the messages of an emulated span, for a program that serves one.

use crate::error::Result;
use crate::shared::{Access, Mapping, Seal, create, seal};
use crate::socket;
use kernel_rust_abi::message::Header;
use kernel_rust_abi::words::Words;
use nix::errno::Errno;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// A memory file that this process writes and others may only map read-only, or that others write and this process reads.
/// Its size is sealed, so that nobody can make an access fault.
#[derive(Debug)]
pub struct Region {
    mapping: Mapping,
    fd: OwnedFd,
}

/// Who writes a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// Only this process: status, receive and sent regions.
    Server,
    /// The process that gets the descriptor, and this one: transmit regions and lock-step words.
    Client,
}

impl Region {
    /// A zeroed region of `bytes` bytes; the name shows in /proc.
    ///
    /// # Errors
    /// If the system refuses the memory.
    pub fn new(name: &str, bytes: u64, writer: Writer) -> Result<Self> {
        let fd = create(name, bytes)?;
        let mapping = Mapping::new(&fd, 0, bytes, Access::ReadWrite)?;
        seal(
            &fd,
            if writer == Writer::Server {
                Seal::FutureWrite
            } else {
                Seal::SizeOnly
            },
        )?;
        Ok(Self { mapping, fd })
    }

    /// Its size in bytes.
    pub fn bytes(&self) -> u64 {
        self.mapping.bytes() as u64
    }
}

impl AsFd for Region {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Words for Region {
    #[inline]
    fn load(&self, word: usize) -> u64 {
        self.mapping.load(word)
    }
    #[inline]
    fn store(&self, word: usize, value: u64) {
        self.mapping.store(word, value);
    }
    #[inline]
    fn acquire(&self) {
        self.mapping.acquire();
    }
    #[inline]
    fn release(&self) {
        self.mapping.release();
    }
    #[inline]
    fn full(&self) {
        self.mapping.full();
    }
}

/// Receives octets of a stream socket and the descriptors beside them, for servers of other protocols than this one. The
/// descriptors belong to the message that the last octet is of. 0 octets when the client is gone.
///
/// # Errors
/// The errno of the socket; EPROTO for too many descriptors, which are closed.
pub fn receive_stream(
    socket: BorrowedFd<'_>,
    octets: &mut [u8],
) -> Result<(usize, Vec<OwnedFd>), Errno> {
    socket::receive_stream(socket, octets)
}

/// A request as it came over a socket.
#[derive(Debug)]
pub struct Request {
    message: socket::Received,
}

impl Request {
    /// Receives one. `Ok(None)` when the client is gone; EPROTO for what is no message at all.
    ///
    /// # Errors
    /// The errno of the socket.
    pub fn receive(socket: BorrowedFd<'_>) -> Result<Option<Self>, Errno> {
        Ok(socket::receive(socket)?.map(|message| Self { message }))
    }

    /// One of [`kernel_rust_abi::message::kind`], or anything else that a client may send.
    pub fn kind(&self) -> u32 {
        self.message.header.kind
    }

    /// The argument.
    ///
    /// # Errors
    /// EPROTO if its size is another one.
    pub fn argument<T: FromBytes>(&self) -> Result<T, Errno> {
        self.message.argument()
    }

    /// Takes the descriptors beside the request.
    pub fn take_fds(&mut self) -> Vec<OwnedFd> {
        std::mem::take(&mut self.message.fds)
    }

    /// Answers with an argument, an errno (or none) and descriptors.
    ///
    /// # Errors
    /// The errno of the socket; EAGAIN if it is non-blocking and the client does not read.
    pub fn answer<T: IntoBytes + Immutable + ?Sized>(
        &self,
        socket: BorrowedFd<'_>,
        errno: Option<Errno>,
        argument: &T,
        fds: &[BorrowedFd<'_>],
    ) -> Result<(), Errno> {
        let Header { kind, tag, .. } = self.message.header;
        let status = errno.map_or(0, |errno| errno as i32);
        socket::send(
            socket,
            Header {
                kind,
                tag,
                status,
                len: 0,
            },
            argument,
            fds,
        )
    }
}
