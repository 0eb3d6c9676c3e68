// SPDX-License-Identifier: MIT OR Apache-2.0
//! One message and its descriptors over a Unix SOCK_SEQPACKET socket.

use kernel_rust_abi::message::{Header, MAX_BYTES, MAX_FDS};
use nix::errno::Errno;
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, UnixAddr, recvmsg, sendmsg};
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// A message as received.
#[derive(Debug)]
pub(crate) struct Received {
    /// Its header.
    pub(crate) header: Header,
    /// The bytes behind the header.
    body: [u8; MAX_BYTES],
    /// The descriptors beside it.
    pub(crate) fds: Vec<OwnedFd>,
}

impl Received {
    /// The argument, or EPROTO if its size is another one.
    pub(crate) fn argument<T: FromBytes>(&self) -> Result<T, Errno> {
        let length = usize::try_from(self.header.len).unwrap_or(usize::MAX);
        let bytes = self.body.get(..length).ok_or(Errno::EPROTO)?;
        T::read_from_bytes(bytes).map_err(|_| Errno::EPROTO)
    }
}

/// Sends a message with its argument and descriptors.
pub(crate) fn send<T: IntoBytes + Immutable + ?Sized>(
    socket: BorrowedFd<'_>,
    mut header: Header,
    argument: &T,
    fds: &[BorrowedFd<'_>],
) -> Result<(), Errno> {
    let body = argument.as_bytes();
    header.len = u32::try_from(body.len()).map_err(|_| Errno::EMSGSIZE)?;
    let raw: Vec<RawFd> = fds.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&raw)];
    let control: &[ControlMessage<'_>] = if raw.is_empty() { &[] } else { &rights };
    let parts = [IoSlice::new(header.as_bytes()), IoSlice::new(body)];
    sendmsg::<UnixAddr>(
        socket.as_raw_fd(),
        &parts,
        control,
        MsgFlags::MSG_NOSIGNAL,
        None,
    )
    .map(|_| ())
}

/// Receives a message. `Ok(None)` when the other side has closed. EPROTO for one that is cut, oversized, or has no header; its
/// descriptors are closed.
pub(crate) fn receive(socket: BorrowedFd<'_>) -> Result<Option<Received>, Errno> {
    const HEADER: usize = std::mem::size_of::<Header>();
    let mut head = [0; HEADER];
    let mut body = [0; MAX_BYTES];
    let mut control = nix::cmsg_space!([RawFd; MAX_FDS]);
    let mut parts = [IoSliceMut::new(&mut head), IoSliceMut::new(&mut body)];
    let message = recvmsg::<UnixAddr>(
        socket.as_raw_fd(),
        &mut parts,
        Some(&mut control),
        MsgFlags::MSG_CMSG_CLOEXEC,
    )?;
    let mut fds = Vec::new();
    for part in message.cmsgs()? {
        if let ControlMessageOwned::ScmRights(raw) = part {
            for fd in raw {
                // SAFETY: the kernel just installed this descriptor for us, and nobody else knows its number.
                fds.push(unsafe { OwnedFd::from_raw_fd(fd) });
            }
        }
    }
    let (bytes, flags) = (message.bytes, message.flags);
    if bytes == 0 {
        return Ok(None);
    }
    if flags.intersects(MsgFlags::MSG_TRUNC | MsgFlags::MSG_CTRUNC) || bytes < HEADER {
        return Err(Errno::EPROTO);
    }
    let header = Header::read_from_bytes(&head).map_err(|_| Errno::EPROTO)?;
    if usize::try_from(header.len) != Ok(bytes - HEADER) {
        return Err(Errno::EPROTO);
    }
    Ok(Some(Received { header, body, fds }))
}
