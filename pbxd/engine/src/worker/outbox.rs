// SPDX-License-Identifier: MIT OR Apache-2.0
//! Events on their way to the owner.

use crate::event::{Event, EventKind};
use crossbeam::channel::{Sender, TrySendError};
use nix::sys::eventfd::EventFd;
use std::sync::Arc;

/// The bounded queue to the owner. What finds it full is dropped and counted, but the end of a channel waits.
pub(crate) struct Outbox {
    queue: Sender<Event>,
    fd: Arc<EventFd>,
    waiting: Vec<Event>,
    news: bool,
    lost: u64,
}

impl Outbox {
    pub(crate) fn new(queue: Sender<Event>, fd: Arc<EventFd>, channels: usize) -> Self {
        Self {
            queue,
            fd,
            waiting: Vec::with_capacity(channels),
            news: false,
            lost: 0,
        }
    }

    pub(crate) fn send(&mut self, event: Event) {
        match self.queue.try_send(event) {
            Ok(()) => self.news = true,
            Err(TrySendError::Full(event))
                if matches!(event.kind, EventKind::Closed { .. })
                    && self.waiting.len() < self.waiting.capacity() =>
            {
                self.waiting.push(event);
            }
            Err(_) => self.lost += 1,
        }
    }

    /// Sends what waits, and tells the owner, once a tick.
    pub(crate) fn flush(&mut self) {
        while let Some(event) = self.waiting.pop() {
            if let Err(TrySendError::Full(event)) = self.queue.try_send(event) {
                self.waiting.push(event);
                break;
            }
            self.news = true;
        }
        if std::mem::take(&mut self.news) {
            // A full counter can be read already.
            let _ = self.fd.write(1);
        }
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost
    }
}
