// SPDX-License-Identifier: MIT OR Apache-2.0
//! The RTCP state of one call.

use core::time::Duration;

use super::write::compound;
use super::{Cname, Item, MAX_OCTETS, ParseError, ReportBlock, SenderInfo, items};
use crate::random::Spread;
use crate::{Sender, Source};

/// What RTCP needs to know of a call.
#[derive(Clone, Copy, Debug)]
pub struct RtcpConfig {
    /// Our name in SDES.
    pub cname: Cname,
    /// The mean time between reports: 5 s in RFC 3550, less only by agreement. The first comes
    /// after half of it.
    pub interval: Duration,
    /// NTP time at the epoch of `now`: seconds since 1900 in the upper half, fraction in the
    /// lower.
    pub ntp_at_epoch: u64,
    /// Seed of the timer's spread.
    pub seed: u64,
}

/// The far end's last report on what it hears of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteReport {
    /// The report.
    pub block: ReportBlock,
    /// The round-trip time, if one of our sender reports has come back in it.
    pub round_trip: Option<Duration>,
}

/// RTCP between two parties.
///
/// Wait until [`Self::poll_timeout`], then call [`Self::report`] and send what it wrote. Give
/// every datagram to [`Self::input`]. At the end of the call send [`Self::bye`].
#[derive(Clone, Copy, Debug)]
pub struct Rtcp {
    config: RtcpConfig,
    spread: Spread,
    next: Duration,
    /// Packets that our last report had counted.
    reported: u32,
    /// Middle NTP bits and arrival of the far end's last SR, and its source.
    last_sr: Option<(u32, Duration, u32)>,
    remote: Option<RemoteReport>,
    /// The far end has said BYE.
    left: bool,
    sent: u32,
    received: u32,
    malformed: u32,
}

impl Rtcp {
    /// The state of a call that begins now.
    #[must_use]
    pub fn new(config: RtcpConfig, now: Duration) -> Self {
        let mut rtcp = Self {
            config,
            spread: Spread::new(config.seed),
            next: now,
            reported: 0,
            last_sr: None,
            remote: None,
            left: false,
            sent: 0,
            received: 0,
            malformed: 0,
        };
        rtcp.schedule(now, config.interval / 2);
        rtcp
    }

    /// Between 0.5 and 1.5 times the mean, divided by e − 3/2, as RFC 3550 computes it. Its other
    /// terms (bandwidth, members) never reach the minimum with two parties, and reconsideration
    /// changes nothing for them.
    fn schedule(&mut self, now: Duration, mean: Duration) {
        let share = (1 << 31) + u128::from(self.spread.next()); // of 2³²
        let nanos = ((mean.as_nanos() * share) >> 32) * 1_000_000_000 / 1_218_281_828;
        let wait = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        self.next = now.saturating_add(wait);
    }

    /// When the next report is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        Some(self.next)
    }

    /// Writes the report that is due and returns its length; `None` before its time. `timestamp`
    /// is `now` on our stream's RTP clock.
    pub fn report(
        &mut self,
        now: Duration,
        timestamp: u32,
        sender: &Sender,
        source: Option<&mut Source>,
        buffer: &mut [u8; MAX_OCTETS],
    ) -> Option<usize> {
        if now < self.next {
            return None;
        }
        self.schedule(now, self.config.interval);
        Some(self.write(now, timestamp, sender, source, buffer, false))
    }

    /// Writes the last report, with BYE, and returns its length.
    pub fn bye(
        &mut self,
        now: Duration,
        timestamp: u32,
        sender: &Sender,
        source: Option<&mut Source>,
        buffer: &mut [u8; MAX_OCTETS],
    ) -> usize {
        self.write(now, timestamp, sender, source, buffer, true)
    }

    fn write(
        &mut self,
        now: Duration,
        timestamp: u32,
        sender: &Sender,
        source: Option<&mut Source>,
        buffer: &mut [u8; MAX_OCTETS],
        bye: bool,
    ) -> usize {
        let sending = sender.packets() != self.reported;
        self.reported = sender.packets();
        let info = sending.then(|| SenderInfo {
            ntp: self.ntp(now),
            timestamp,
            packets: sender.packets(),
            octets: sender.octets(),
        });
        let block = source.filter(|s| s.is_valid()).map(|source| {
            let sr = self.last_sr.filter(|(_, _, ssrc)| *ssrc == source.ssrc());
            let (middle, delay) = sr.map_or((0, 0), |(middle, at, _)| {
                (middle, short_ntp(now.saturating_sub(at)))
            });
            source.report(middle, delay)
        });
        self.sent = self.sent.wrapping_add(1);
        compound(buffer, sender.ssrc(), info, block, &self.config.cname, bye)
    }

    /// Takes a datagram from the far end. `ours` is the SSRC we send with.
    ///
    /// # Errors
    /// [`ParseError`] where the datagram cannot be read; what came before has taken effect.
    pub fn input(&mut self, now: Duration, octets: &[u8], ours: u32) -> Result<(), ParseError> {
        self.received = self.received.wrapping_add(1);
        for item in items(octets) {
            match item {
                Ok(Item::Report {
                    ssrc,
                    sender,
                    block,
                }) => {
                    if let Some(info) = sender {
                        self.last_sr = Some((middle(info.ntp), now, ssrc));
                    }
                    if let Some(block) = block.filter(|b| b.ssrc == ours) {
                        let round_trip = self.round_trip(now, &block);
                        self.remote = Some(RemoteReport { block, round_trip });
                    }
                }
                Ok(Item::Bye { .. }) => self.left = true,
                Ok(Item::Other { .. }) => {}
                Err(error) => {
                    self.malformed = self.malformed.saturating_add(1);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn round_trip(&self, now: Duration, block: &ReportBlock) -> Option<Duration> {
        if block.last_sr == 0 {
            return None;
        }
        let since = middle(self.ntp(now)).wrapping_sub(block.last_sr);
        // Beyond nine hours the far end's numbers are nonsense, not a delay.
        let units = since
            .checked_sub(block.delay_since_last_sr)
            .filter(|u| *u < 1 << 31)?;
        Some(Duration::from_nanos(
            u64::from(units) * 1_000_000_000 / 65_536,
        ))
    }

    fn ntp(&self, now: Duration) -> u64 {
        let seconds = now.as_secs() << 32;
        let fraction = (u64::from(now.subsec_nanos()) << 32) / 1_000_000_000;
        self.config
            .ntp_at_epoch
            .wrapping_add(seconds)
            .wrapping_add(fraction)
    }

    /// The far end's last report on our stream.
    #[must_use]
    pub const fn remote(&self) -> Option<RemoteReport> {
        self.remote
    }

    /// Whether the far end has said BYE.
    #[must_use]
    pub const fn left(&self) -> bool {
        self.left
    }

    /// Reports sent.
    #[must_use]
    pub const fn sent(&self) -> u32 {
        self.sent
    }

    /// Datagrams received.
    #[must_use]
    pub const fn received(&self) -> u32 {
        self.received
    }

    /// Datagrams that could not be read to their end.
    #[must_use]
    pub const fn malformed(&self) -> u32 {
        self.malformed
    }
}

/// The middle 32 bits of an NTP time: 1/65,536 s.
const fn middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

/// A duration in 1/65,536 s, at most what 32 bits hold.
fn short_ntp(duration: Duration) -> u32 {
    let units = (duration.as_nanos() << 16) / 1_000_000_000;
    u32::try_from(units).unwrap_or(u32::MAX)
}
