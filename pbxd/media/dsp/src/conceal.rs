// SPDX-License-Identifier: MIT OR Apache-2.0
//! Packet-loss concealment: the last pitch periods again, fading into comfort noise.
//!
//! The idea is that of G.711 Appendix I (repeat the waveform at its pitch, overlap where the
//! pieces join, fade out); the procedure is our own and adds no delay:
//! * the first sample continues the last good one: the step between them is taken out and given
//!   back over a quarter period;
//! * the end of a repeated piece is overlapped with what led up to the beginning of the next;
//! * one period is repeated for 10 ms, then two, then three, which sounds less like a buzz; a
//!   sound without pitch is repeated in its longest piece from the start;
//! * from 10 ms to 60 ms the repetition fades out while noise at the level of the quietest recent
//!   10 ms fades in;
//! * the good samples that follow are overlapped with the continued repetition.

use crate::noise::ComfortNoise;
use crate::pitch;

/// Samples of the past that a concealment may ask for.
pub const HISTORY: usize = 480;
/// Samples after which only noise is left: 60 ms.
pub const FADE_END: u32 = 480;
/// Samples without fading: 10 ms.
const FADE_BEGIN: u32 = 80;
/// Overlap into good samples: 4 ms, and as much again for every 10 ms lost, up to 10 ms.
const REENTRY: u32 = 32;
const REENTRY_MAX: u32 = 80;

/// One loss being concealed.
///
/// The history is the caller's: `past(k)` is the k-th good sample before the loss, 1 the last;
/// it must stay the same while the loss lasts (until [`FADE_END`] samples, after which it is no
/// longer asked).
#[derive(Clone, Copy, Debug)]
pub struct Concealment {
    period: u32,
    voiced: bool,
    /// Samples in the piece that is repeated now, and the place in it.
    piece: u32,
    at: u32,
    /// Samples in the piece after it.
    following: u32,
    /// Samples made so far.
    elapsed: u32,
    /// The step at the join, still to be given back.
    step: f32,
    noise: ComfortNoise,
    /// Overlap at the end: samples in all and done, once it has begun.
    reentry: Option<(u32, u32)>,
}

impl Concealment {
    /// Begins after a history of at least [`HISTORY`] samples. `quietest` is the least and
    /// `loudest` the greatest root mean square that the noise may have.
    #[must_use]
    pub fn new(seed: u32, quietest: f32, loudest: f32, past: impl Fn(usize) -> f32) -> Self {
        let (period, voiced) = pitch::period(&past);
        let noise = background(&past).clamp(quietest, loudest.max(quietest));
        let mut loss = Self {
            period: period as u32,
            voiced,
            piece: 0,
            at: 0,
            following: 0,
            elapsed: 0,
            step: 0.0,
            noise: ComfortNoise::new(seed, noise),
            reentry: None,
        };
        loss.piece = loss.pieces_at(0) * loss.period;
        loss.following = loss.pieces_at(loss.piece) * loss.period;
        loss.step = past(1) - past(loss.piece as usize + 1);
        loss
    }

    /// Begins where there is nothing to repeat: noise of this root mean square from the start.
    #[must_use]
    pub fn noise(seed: u32, rms: f32) -> Self {
        Self {
            period: 1,
            voiced: false,
            piece: 1,
            at: 0,
            following: 1,
            elapsed: FADE_END,
            step: 0.0,
            noise: ComfortNoise::new(seed, rms),
            reentry: None,
        }
    }

    /// Periods in a piece that begins so many samples into the loss.
    fn pieces_at(&self, elapsed: u32) -> u32 {
        if self.voiced {
            (1 + elapsed / FADE_BEGIN).min(3)
        } else {
            3
        }
    }

    /// The next sample.
    pub fn sample(&mut self, past: impl Fn(usize) -> f32) -> f32 {
        let noise = self.noise.sample();
        if self.elapsed >= FADE_END {
            return noise;
        }
        let faded = self.elapsed.saturating_sub(FADE_BEGIN) as f32;
        let share = faded / (FADE_END - FADE_BEGIN) as f32;
        let quarter = self.period / 4;
        let mut value = self.repeated(quarter, past);
        if self.elapsed < quarter {
            value += self.step * (1.0 - (self.elapsed + 1) as f32 / (quarter + 1) as f32);
        }
        self.elapsed += 1;
        self.at += 1;
        if self.at == self.piece {
            self.at = 0;
            self.piece = self.following;
            self.following = self.pieces_at(self.elapsed + self.piece) * self.period;
        }
        value * (1.0 - share) + noise * share
    }

    /// The repeated piece at its present place, its end overlapped with what led up to
    /// the beginning of the piece that follows.
    fn repeated(&self, quarter: u32, past: impl Fn(usize) -> f32) -> f32 {
        let back = (self.piece - self.at) as usize;
        let value = past(back);
        let left = self.piece - self.at; // 1 at the last sample
        if left > quarter {
            return value;
        }
        let weight = (quarter + 1 - left) as f32 / (quarter + 1) as f32;
        value * (1.0 - weight) + past((left + self.following) as usize) * weight
    }

    /// Overlaps good samples that follow with the continued concealment; the first of them comes
    /// first. Returns `None` when the overlap is over: from there on they are good as they are.
    pub fn reenter(&mut self, good: f32, past: impl Fn(usize) -> f32) -> Option<f32> {
        let longer = self.elapsed / FADE_BEGIN * REENTRY;
        let (all, done) = self
            .reentry
            .unwrap_or(((REENTRY + longer).min(REENTRY_MAX), 0));
        if done >= all {
            return None;
        }
        self.reentry = Some((all, done + 1));
        let weight = (done + 1) as f32 / (all + 1) as f32;
        Some(self.sample(past) * (1.0 - weight) + good * weight)
    }

    /// Samples made so far, up to [`FADE_END`].
    #[must_use]
    pub const fn elapsed(&self) -> u32 {
        self.elapsed
    }
}

/// Root mean square of the quietest 10 ms of the past.
fn background(past: impl Fn(usize) -> f32) -> f32 {
    let mut quietest = f32::MAX;
    for block in 0..HISTORY / 80 {
        let energy: f32 = (1..=80).map(|k| past(block * 80 + k)).map(|s| s * s).sum();
        quietest = quietest.min(energy / 80.0);
    }
    quietest.sqrt()
}
