// SPDX-License-Identifier: MIT OR Apache-2.0
//! The spans of a worker and where their clocks stand.

use super::line::Reach;
use crate::command::Attached;
use tdm::{Positions, Wakeups};

pub(super) struct Attachment {
    attached: Box<Attached>,
    /// The positions of this visit.
    pub(super) now: Positions,
    /// Line time has moved since the last visit.
    pub(super) ticked: bool,
    /// It is to be given up when its last channel is closed.
    pub(super) leaving: bool,
}

impl Attachment {
    pub(super) fn new(attached: Box<Attached>) -> Self {
        Self {
            now: attached.span.positions(),
            attached,
            ticked: false,
            leaving: false,
        }
    }

    pub(super) fn wakeups(&self) -> &Wakeups {
        &self.attached.wakeups
    }

    pub(super) fn into_attached(self) -> Box<Attached> {
        self.attached
    }

    /// Reads the positions; returns how many periods passed without a visit.
    pub(super) fn look(&mut self) -> u64 {
        let now = self.attached.span.positions();
        // Epoch 0 is a span whose writer died at work; its clock stands.
        self.ticked = now.epoch != 0 && now.rx_frame > self.now.rx_frame;
        if !self.ticked {
            return 0;
        }
        let moved = now.rx_frame - self.now.rx_frame;
        self.now = now;
        (moved / u64::from(self.attached.wakeups.period()).max(1)).saturating_sub(1)
    }

    pub(super) fn reach(&self) -> Reach {
        Reach {
            edge: self.now.tx_taken + self.attached.span.facts().tx_lead,
            period: u64::from(self.attached.wakeups.period()),
        }
    }

    /// Tells a clock in lock-step that this visit is over.
    pub(super) fn done(&self) {
        if self.ticked {
            self.attached.wakeups.consumed(self.now.rx_frame);
        }
    }

    /// CLOCK_MONOTONIC, in nanoseconds, of the tick in which the frame before `end` was received.
    pub(super) fn received_at(&self, end: u64) -> u64 {
        let tick = self.attached.span.facts().tick_frames.max(1);
        // The rows of one tick become visible together.
        let after = self.now.rx_frame.saturating_sub(end) / tick * tick;
        self.now
            .tick_ns
            .saturating_sub(after * tdm::abi::geometry::FRAME_NS)
    }
}
