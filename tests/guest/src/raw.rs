// SPDX-License-Identifier: MIT OR Apache-2.0
//! System calls as no library makes them: what a hostile program would do. The only place with `unsafe` here.
#![allow(
    unsafe_code,
    reason = "wrong arguments on purpose: a safe library does not offer them"
)]

use std::net::UdpSocket;
use std::os::fd::{AsFd, AsRawFd as _};

use anyhow::{Context as _, Result, ensure};
use io_uring::{IoUring, opcode, types};
use nix::errno::Errno;

/// Octets of the buffer behind a random request.
pub(crate) const ARGUMENT: usize = 4096;

/// A request with a whole argument.
pub(crate) fn ioctl<T>(node: impl AsFd, number: u32, argument: &mut T) -> nix::Result<()> {
    // SAFETY: the argument is a live, exclusive value; the kernel reads and writes no more than the number says, which is the
    // size of one of the ABI's structures. Every caller passes the one that belongs to the number.
    let result = unsafe {
        libc::ioctl(
            node.as_fd().as_raw_fd(),
            number as libc::Ioctl,
            std::ptr::from_mut(argument),
        )
    };
    Errno::result(result).map(drop)
}

/// A request of any number whatever, with a buffer that is larger than any argument can be.
pub(crate) fn any_ioctl(
    node: impl AsFd,
    number: u32,
    argument: &mut [u8; ARGUMENT],
) -> nix::Result<()> {
    ioctl(node, number, argument)
}

/// The same with an address that leads nowhere.
pub(crate) fn ioctl_at(node: impl AsFd, number: u32, address: usize) -> nix::Result<()> {
    // SAFETY: the kernel checks addresses that come from userspace; none of those given here is mapped writable by us.
    let result = unsafe { libc::ioctl(node.as_fd().as_raw_fd(), number as libc::Ioctl, address) };
    Errno::result(result).map(drop)
}

/// A mapping; unmapped on drop.
pub(crate) struct Map {
    base: *mut libc::c_void,
    length: usize,
}

impl Map {
    /// Maps with any protection and flags.
    pub(crate) fn new(
        node: impl AsFd,
        offset: u64,
        length: usize,
        protection: i32,
        flags: i32,
    ) -> nix::Result<Self> {
        // SAFETY: a new mapping at an address of the kernel's choice.
        let base = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                length,
                protection,
                flags,
                node.as_fd().as_raw_fd(),
                offset as libc::off_t,
            )
        };
        if base == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        Ok(Self { base, length })
    }

    /// Changes the protection.
    pub(crate) fn protect(&self, protection: i32) -> nix::Result<()> {
        // SAFETY: the mapping is ours; nothing refers to it while it is changed.
        Errno::result(unsafe { libc::mprotect(self.base, self.length, protection) }).map(drop)
    }

    /// Tries to make it larger.
    pub(crate) fn grow(&mut self, length: usize) -> nix::Result<()> {
        // SAFETY: the mapping is ours; nothing refers to it while it is moved.
        let base = unsafe { libc::mremap(self.base, self.length, length, libc::MREMAP_MAYMOVE) };
        if base == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        (self.base, self.length) = (base, length);
        Ok(())
    }

    /// Registers it as a fixed buffer of an io_uring, as for long-term direct input and output.
    pub(crate) fn register(&self) -> Result<()> {
        let ring = IoUring::new(8).context("io_uring")?;
        let buffer = libc::iovec {
            iov_base: self.base,
            iov_len: self.length,
        };
        // SAFETY: the mapping outlives the ring, which is dropped at the end of this function.
        unsafe { ring.submitter().register_buffers(&[buffer]) }.context("register_buffers")
    }

    /// Writes a word.
    pub(crate) fn store(&self, word: usize, value: u64) {
        assert!((word + 1) * 8 <= self.length, "beyond the mapping");
        // SAFETY: inside the mapping, which is aligned and writable; the kernel accesses it atomically too.
        let cell = unsafe { &*self.base.cast::<std::sync::atomic::AtomicU64>().add(word) };
        cell.store(value, std::sync::atomic::Ordering::Relaxed);
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours.
        unsafe { libc::munmap(self.base, self.length) };
    }
}

/// Sends pieces of memory as one datagram through io_uring, without a copy in userspace.
pub(crate) fn uring_send(socket: &UdpSocket, pieces: &[libc::iovec]) -> Result<usize> {
    let mut ring = IoUring::new(8).context("io_uring")?;
    // SAFETY: a msghdr is plain data for which zero is valid.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = pieces.as_ptr().cast_mut();
    message.msg_iovlen = pieces.len() as _;
    let entry = opcode::SendMsg::new(types::Fd(socket.as_raw_fd()), &raw const message).build();
    // SAFETY: the message and its pieces live until the completion, for which this function waits.
    unsafe { ring.submission().push(&entry) }.context("the queue is full")?;
    ring.submit_and_wait(1).context("submitting")?;
    let completion = ring.completion().next().context("no completion")?;
    ensure!(
        completion.result() >= 0,
        "SENDMSG: {}",
        Errno::from_raw(-completion.result())
    );
    Ok(completion.result() as usize)
}
