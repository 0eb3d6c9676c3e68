// SPDX-License-Identifier: MIT OR Apache-2.0
//! A span's character device, as the kernel module serves it.

use crate::error::{Error, Result};
use kernel_rust_abi::{claim, command, config, wake};
use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

mod request {
    use kernel_rust_abi::{claim, command, config, ioctl, wake};
    nix::ioctl_readwrite!(claim, ioctl::TYPE, 3, claim::Claim);
    nix::ioctl_write_ptr!(release, ioctl::TYPE, 4, claim::Release);
    nix::ioctl_write_ptr!(set_idle, ioctl::TYPE, 5, claim::SetIdle);
    nix::ioctl_readwrite!(subscribe, ioctl::TYPE, 6, wake::Subscribe);
    nix::ioctl_write_ptr!(unsubscribe, ioctl::TYPE, 7, wake::Unsubscribe);
    nix::ioctl_readwrite!(command, ioctl::TYPE, 8, command::Batch);
    nix::ioctl_write_ptr!(configure, ioctl::TYPE, 9, config::LineConfig);
    nix::ioctl_write_ptr!(consumed, ioctl::TYPE, 10, wake::Consumed);
}

/// An open node.
#[derive(Debug)]
pub(crate) struct Node {
    fd: OwnedFd,
}

macro_rules! forward {
    ($name:ident, $argument:ty) => {
        pub(crate) fn $name(&self, argument: &mut $argument) -> nix::Result<()> {
            // SAFETY: the descriptor is open, and the argument is a live, exclusive value of the type whose size the request
            // number encodes.
            unsafe { request::$name(self.fd.as_raw_fd(), argument) }.map(|_| ())
        }
    };
}

impl Node {
    /// Opens a node.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let fd = open(path, OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty()).map_err(|errno| {
            Error::Open {
                path: path.display().to_string(),
                source: errno.into(),
                hint: hint(path, errno),
            }
        })?;
        Ok(Self { fd })
    }

    forward!(claim, claim::Claim);
    forward!(release, claim::Release);
    forward!(set_idle, claim::SetIdle);
    forward!(subscribe, wake::Subscribe);
    forward!(unsubscribe, wake::Unsubscribe);
    forward!(command, command::Batch);
    forward!(configure, config::LineConfig);
    forward!(consumed, wake::Consumed);
}

/// What to do about a node that cannot be opened.
fn hint(path: &Path, errno: Errno) -> &'static str {
    match errno {
        Errno::ENOENT if path.parent().is_some_and(Path::exists) => {
            " (the driver has no such span: `ls /dev/tdm` shows those that there are)"
        }
        Errno::ENOENT => {
            " (the kernel module is not loaded: `modprobe tdm`, with `soft_pairs=1` for two software spans; docs/kmod.md)"
        }
        Errno::ENXIO | Errno::ENODEV => " (its card was removed, or its driver unloaded)",
        Errno::EACCES | Errno::EPERM => {
            " (join the group that owns the node, usually tdm, and log in again)"
        }
        Errno::EBUSY => " (the driver is just being unloaded)",
        _ => "",
    }
}

impl AsFd for Node {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
