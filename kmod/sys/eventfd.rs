// SPDX-License-Identifier: GPL-2.0-only
//! Eventfds that userspace handed over.

use super::shim;
use core::ptr::NonNull;
use kernel::{
    bindings,
    error::from_err_ptr,
    prelude::*, //
};

/// One reference to an eventfd.
///
/// # Invariants
///
/// The pointer is valid, and `self` owns one reference to what it points to.
pub(crate) struct EventFd(NonNull<bindings::eventfd_ctx>);

// SAFETY: an eventfd is reference counted, locked by itself, and belongs to no task.
unsafe impl Send for EventFd {}
// SAFETY: as above: signalling from several places at once is what it is for.
unsafe impl Sync for EventFd {}

impl EventFd {
    /// The eventfd behind a descriptor of the current task. EBADF if there is none, EINVAL if it is something else.
    pub(crate) fn of_descriptor(fd: i32) -> Result<Self> {
        // SAFETY: the function takes any number.
        let context = from_err_ptr(unsafe { shim::tdm_shim_eventfd_get(fd) })?;
        // INVARIANT: the function returned a reference of our own.
        NonNull::new(context).map(Self).ok_or(EBADF)
    }

    /// Adds one and wakes who waits. In any context.
    pub(crate) fn signal(&self) {
        // SAFETY: by the invariant the pointer is valid.
        unsafe { shim::tdm_shim_eventfd_signal(self.0.as_ptr()) }
    }
}

impl Drop for EventFd {
    fn drop(&mut self) {
        // SAFETY: by the invariant we own a reference, and it is not used again.
        unsafe { shim::tdm_shim_eventfd_put(self.0.as_ptr()) }
    }
}
