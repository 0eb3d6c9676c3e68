// SPDX-License-Identifier: MIT OR Apache-2.0
//! The line under a trunk: its span, D channel, alarms and claimed B channels, opened and watched.

use media_engine::dchannel::{DChannel, Settings};
use std::os::fd::{AsFd, BorrowedFd};
use tdm::abi::event::alarm;
use tdm::{Claim, Slot, SlotSet, Span, SpanAddress, Wake, Wakeups};

/// Frames between two visits to the D channel: 10 ms.
const VISIT_FRAMES: u32 = 80;

/// A span that is open and claimed.
#[derive(Debug)]
pub(super) struct Line {
    span: Span,
    claim: Claim,
    pub(super) dchannel: DChannel,
    wakeups: Wakeups,
}

impl Line {
    /// Opens the span, claims its B channels and its D channel.
    pub(super) fn open(
        address: &SpanAddress,
        d: Slot,
        b: SlotSet,
        idle: Option<u8>,
    ) -> tdm::Result<Self> {
        let span = Span::open(address)?;
        let claim = span.claim(b, "pbxd")?;
        if let Some(code) = idle {
            claim.set_idle(b, code)?;
        }
        let dchannel = DChannel::open(&span, d, "pbxd", Settings::LAPD)?;
        let wakeups = span.subscribe(Wake::every(VISIT_FRAMES))?;
        Ok(Self {
            span,
            claim,
            dchannel,
            wakeups,
        })
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    pub(super) fn claim(&self) -> &Claim {
        &self.claim
    }

    /// Whether the line can carry signalling.
    pub(super) fn up(&self) -> bool {
        self.span.alarms() & alarm::SERVICE_AFFECTING == 0
    }

    /// Takes the pending wake-up.
    ///
    /// # Errors
    /// If the span is gone.
    pub(super) fn take_wakeup(&self) -> tdm::Result<()> {
        self.wakeups.wait(std::time::Duration::ZERO).map(|_| ())
    }

    /// The descriptors to wait on: wake-ups, and the span's end.
    pub(super) fn fds(&self) -> [BorrowedFd<'_>; 2] {
        [self.wakeups.as_fd(), self.span.as_fd()]
    }
}
