// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading a span's events.

use crate::span::Inner;
use kernel_rust_abi::event::{Event, Read};
use std::sync::Arc;

/// A reader of a span's events with a position of its own.
#[derive(Debug)]
pub struct Events {
    inner: Arc<Inner>,
    position: u64,
    lost: u64,
}

/// What a reader is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// An event.
    Event(Event),
    /// This many events were overwritten before they were read: look at the status instead.
    Overrun(u64),
}

impl Events {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        let position = inner.events.head(&inner.status);
        Self {
            inner,
            position,
            lost: 0,
        }
    }

    /// Events lost to overruns so far.
    pub fn lost(&self) -> u64 {
        self.lost
    }
}

impl Iterator for Events {
    type Item = Notice;

    /// The next event; `None` when there is nothing new, for now.
    fn next(&mut self) -> Option<Notice> {
        match self
            .inner
            .events
            .read(&self.inner.status, &mut self.position)
        {
            Read::Empty => None,
            Read::Event(event) => Some(Notice::Event(event)),
            Read::Overrun(lost) => {
                self.lost = self.lost.saturating_add(lost);
                Some(Notice::Overrun(lost))
            }
        }
    }
}
