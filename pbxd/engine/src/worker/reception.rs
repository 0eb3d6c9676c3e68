// SPDX-License-Identifier: MIT OR Apache-2.0
//! From RTP to the line: whose packet it is, and what it is.

use super::channel::Channel;
use super::latch::Judged;
use super::line::Reach;
use super::outbox::Outbox;
use crate::event::{Event, EventKind};
use crate::line_time;
use dsp::DtmfKey;
use g711::Law;
use rtp::Packet;
use rtp::event::Payload;
use std::net::SocketAddr;
use tdm::Positions;

/// The last telephone event that was reported: its start and code.
pub(super) type Reported = Option<(u32, u8)>;

/// What a payload type stands for in an agreement.
enum Kind {
    Audio(Law),
    Event,
}

impl Channel {
    /// Takes a datagram from the RTP socket.
    pub(crate) fn receive(
        &mut self,
        from: SocketAddr,
        octets: &[u8],
        now: &Positions,
        reach: Reach,
        outbox: &mut Outbox,
    ) {
        let Ok(packet) = Packet::parse(octets) else {
            self.from_rtp.malformed += 1;
            return;
        };
        let header = packet.header;
        let kind = match header.payload_type {
            // Both laws are static types that every far end may fall back to.
            0 => Kind::Audio(Law::Mu),
            8 => Kind::Audio(Law::A),
            other if Some(other) == self.media.event_payload_type => Kind::Event,
            _ => {
                self.from_rtp.unknown_payload += 1;
                return;
            }
        };
        let channel = self.id;
        let mut tell = |kind| outbox.send(Event { channel, kind });
        match self.latch.judge(from, header.ssrc, now.rx_frame) {
            Judged::Stray => {
                self.from_rtp.strays += 1;
                return;
            }
            Judged::Moved => {
                self.from_rtp.latches += 1;
                tell(EventKind::Latched { from });
            }
            Judged::Taken => {}
        }
        if self.watchdog.input(line_time(now.rx_frame)) {
            tell(EventKind::MediaResumed);
        }
        if !self.media.direction.receives() {
            self.from_rtp.unwanted += 1;
            return;
        }
        self.from_rtp.packets += 1;
        self.from_rtp.octets += packet.payload.len() as u64;
        let arrival = now.rx_frame as u32;
        match kind {
            Kind::Audio(law) => self
                .line
                .audio(reach, arrival, &header, law, packet.payload),
            Kind::Event => {
                self.line.event(reach, arrival, &header, packet.payload);
                let this = Payload::parse(packet.payload).ok();
                let this = this.map(|event| (header.timestamp, event.code));
                let key = this.and_then(|(_, code)| DtmfKey::from_code(code));
                // The segments of an event longer than eight seconds have timestamps of their own, without the marker.
                let segment = !header.marker
                    && self.reported.zip(this).is_some_and(|(last, this)| {
                        last.1 == this.1 && this.0.wrapping_sub(last.0) % 0xffff == 0
                    });
                if let (Some(key), false) =
                    (key, this == self.reported || segment || self.is_older(this))
                {
                    self.reported = this;
                    self.from_rtp.events += 1;
                    tell(EventKind::Dtmf {
                        digit: key.symbol(),
                    });
                }
            }
        }
    }

    /// Whether this is an event before the one reported last, reordered.
    fn is_older(&self, this: Reported) -> bool {
        self.reported.zip(this).is_some_and(|(last, this)| {
            let distance = rtp::timestamp_distance(last.0, this.0);
            distance < 0 && distance > -0x10_0000
        })
    }
}
