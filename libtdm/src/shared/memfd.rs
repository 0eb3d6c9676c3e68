// SPDX-License-Identifier: MIT OR Apache-2.0
//! Memory files that nobody can shrink under us.

use crate::error::{Error, Result};
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::stat::fstat;
use nix::unistd::ftruncate;
use std::os::fd::{AsFd, OwnedFd};

/// Who may map a memory file writable after it was handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seal {
    /// Nobody any more: existing writable mappings stay.
    FutureWrite,
    /// Whoever gets the descriptor.
    SizeOnly,
}

/// Creates a zeroed memory file whose size can no longer change.
pub(crate) fn create(name: &str, bytes: u64) -> Result<OwnedFd> {
    let length = libc::off_t::try_from(bytes).map_err(|_| Error::Layout {
        what: "region bytes",
        found: bytes,
        expected: "a file size",
    })?;
    let fd = memfd_create(name, MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING)
        .map_err(|errno| Error::system("creating a memory file", errno))?;
    ftruncate(&fd, length).map_err(|errno| Error::system("sizing a memory file", errno))?;
    Ok(fd)
}

/// Seals a memory file, after its owner has mapped it.
pub(crate) fn seal(fd: &OwnedFd, seal: Seal) -> Result<()> {
    let mut seals = SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW;
    if seal == Seal::FutureWrite {
        seals |= SealFlag::from_bits_retain(libc::F_SEAL_FUTURE_WRITE);
    }
    for seals in [seals, SealFlag::F_SEAL_SEAL] {
        fcntl(fd, FcntlArg::F_ADD_SEALS(seals))
            .map_err(|errno| Error::system("sealing a memory file", errno))?;
    }
    Ok(())
}

/// The size of a memory file that came from elsewhere; an error unless it is sealed against shrinking, so that a mapping of
/// it can never fault.
pub(crate) fn size_of_sealed(fd: impl AsFd) -> Result<u64> {
    let seals = fcntl(fd.as_fd(), FcntlArg::F_GET_SEALS)
        .map_err(|errno| Error::system("reading a region's seals", errno))?;
    if seals & libc::F_SEAL_SHRINK == 0 {
        return Err(Error::Layout {
            what: "region seals",
            found: seals as u64,
            expected: "F_SEAL_SHRINK set",
        });
    }
    let stat = fstat(fd).map_err(|errno| Error::system("reading a region's size", errno))?;
    Ok(u64::try_from(stat.st_size).unwrap_or(0))
}
