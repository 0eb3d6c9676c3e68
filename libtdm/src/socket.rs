// SPDX-License-Identifier: MIT OR Apache-2.0
//! One message and its descriptors over a Unix SOCK_SEQPACKET socket.

use kernel_rust_abi::message::{Header, MAX_BYTES, MAX_FDS};
use nix::errno::Errno;
use nix::sys::socket::{ControlMessage, MsgFlags, UnixAddr, sendmsg};
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

/// Receives a message. `Ok(None)` when the other side has closed. EPROTO for one that is cut, oversized, carries too many
/// descriptors, or has no header; its descriptors are closed.
pub(crate) fn receive(socket: BorrowedFd<'_>) -> Result<Option<Received>, Errno> {
    const HEADER: usize = std::mem::size_of::<Header>();
    let mut head = [0; HEADER];
    let mut body = [0; MAX_BYTES];
    let mut parts = [IoSliceMut::new(&mut head), IoSliceMut::new(&mut body)];
    let Datagram { bytes, flags, fds } = receive_parts(socket, &mut parts)?;
    if bytes == 0 {
        return Ok(None);
    }
    if flags & (libc::MSG_TRUNC | libc::MSG_CTRUNC) != 0 || bytes < HEADER {
        return Err(Errno::EPROTO);
    }
    let header = Header::read_from_bytes(&head).map_err(|_| Errno::EPROTO)?;
    if usize::try_from(header.len) != Ok(bytes - HEADER) {
        return Err(Errno::EPROTO);
    }
    Ok(Some(Received { header, body, fds }))
}

/// Receives octets of a stream and the descriptors beside them, which belong to the message that the last octet is of (the kernel
/// ends a read behind octets that brought descriptors). 0 octets when the other side has closed. EPROTO for too many descriptors;
/// they are closed.
pub(crate) fn receive_stream(
    socket: BorrowedFd<'_>,
    octets: &mut [u8],
) -> Result<(usize, Vec<OwnedFd>), Errno> {
    let Datagram { bytes, flags, fds } = receive_parts(socket, &mut [IoSliceMut::new(octets)])?;
    if flags & libc::MSG_CTRUNC != 0 {
        return Err(Errno::EPROTO);
    }
    Ok((bytes, fds))
}

/// What one system call brought, its descriptors already owned, whatever else is wrong with it.
struct Datagram {
    bytes: usize,
    flags: libc::c_int,
    fds: Vec<OwnedFd>,
}

/// Room for the control message of [`MAX_FDS`] descriptors, aligned for its header.
#[repr(C, align(8))]
struct Control([u8; 64]);

const _: () = {
    // SAFETY: pure arithmetic.
    let space = unsafe { libc::CMSG_SPACE((MAX_FDS * size_of::<RawFd>()) as libc::c_uint) };
    assert!(space as usize <= size_of::<Control>());
};

/// `recvmsg` by hand: nix does not hand out the descriptors of a message whose control part was cut, and whoever is on the other
/// side could fill our descriptor table with them.
fn receive_parts(socket: BorrowedFd<'_>, parts: &mut [IoSliceMut<'_>]) -> Result<Datagram, Errno> {
    let mut control = Control([0; 64]);
    // SAFETY: a msghdr is plain data for which zero is valid.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    // IoSliceMut is guaranteed to have the layout of iovec.
    message.msg_iov = parts.as_mut_ptr().cast();
    message.msg_iovlen = parts.len() as _;
    message.msg_control = std::ptr::from_mut(&mut control).cast();
    // SAFETY: pure arithmetic.
    let room = unsafe { libc::CMSG_SPACE((MAX_FDS * size_of::<RawFd>()) as libc::c_uint) };
    message.msg_controllen = room as _;
    // SAFETY: the message points to buffers that live across the call, with their lengths; the descriptor is open.
    let bytes =
        unsafe { libc::recvmsg(socket.as_raw_fd(), &raw mut message, libc::MSG_CMSG_CLOEXEC) };
    let bytes = Errno::result(bytes)? as usize;
    let mut fds = Vec::new();
    // SAFETY: the kernel filled the control buffer, which is still in place, and set its length.
    let mut next = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
    while !next.is_null() {
        // SAFETY: CMSG_FIRSTHDR and CMSG_NXTHDR return null or a header that lies within the filled control buffer, which is
        // aligned for it.
        let header = unsafe { *next };
        if header.cmsg_level == libc::SOL_SOCKET && header.cmsg_type == libc::SCM_RIGHTS {
            // SAFETY: pure arithmetic.
            let empty = unsafe { libc::CMSG_LEN(0) } as usize;
            let count = (header.cmsg_len as usize).saturating_sub(empty) / size_of::<RawFd>();
            // SAFETY: the header has this data part.
            let data = unsafe { libc::CMSG_DATA(next) };
            for index in 0..count {
                // SAFETY: the kernel wrote `count` descriptors there; each was just installed for us, and nobody else knows
                // its number.
                fds.push(unsafe {
                    OwnedFd::from_raw_fd(data.cast::<RawFd>().add(index).read_unaligned())
                });
            }
        }
        // SAFETY: as for CMSG_FIRSTHDR.
        next = unsafe { libc::CMSG_NXTHDR(&raw const message, next) };
    }
    Ok(Datagram {
        bytes,
        flags: message.msg_flags,
        fds,
    })
}
