// SPDX-License-Identifier: MIT OR Apache-2.0
//! One channel: what a worker knows of a call's slot and stream.

use super::latch::Latch;
use super::line::Line;
use super::phases::Phases;
use super::transmission::Transmission;
use crate::handle::ChannelId;
use crate::io::{Backend, Body, Port, Stream};
use crate::line_time;
use crate::settings::{ChannelConfig, EngineSettings, Media, Tone};
use crate::stats::{ChannelStats, FromRtp, ToRtp};
use dsp::ProgressTones;
use g711::Law;
use rtp::rtcp::{Cname, MAX_OCTETS, Rtcp, RtcpConfig};
use rtp::{Media as MediaState, Watchdog};
use std::net::SocketAddr;
use std::time::Duration;
use tdm::{Positions, Tap};

/// A channel. Everything that it needs is allocated when it is made.
pub(crate) struct Channel {
    pub(crate) id: ChannelId,
    pub(crate) span: usize,
    pub(super) tap: Tap,
    pub(super) line_law: Law,
    pub(super) media: Media,
    pub(super) latch: Latch,
    pub(super) transmission: Transmission,
    pub(super) line: Line,
    pub(super) rtcp: Rtcp,
    rtcp_learnt: Option<SocketAddr>,
    pub(super) watchdog: Watchdog,
    pub(super) tones: &'static ProgressTones,
    pub(super) to_rtp: ToRtp,
    pub(super) from_rtp: FromRtp,
    pub(super) reported: super::reception::Reported,
    pub(super) phase: Option<(usize, usize)>,
    pub(super) closing: bool,
    opened: u64,
    goodbye_told: bool,
}

/// Mixes a seed (splitmix64).
fn mix(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Channel {
    /// A channel and its port.
    pub(crate) fn new(
        config: ChannelConfig,
        tap: Tap,
        now: &Positions,
        mut seed: u64,
        settings: &EngineSettings,
        ntp_at_epoch: u64,
    ) -> (Self, Port) {
        let media = config.media;
        let random = [mix(&mut seed), mix(&mut seed), mix(&mut seed)];
        let rtcp = RtcpConfig {
            cname: Cname::new(&settings.cname),
            interval: settings.rtcp_interval,
            ntp_at_epoch,
            seed: mix(&mut seed),
        };
        let sender = rtp::Sender::new(random[0] as u32, random[1] as u16, random[2] as u32);
        let at = line_time(now.rx_frame);
        let port = Port {
            sockets: config.sockets.into_sockets(),
            tap: tap.clone(),
        };
        let channel = Self {
            id: ChannelId {
                worker: config.span.worker,
                index: 0,
                number: 0,
            },
            span: usize::from(config.span.index),
            tap,
            line_law: config.line_law,
            media,
            latch: Latch::new(media.symmetric, media.remote),
            transmission: Transmission::new(sender, media.packet_frames(), now.rx_frame),
            line: Line::new(
                config.transmit,
                config.line_law,
                media.packet_frames(),
                mix(&mut seed) as u32,
            ),
            rtcp: Rtcp::new(rtcp, at),
            rtcp_learnt: None,
            watchdog: Self::watch(&media, at),
            tones: config.tones,
            to_rtp: ToRtp::default(),
            from_rtp: FromRtp::default(),
            reported: None,
            phase: None,
            closing: false,
            opened: now.rx_frame,
            goodbye_told: false,
        };
        (channel, port)
    }

    fn watch(media: &Media, now: Duration) -> Watchdog {
        let mut watchdog = Watchdog::new(media.timeout.unwrap_or(Duration::MAX));
        watchdog.expect(now, media.timeout.is_some() && media.direction.receives());
        watchdog
    }

    /// Takes a new agreement.
    pub(crate) fn modify(&mut self, media: Media, now: &Positions, edge: u64) {
        if self.media.direction.receives() && !media.direction.receives() {
            self.line.silence(edge);
        }
        self.latch.agree(media.symmetric, media.remote);
        if media.remote_rtcp != self.media.remote_rtcp || media.remote != self.media.remote {
            self.rtcp_learnt = None;
        }
        if media.packet_frames() != self.media.packet_frames() {
            self.transmission.set_packet(media.packet_frames());
        }
        let watched = |media: &Media| (media.timeout, media.direction.receives());
        if watched(&media) != watched(&self.media) {
            self.watchdog = Self::watch(&media, line_time(now.rx_frame));
        }
        self.media = media;
    }

    /// Takes a phase and begins to send at it.
    pub(super) fn begin(&mut self, phases: &mut Phases, now: u64) {
        let packet = (self.media.packet_frames() / 8) as usize;
        let phase = phases.take(packet);
        self.phase = Some((packet, phase));
        self.transmission.align(now, phase as u64 * 8);
    }

    /// Gives the phase back.
    pub(super) fn end(&mut self, phases: &mut Phases) {
        if let Some((packet, phase)) = self.phase.take() {
            phases.release(packet, phase);
        }
    }

    /// Plays a tone, or ends it.
    pub(crate) fn tone(&mut self, tone: Option<Tone>, edge: u64) {
        let cadence = tone.map(|tone| tone.cadence(self.tones));
        self.line.tone(cadence, edge);
    }

    fn rtcp_destination(&self) -> Option<SocketAddr> {
        self.rtcp_learnt.or(self.media.remote_rtcp).or_else(|| {
            let mut rtp = self.latch.destination()?;
            rtp.set_port(rtp.port().checked_add(1)?);
            Some(rtp)
        })
    }

    /// Sends the report that is due, or the last one.
    pub(crate) fn report(&mut self, now: &Positions, last: bool, backend: &mut dyn Backend) {
        let time = line_time(now.rx_frame);
        if !last && self.rtcp.poll_timeout().is_none_or(|due| time < due) {
            return;
        }
        let timestamp = self.transmission.timestamp_at(now.rx_frame);
        let sender = self.transmission.sender();
        let source = self.line.receiver_mut().source_mut();
        let mut buffer = [0; MAX_OCTETS];
        let length = if last {
            Some(self.rtcp.bye(time, timestamp, sender, source, &mut buffer))
        } else {
            self.rtcp
                .report(time, timestamp, sender, source, &mut buffer)
        };
        let octets = length.and_then(|length| buffer.get(..length));
        if let (Some(octets), Some(to)) = (octets, self.rtcp_destination()) {
            let index = usize::from(self.id.index);
            if backend
                .send(index, Stream::Rtcp, to, Body::Datagram(octets))
                .is_err()
            {
                self.to_rtp.no_slot += 1;
            }
        }
    }

    /// Takes a datagram from the RTCP socket. Returns whether the far end has just said goodbye.
    pub(crate) fn control(&mut self, from: SocketAddr, octets: &[u8], now: &Positions) -> bool {
        let expected = self.rtcp_destination();
        let ours = match expected {
            Some(expected) if self.media.symmetric => expected.ip() == from.ip(),
            Some(expected) => expected == from,
            None => self.media.symmetric,
        };
        if !ours {
            self.from_rtp.strays += 1;
            return false;
        }
        let time = line_time(now.rx_frame);
        let ssrc = self.transmission.sender().ssrc();
        if self.rtcp.input(time, octets, ssrc).is_err() {
            return false;
        }
        if self.media.symmetric {
            self.rtcp_learnt = Some(from);
        }
        let left = self.rtcp.left() && !self.goodbye_told;
        self.goodbye_told |= left;
        left
    }

    /// Whether the media timed out just now.
    pub(crate) fn timed_out(&mut self, now: &Positions) -> bool {
        self.watchdog.media() == MediaState::Expected
            && self.watchdog.handle_timeout(line_time(now.rx_frame))
    }

    /// The figures.
    pub(crate) fn stats(&self, now: &Positions) -> ChannelStats {
        let mut from_rtp = self.from_rtp;
        if let Some(source) = self.line.receiver().source() {
            from_rtp.lost = i64::from(self.line.counters().lost);
            from_rtp.jitter = source.jitter();
        }
        from_rtp.copied = self.line.copied();
        from_rtp.late_frames = self.line.late();
        let mut to_rtp = self.to_rtp;
        to_rtp.copied += self.tap.meter().bytes();
        let remote = self.rtcp.remote();
        ChannelStats {
            to_rtp,
            from_rtp,
            playout: *self.line.counters(),
            rtcp: [
                self.rtcp.sent(),
                self.rtcp.received(),
                self.rtcp.malformed(),
            ],
            remote: remote.map(|report| {
                let block = report.block;
                (block.fraction_lost, block.cumulative_lost, block.jitter)
            }),
            round_trip: remote.and_then(|report| report.round_trip),
            age: line_time(now.rx_frame.saturating_sub(self.opened)),
        }
    }
}
