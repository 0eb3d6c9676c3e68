// SPDX-License-Identifier: GPL-2.0-only
//! The functions of `shim.c`.

use kernel::{
    bindings,
    prelude::*, //
};

#[allow(
    improper_ctypes,
    reason = "the kernel's structures hold empty ones; only pointers to them cross here"
)]
extern "C" {
    /// The character device that an inode leads to.
    pub(super) fn tdm_shim_inode_cdev(inode: *mut bindings::inode) -> *mut bindings::cdev;
    /// What the caller of `poll` waits for; everything, for a null table.
    pub(super) fn tdm_shim_poll_wants(table: *const bindings::poll_table_struct) -> c_uint;
    /// The eventfd behind a descriptor of the current task, or an error pointer.
    pub(super) fn tdm_shim_eventfd_get(fd: c_int) -> *mut bindings::eventfd_ctx;
    /// Adds one to an eventfd.
    pub(super) fn tdm_shim_eventfd_signal(ctx: *mut bindings::eventfd_ctx);
    /// Gives a reference back.
    pub(super) fn tdm_shim_eventfd_put(ctx: *mut bindings::eventfd_ctx);
    /// Whether the current task has CAP_SYS_ADMIN.
    pub(super) fn tdm_shim_may_administer() -> bool;
    /// One more file is open on a span.
    pub(super) fn tdm_shim_span_opened();
    /// One less.
    pub(super) fn tdm_shim_span_closed();
    /// Begins to watch for sleep.
    pub(super) fn tdm_shim_pm_register() -> c_int;
    /// Ends it.
    pub(super) fn tdm_shim_pm_unregister();
}
