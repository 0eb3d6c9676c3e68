// SPDX-License-Identifier: GPL-2.0-only
//! The kernel's C interfaces, each behind a safe type. Outside this folder and `memory.rs` there is no `unsafe`.

pub(crate) mod attributes;
pub(crate) mod chrdev;
pub(crate) mod eventfd;
pub(crate) mod pm;
mod shim;

/// Whether the caller may create and destroy spans: it has CAP_SYS_ADMIN.
pub(crate) fn may_administer() -> bool {
    // SAFETY: the function has no requirements; it looks at the current task only.
    unsafe { shim::tdm_shim_may_administer() }
}
