// SPDX-License-Identifier: MIT OR Apache-2.0
//! Everything that a visit changes: spans, channels, figures.

use super::channel::Channel;
use super::outbox::Outbox;
use super::phases::Phases;
use super::spans::Attachment;
use crate::command::Attached;
use crate::event::{Event, EventKind};
use crate::handle::ChannelId;
use crate::io::{Backend, Datagram, Port, Sent, Sink, Stream};
use crate::settings::{EngineSettings, Media, Tone};
use crate::stats::{ChannelStats, LATENCY_MAX, latency};
use crossbeam::channel::Sender;
use hdrhistogram::Histogram;
use nix::time::{ClockId, clock_gettime};
use tdm::Wakeups;

/// What is over, on its way to be freed by the control side.
#[expect(dead_code, reason = "what is inside only waits to be dropped")]
pub(crate) enum Retired {
    Channel(Box<Channel>, Port),
    /// A span: its subscription ends by a request that may wait for an answer.
    Span {
        worker: u16,
        index: usize,
        attached: Box<Attached>,
    },
}

/// Spans of one worker, at most.
pub(crate) const SPANS: usize = 64;

pub(super) struct State {
    worker: u16,
    spans: Spans,
    channels: Vec<Option<Box<Channel>>>,
    /// Indices never used or used longest ago come first.
    free: std::collections::VecDeque<u16>,
    phases: Phases,
    outbox: Outbox,
    retired: Sender<Retired>,
    latency: Histogram<u64>,
    burst: u32,
    closing: usize,
    ticks: u64,
    missed_ticks: u64,
    exchange_errors: u64,
}

/// The spans by their index.
struct Spans(Vec<Option<Attachment>>);

impl Spans {
    fn get(&self, index: usize) -> Option<&Attachment> {
        self.0.get(index)?.as_ref()
    }
}

fn monotonic() -> u64 {
    clock_gettime(ClockId::CLOCK_MONOTONIC).map_or(0, |now| {
        now.tv_sec() as u64 * 1_000_000_000 + now.tv_nsec() as u64
    })
}

impl State {
    pub(super) fn new(
        worker: u16,
        settings: &EngineSettings,
        outbox: Outbox,
        retired: Sender<Retired>,
    ) -> Self {
        let channels = settings.channels_per_worker.min(usize::from(u16::MAX));
        Self {
            worker,
            spans: Spans((0..SPANS).map(|_| None).collect()),
            channels: (0..channels).map(|_| None).collect(),
            free: (0..channels as u16).collect(),
            phases: Phases::new(),
            outbox,
            retired,
            latency: latency(),
            burst: settings.burst.max(1),
            closing: 0,
            ticks: 0,
            missed_ticks: 0,
            exchange_errors: 0,
        }
    }

    pub(super) fn attach(&mut self, index: u16, attached: Box<Attached>) {
        if let Some(place) = self.spans.0.get_mut(usize::from(index)) {
            *place = Some(Attachment::new(attached));
        }
    }

    /// Closes a span's channels; when the last is closed, the span is given up. Returns what is not to be waited on any more.
    pub(super) fn detach(&mut self, index: u16, backend: &mut dyn Backend) -> Option<&Wakeups> {
        let index = usize::from(index);
        self.spans.0.get_mut(index)?.as_mut()?.leaving = true;
        for at in 0..self.channels.len() {
            let channel = self.channels.get(at).and_then(Option::as_ref);
            if let Some(id) = channel.filter(|c| c.span == index).map(|c| c.id) {
                self.close(id, backend);
            }
        }
        self.spans.get(index).map(Attachment::wakeups)
    }

    /// Gives up the spans that leave and have no channel any more.
    fn give_up(&mut self) {
        for (index, place) in self.spans.0.iter_mut().enumerate() {
            let leaving = place.as_ref().is_some_and(|span| span.leaving);
            let mut channels = self.channels.iter().flatten();
            if !leaving || channels.any(|channel| channel.span == index) {
                continue;
            }
            if let Some(span) = place.take() {
                let _ = self.retired.try_send(Retired::Span {
                    worker: self.worker,
                    index,
                    attached: span.into_attached(),
                });
            }
        }
    }

    /// Whether channels can be opened on a span.
    pub(super) fn has_span(&self, index: usize) -> bool {
        self.spans.get(index).is_some_and(|span| !span.leaving)
    }

    pub(super) fn free_index(&self) -> Option<u16> {
        self.free.front().copied()
    }

    /// Takes a channel at the index that [`Self::free_index`] gave.
    pub(super) fn open(&mut self, index: u16, mut channel: Channel) {
        let Some(span) = self.spans.get(channel.span) else {
            return;
        };
        channel.begin(&mut self.phases, span.now.rx_frame);
        self.free.pop_front();
        if let Some(place) = self.channels.get_mut(usize::from(index)) {
            *place = Some(Box::new(channel));
        }
    }

    /// Does something to an open channel of that number at its span's present time.
    fn with(&mut self, id: ChannelId, act: impl FnOnce(&mut Channel, &Attachment, &mut Phases)) {
        let channel = self.channels.get_mut(usize::from(id.index));
        let Some(Some(channel)) = channel else { return };
        let span = self.spans.get(channel.span);
        if let Some(span) = span.filter(|_| channel.id == id && !channel.closing) {
            act(channel, span, &mut self.phases);
        }
    }

    pub(super) fn modify(&mut self, id: ChannelId, media: Media) {
        self.with(id, |channel, span, phases| {
            let again = media.packet_frames() != channel.media.packet_frames();
            channel.modify(media, &span.now, span.reach().edge);
            if again {
                channel.end(phases);
                channel.begin(phases, span.now.rx_frame);
            }
        });
    }

    pub(super) fn tone(&mut self, id: ChannelId, tone: Option<Tone>) {
        self.with(id, |channel, span, _| channel.tone(tone, span.reach().edge));
    }

    pub(super) fn close(&mut self, id: ChannelId, backend: &mut dyn Backend) {
        let mut closing = false;
        self.with(id, |channel, span, phases| {
            channel.report(&span.now, true, backend);
            channel.line.silence(span.reach().edge);
            channel.end(phases);
            channel.closing = true;
            closing = true;
        });
        if closing {
            self.closing += 1;
            backend.close(usize::from(id.index));
        }
    }

    pub(super) fn channel_stats(&self, id: ChannelId) -> Option<ChannelStats> {
        let channel = self.channels.get(usize::from(id.index))?.as_ref()?;
        let span = self.spans.get(channel.span)?;
        (channel.id == id && !channel.closing).then(|| channel.stats(&span.now))
    }

    pub(super) fn take_latency(&mut self, into: &mut Histogram<u64>, reset: bool) {
        // Both have the same bounds, so nothing has to grow.
        let _ = into.set_to(&self.latency);
        if reset {
            self.latency.reset();
        }
    }

    /// Reads the spans' positions.
    pub(super) fn begin(&mut self) {
        for span in self.spans.0.iter_mut().flatten() {
            self.missed_ticks += span.look();
            self.ticks += u64::from(span.ticked);
        }
    }

    /// Sends what is due.
    pub(super) fn transmit(&mut self, backend: &mut dyn Backend) {
        for channel in self.channels.iter_mut().flatten() {
            let Some(span) = self.spans.get(channel.span).filter(|span| span.ticked) else {
                continue;
            };
            if channel.closing {
                continue;
            }
            channel.transmit(&span.now, self.burst, backend);
            channel.report(&span.now, false, backend);
            if channel.timed_out(&span.now) {
                self.outbox.send(Event {
                    channel: channel.id,
                    kind: EventKind::MediaTimeout,
                });
            }
        }
    }

    /// Fills the transmit rings, tells the owner, and lets a clock in lock-step go on.
    pub(super) fn finish(&mut self) {
        for channel in self.channels.iter_mut().flatten() {
            let Some(span) = self.spans.get(channel.span).filter(|span| span.ticked) else {
                continue;
            };
            if !channel.closing {
                channel.line.fill(span.reach());
            }
        }
        self.outbox.flush();
        self.give_up();
        for span in self.spans.0.iter().flatten() {
            span.done();
        }
    }

    pub(super) fn exchange_failed(&mut self) {
        self.exchange_errors += 1;
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing > 0
    }

    pub(super) fn ticks(&self) -> u64 {
        self.ticks
    }

    pub(super) fn missed_ticks(&self) -> u64 {
        self.missed_ticks
    }

    pub(super) fn exchange_errors(&self) -> u64 {
        self.exchange_errors
    }

    pub(super) fn open_channels(&self) -> u64 {
        self.channels.iter().flatten().count() as u64
    }

    pub(super) fn events_lost(&self) -> u64 {
        self.outbox.lost()
    }
}

impl Sink for State {
    fn arrived(&mut self, datagram: Datagram<'_>) {
        let Some(Some(channel)) = self.channels.get_mut(datagram.port) else {
            return;
        };
        let Some(span) = self.spans.get(channel.span).filter(|_| !channel.closing) else {
            return;
        };
        let Datagram { from, octets, .. } = datagram;
        match datagram.stream {
            Stream::Rtp => channel.receive(from, octets, &span.now, span.reach(), &mut self.outbox),
            Stream::Rtcp => {
                if channel.control(from, octets, &span.now) {
                    self.outbox.send(Event {
                        channel: channel.id,
                        kind: EventKind::Goodbye,
                    });
                }
            }
        }
    }

    fn sent(&mut self, sent: Sent) {
        let Some(Some(channel)) = self.channels.get_mut(sent.port) else {
            return;
        };
        let stats = &mut channel.to_rtp;
        match (sent.result, sent.rtp) {
            (Ok(_), None) => {}
            (Ok(_), Some(octets)) => {
                stats.packets += 1;
                stats.octets += octets as u64;
            }
            (Err(errno), _) if errno == libc::EAGAIN => stats.would_block += 1,
            (Err(_), _) => stats.errors += 1,
        }
        let Some((first, count)) = sent.window.filter(|_| sent.result.is_ok()) else {
            return;
        };
        if channel.tap.window(first, count).is_err() {
            stats.lost += 1;
        }
        if let Some(span) = self.spans.get(channel.span) {
            let waited = monotonic().saturating_sub(span.received_at(first + count));
            // Within the histogram's bounds.
            let _ = self.latency.record(waited.min(LATENCY_MAX));
        }
    }

    fn closed(&mut self, index: usize, port: Port) {
        let Some(channel) = self.channels.get_mut(index).and_then(Option::take) else {
            return;
        };
        self.closing = self.closing.saturating_sub(1);
        self.free.push_back(index as u16);
        if let Some(span) = self.spans.get(channel.span) {
            self.outbox.send(Event {
                channel: channel.id,
                kind: EventKind::Closed {
                    stats: channel.stats(&span.now),
                },
            });
        }
        // If the control side does not take them, they are freed here.
        let _ = self.retired.try_send(Retired::Channel(channel, port));
    }
}
