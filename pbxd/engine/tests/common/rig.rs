// SPDX-License-Identifier: MIT OR Apache-2.0
//! An engine over a card, with far ends, in lock-step.

use super::card::{Card, Source};
use super::far::Far;
use media_engine::*;
use std::net::UdpSocket;
use tdm::{Claim, Slot, SlotSet, Span};

/// What slot `slot` of span `span` receives at `frame`: neither constant nor periodic.
pub(crate) fn line_octet(span: usize, slot: Slot, frame: u64) -> u8 {
    let mut x = frame ^ (span as u64) << 40 ^ u64::from(slot.number()) << 48;
    x = x.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (x >> 32 ^ x >> 57) as u8
}

/// Octet `n` of what the far end of a call sends.
pub(crate) fn far_octet(ssrc: u32, n: usize) -> u8 {
    let x = (n as u64 ^ u64::from(ssrc) << 32).wrapping_mul(0xd134_2543_de82_ef95);
    (x >> 40) as u8
}

pub(crate) fn pattern() -> Source {
    Box::new(|span, slot, frame, _| {
        std::array::from_fn(|n| line_octet(span, slot, frame + n as u64))
    })
}

pub(crate) struct Call {
    pub(crate) id: ChannelId,
    pub(crate) far: Far,
    pub(crate) span: usize,
    pub(crate) slot: Slot,
    /// What the slot has sent since the call began.
    pub(crate) sent: Vec<u8>,
    from: u64,
}

pub(crate) struct Rig {
    pub(crate) engine: Engine,
    pub(crate) spans: Vec<SpanId>,
    pub(crate) claims: Vec<Claim>,
    handles: Vec<Span>,
    pub(crate) card: Card,
    calls: u32,
}

pub(crate) fn settings(backend: BackendKind) -> EngineSettings {
    EngineSettings {
        workers: 1,
        backend,
        lock_step: true,
        seed: Some(7),
        ..EngineSettings::default()
    }
}

impl Rig {
    pub(crate) fn new(backend: BackendKind, spans: usize, source: Source) -> Self {
        Self::with(settings(backend), spans, source)
    }

    pub(crate) fn with(settings: EngineSettings, spans: usize, source: Source) -> Self {
        let card = Card::new(spans, source);
        let engine = Engine::start(settings).unwrap();
        let handles: Vec<_> = (0..spans).map(|n| card.span(n)).collect();
        let all = SlotSet::from_bits(0xffff_fffe);
        let claims = handles
            .iter()
            .map(|span| span.claim(all, "rig").unwrap())
            .collect();
        let spans = handles
            .iter()
            .map(|span| engine.attach_span(span.clone()).unwrap())
            .collect();
        Self {
            engine,
            spans,
            claims,
            handles,
            card,
            calls: 0,
        }
    }

    /// A call on a slot, whose far end is known on both sides.
    pub(crate) fn call(&mut self, span: usize, slot: u8, media: Media) -> Call {
        self.calls += 1;
        let mut far = Far::new(0x1000 + self.calls);
        let media = Media {
            remote: media.remote.or(Some(far.address())),
            ..media
        };
        let (id, to) = self.open(span, slot, media);
        far.to = to;
        Call {
            id,
            far,
            span,
            slot: Slot::new(slot).unwrap(),
            sent: Vec::new(),
            from: self.card.positions(span).tx_taken,
        }
    }

    /// Opens a channel; gives its RTP address.
    pub(crate) fn open(
        &mut self,
        span: usize,
        slot: u8,
        media: Media,
    ) -> (ChannelId, std::net::SocketAddr) {
        let bind = || UdpSocket::bind("127.0.0.1:0").unwrap();
        let sockets = PortPair::new(bind(), bind()).unwrap();
        let to = sockets.local().unwrap();
        let config = ChannelConfig {
            span: self.spans[span],
            transmit: self.claims[span]
                .transmit(Slot::new(slot).unwrap())
                .unwrap(),
            line_law: g711::Law::A,
            sockets,
            media,
            tones: dsp::progress("etsi").unwrap(),
        };
        (self.engine.open_channel(config).unwrap(), to)
    }

    /// Passes `milliseconds` of line time; each far end sends a packet whenever one is due, and both directions are kept.
    pub(crate) fn run(
        &mut self,
        calls: &mut [Call],
        milliseconds: usize,
        payload_type: u8,
        packet: usize,
    ) {
        for now in 0..milliseconds {
            for (index, call) in calls.iter_mut().enumerate() {
                if (now + index * 7) % (packet / 8) == 0 {
                    let n = (call.far.timestamp.wrapping_sub(u32::MAX - 1000)) as usize;
                    let payload: Vec<_> = (n..n + packet)
                        .map(|n| far_octet(call.far.ssrc, n))
                        .collect();
                    call.far.send(payload_type, &payload);
                }
            }
            self.card.tick();
            if now % 20 == 19 {
                self.collect(calls);
            }
        }
        self.collect(calls);
    }

    pub(crate) fn collect(&self, calls: &mut [Call]) {
        for call in calls {
            call.far.drain();
            // What nobody looked at in time is gone.
            let taken = self.card.positions(call.span).tx_taken;
            call.from = call.from.max(taken.saturating_sub(4000));
            let sent = self.card.sent(call.span, call.slot, call.from);
            call.from += sent.len() as u64;
            call.sent.extend(sent);
        }
    }

    pub(crate) fn stats(&self, call: &Call) -> ChannelStats {
        self.engine
            .channel_stats(call.id)
            .unwrap()
            .expect("the channel is open")
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        std::iter::from_fn(|| self.engine.next_event()).collect()
    }

    /// Closes a channel and gives its last figures, with what happened before.
    pub(crate) fn close(&mut self, id: ChannelId) -> (ChannelStats, Vec<Event>) {
        self.engine.close(id).unwrap();
        let mut before = Vec::new();
        for _ in 0..2000 {
            super::card::readable(self.engine.event_fd(), 5);
            while let Some(event) = self.engine.next_event() {
                if let (true, EventKind::Closed { stats }) = (event.channel == id, event.kind) {
                    return (stats, before);
                }
                before.push(event);
            }
        }
        panic!("the channel did not close");
    }
}

/// Checks that everything which the far end received is what the line brought, without a hole. Gives the packets.
pub(crate) fn check_to_rtp(call: &Call, packet: usize, since: u64) -> usize {
    let received = &call.far.received;
    let first = received.first().expect("packets must arrive");
    assert!(first.header.marker);
    let expected = |begin: u64| -> Vec<u8> {
        (0..packet as u64)
            .map(|n| line_octet(call.span, call.slot, begin + n))
            .collect()
    };
    let begin = (since..since + 2000)
        .find(|begin| expected(*begin) == first.payload)
        .expect("the first packet must be found on the line");
    for (n, one) in received.iter().enumerate() {
        assert_eq!(
            one.header.sequence,
            first.header.sequence.wrapping_add(n as u16),
            "packet {n}"
        );
        let moved = one.header.timestamp.wrapping_sub(first.header.timestamp);
        assert_eq!(moved, (n * packet) as u32, "packet {n}");
        assert_eq!(
            one.payload,
            expected(begin + u64::from(moved)),
            "packet {n}"
        );
        assert_eq!(one.header.ssrc, first.header.ssrc);
        assert_eq!(one.header.marker, n == 0);
    }
    received.len()
}

/// Checks that the line sent the far end's octets from `from` to `to` in one piece, and nothing but idle before.
pub(crate) fn check_from_rtp(call: &Call, from: usize, to: usize) {
    let ssrc = call.far.ssrc;
    let begin = call
        .sent
        .iter()
        .position(|octet| *octet != 0xd5)
        .unwrap_or(call.sent.len());
    // The first octets may themselves look idle.
    let begin = (begin.saturating_sub(8)..=begin)
        .find(|at| (0..16).all(|n| call.sent.get(at + n) == Some(&far_octet(ssrc, from + n))))
        .expect("the first octets must be found on the line");
    for n in from..to {
        assert_eq!(
            call.sent.get(begin + n - from),
            Some(&far_octet(ssrc, n)),
            "octet {n}"
        );
    }
}

impl Call {
    /// Line time jumped: the frames between were never sent by anybody.
    pub(crate) fn jump(&mut self, frames: u64) {
        self.from += frames;
    }
}
