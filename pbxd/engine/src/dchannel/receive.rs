// SPDX-License-Identifier: MIT OR Apache-2.0
//! From the receive ring to frames.

use super::Settings;
use tdm::Tap;
use tdm_line::hdlc::{self, Decoder, Event};

/// A frame that was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived<'a> {
    /// The line frame (125 µs) behind the one that brought its last bit.
    pub frame: u64,
    /// Address to information, without the check sequence.
    pub octets: &'a [u8],
}

/// What happened while receiving.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiveCounters {
    /// Octets read.
    pub octets: u64,
    /// Octets that were overwritten before they were read.
    pub lost: u64,
    /// Times that octets were lost.
    pub losses: u64,
    /// New epochs: the span was reconfigured or restarted.
    pub epochs: u64,
}

const CHUNK: usize = 256;

#[derive(Debug)]
pub(super) struct Receiver {
    tap: Tap,
    decoder: Decoder<Vec<u8>>,
    /// The first octet not yet read, and its epoch.
    next: u64,
    epoch: u64,
    counters: ReceiveCounters,
}

impl Receiver {
    pub(super) fn new(tap: Tap, settings: &Settings) -> Self {
        let buffer = vec![0; settings.limits.max.saturating_add(2)];
        let now = tap.positions();
        Self {
            decoder: Decoder::new(settings.rate, settings.limits, buffer),
            next: now.rx_frame,
            epoch: now.epoch,
            tap,
            counters: ReceiveCounters::default(),
        }
    }

    pub(super) fn poll(&mut self, mut arrived: impl FnMut(Arrived<'_>)) {
        loop {
            let now = self.tap.positions();
            if now.epoch != self.epoch {
                // Epoch 0 is a span whose writer died at work: wait.
                if now.epoch == 0 {
                    return;
                }
                self.epoch = now.epoch;
                self.next = self.next.max(now.epoch_frame);
                self.counters.epochs += 1;
                self.decoder.resync();
            }
            let count = now.rx_frame.saturating_sub(self.next).min(CHUNK as u64);
            if count == 0 {
                return;
            }
            let mut octets = [0; CHUNK];
            let Some(octets) = octets.get_mut(..count as usize) else {
                return;
            };
            let read = self
                .tap
                .window(self.next, count)
                .and_then(|window| window.copy_to(octets));
            if read.is_err() {
                if !self.skip() {
                    return;
                }
                continue;
            }
            self.counters.octets += count;
            let first = self.next;
            self.next += count;
            let mut done = 0;
            while let Some(rest) = octets.get(done..).filter(|rest| !rest.is_empty()) {
                let step = self.decoder.decode(rest);
                done += step.consumed;
                if let Some(Event::Frame(octets)) = step.event {
                    arrived(Arrived {
                        frame: first + done as u64,
                        octets,
                    });
                }
            }
        }
    }

    /// Goes on at the oldest octet that stands, with some room; `false` if nothing was overwritten after all.
    fn skip(&mut self) -> bool {
        let now = self.tap.positions();
        let next = (self.tap.oldest() + CHUNK as u64).min(now.rx_frame);
        if now.epoch != self.epoch {
            return true;
        }
        if next <= self.next {
            return false;
        }
        self.counters.losses += 1;
        self.counters.lost += next - self.next;
        self.next = next;
        self.decoder.resync();
        true
    }

    pub(super) fn in_sync(&self) -> bool {
        self.decoder.in_sync()
    }

    pub(super) fn hdlc(&self) -> hdlc::Counters {
        *self.decoder.counters()
    }

    pub(super) fn counters(&self) -> ReceiveCounters {
        self.counters
    }
}
