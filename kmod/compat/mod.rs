// SPDX-License-Identifier: GPL-2.0-only
//! Kernel interfaces that differ between releases, in one place: the rest of the module uses these names only.
//!
//! The Kbuild file sets `tdm_linux_7_3` and the like.

#[cfg(not(any(tdm_linux_7_3, tdm_linux_7_4)))]
compile_error!("this version of tdm was written for Linux 7.3; see docs/kmod.md");

pub(crate) use kernel::{
    new_poll_condvar,
    new_spinlock_irq,
    sync::{
        atomic::{atomic_load, atomic_store, Relaxed},
        barrier::{self, smp_mb},
        poll::PollCondVar,
        SpinLockIrq, //
    }, //
};
