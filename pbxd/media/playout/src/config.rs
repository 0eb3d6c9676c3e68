// SPDX-License-Identifier: MIT OR Apache-2.0
//! The policy's figures.

use dsp::DtmfTiming;
use g711::Law;

/// What is sent when nothing arrives for long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quiet {
    /// Comfort noise, without end.
    ComfortNoise,
    /// Comfort noise for so many frames, then nothing: the ring sends its idle code.
    IdleAfter(u32),
}

/// The figures of a playout, in frames of 125 µs where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// The law of the line.
    pub law: Law,
    /// The fill at which the first packet is placed, and to which the fill is steered: 80 to
    /// 1,600 (10 to 200 ms).
    pub target: u32,
    /// Steering begins when a packet's fill is below this.
    pub low: u32,
    /// Steering begins when every fill of a second is above this.
    pub high: u32,
    /// Packets further ahead than this are not played at their place: the stream is placed anew
    /// at the target.
    pub max_fill: u32,
    /// A stream held up in the network is played on, that much later at most; beyond it is
    /// placed anew.
    pub max_shift: u32,
    /// Below this level, in dBm0, a packet counts as silence.
    pub silence_dbm0: f32,
    /// What follows a loss that does not end.
    pub quiet: Quiet,
    /// Shortest tone and pause of telephone events.
    pub dtmf: DtmfTiming,
    /// How long the tone of an event goes on when its updates stay out.
    pub event_grace: u32,
    /// How far beyond the asked frame a tone is written: a receiver takes a tone that a late
    /// writer broke for two. What stands beyond its end is taken back when the end is heard.
    pub tone_ahead: u32,
    /// Seed of the comfort noise.
    pub seed: u32,
}

/// A [`Config`] that cannot be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The target is outside its bounds.
    #[error("a fill target of {0} frames; 80 to 1,600 (10 to 200 ms) are possible")]
    Target(u32),
    /// Not `low < target < high < max_fill ≤ 2,000`.
    #[error("low < target < high < max_fill ≤ 2,000 frames must hold")]
    Window,
}

impl Config {
    /// The usual figures for a worker that visits the channel once per `packet` frames (80 to
    /// 480): one packet and 5 ms of target, since a packet may miss its visit by a hair. Then its
    /// fill falls by a packet at once, so the window is half a packet to both sides.
    #[must_use]
    pub fn new(law: Law, packet: u32) -> Self {
        let packet = packet.clamp(80, 480);
        let target = packet + 40;
        Self {
            law,
            target,
            low: target - packet / 2,
            high: target + packet / 2,
            max_fill: 1920,
            max_shift: 1600,
            silence_dbm0: -45.0,
            quiet: Quiet::ComfortNoise,
            dtmf: DtmfTiming::default(),
            event_grace: 800,
            tone_ahead: 160,
            seed: 1,
        }
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if !(80..=1600).contains(&self.target) {
            return Err(ConfigError::Target(self.target));
        }
        let rising = self.low < self.target
            && self.target < self.high
            && self.high < self.max_fill
            && self.max_fill <= 2000;
        if rising {
            Ok(())
        } else {
            Err(ConfigError::Window)
        }
    }
}
