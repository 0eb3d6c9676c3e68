// SPDX-License-Identifier: GPL-2.0-only
//! The machine does not go to sleep while spans are open.

use super::shim;
use kernel::{
    error::to_result,
    prelude::*, //
};

/// Watches for sleep; ended on drop. There is one.
pub(crate) struct SleepGuard(());

impl SleepGuard {
    /// Begins to watch. Only the module's initialisation may call it, once.
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: the notifier block is static and registered once: the module is initialised once.
        to_result(unsafe { shim::tdm_shim_pm_register() })?;
        Ok(Self(()))
    }
}

impl Drop for SleepGuard {
    fn drop(&mut self) {
        // SAFETY: it was registered by `new`.
        unsafe { shim::tdm_shim_pm_unregister() }
    }
}

/// A span that is open; counted until drop.
pub(crate) struct Awake(());

impl Awake {
    /// Counts one.
    pub(crate) fn new() -> Self {
        // SAFETY: an atomic increment.
        unsafe { shim::tdm_shim_span_opened() };
        Self(())
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        // SAFETY: an atomic decrement of what `new` added.
        unsafe { shim::tdm_shim_span_closed() }
    }
}
