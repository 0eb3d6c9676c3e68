// SPDX-License-Identifier: MIT OR Apache-2.0
//! The module's control node.

use std::fs::{File, OpenOptions};

use anyhow::{Context as _, Result};
use tdm::abi::control::{CreatePair, DestroyPair, Revoke, destroy};
use tdm::abi::ioctl;

use crate::raw;

/// The open node.
pub(crate) struct Control(File);

/// A pair of software spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The number of its first span.
    pub(crate) first: u32,
    /// The number of its second span.
    pub(crate) second: u32,
}

impl Control {
    /// Opens it.
    pub(crate) fn open() -> Result<Self> {
        let node = OpenOptions::new()
            .read(true)
            .write(true)
            .open("/dev/tdm/ctl");
        node.map(Self).context("/dev/tdm/ctl")
    }

    /// Creates a pair with this real time of a tick, or with a clock that waits for so many lock-step subscribers.
    pub(crate) fn create(&self, tick_us: u32, lock_step: u32) -> Result<Pair> {
        let mut ask = CreatePair {
            tick_us,
            lock_step,
            first: 0,
            second: 0,
        };
        raw::ioctl(&self.0, ioctl::CREATE_PAIR, &mut ask).context("creating a pair")?;
        Ok(Pair {
            first: ask.first,
            second: ask.second,
        })
    }

    /// Destroys the pair of a span.
    pub(crate) fn destroy(&self, span: u32, force: bool) -> nix::Result<()> {
        let flags = if force { destroy::FORCE } else { 0 };
        raw::ioctl(
            &self.0,
            ioctl::DESTROY_PAIR,
            &mut DestroyPair { span, flags },
        )
    }

    /// Takes a claim away from its holder.
    pub(crate) fn revoke(&self, span: u32, claim: u32) -> nix::Result<()> {
        raw::ioctl(&self.0, ioctl::REVOKE, &mut Revoke { span, claim })
    }
}
