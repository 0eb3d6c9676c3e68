// SPDX-License-Identifier: MIT OR Apache-2.0
//! Levels and level meters.

/// Root mean square of 0 dBm0 on the 16-bit scale of the `g711` crate: the A-law's full scale of 32,768 is the peak of
/// +3.14 dBm0. The mu-law's 0 dBm0 is 0.07 dB lower, which is ignored here.
pub const REFERENCE: f64 = 16_141.0;

/// Samples in a second.
pub const RATE: usize = 8000;

/// The sample at `seconds`, at a whole millisecond.
#[must_use]
pub fn at(seconds: f64) -> usize {
    (seconds * 1000.0).round() as usize * (RATE / 1000)
}

/// The factor of an amplitude change.
#[must_use]
pub fn amplitude(db: f64) -> f64 {
    10f64.powf(db / 20.0)
}

/// The level of a mean square.
#[must_use]
pub fn dbm0(mean_square: f64) -> f64 {
    10.0 * (mean_square + 1e-9).log10() - 20.0 * REFERENCE.log10()
}

/// Mean square of samples; 0 for none.
#[must_use]
pub fn power(samples: &[f32]) -> f64 {
    let sum: f64 = samples.iter().map(|v| f64::from(*v) * f64::from(*v)).sum();
    sum / samples.len().max(1) as f64
}

/// Root mean square over the 5 ms frames that are louder than −34 dB under the loudest: the active
/// level, without pauses.
#[must_use]
pub fn active_rms(samples: &[f32]) -> f64 {
    let frames: Vec<f64> = samples.chunks_exact(40).map(power).collect();
    let loudest = frames.iter().copied().fold(0.0, f64::max);
    let active: Vec<f64> = frames.into_iter().filter(|p| *p > loudest * 4e-4).collect();
    (active.iter().sum::<f64>() / active.len().max(1) as f64).sqrt()
}

/// Scales samples to an active level.
pub fn set_level(samples: &mut [f32], dbm0: f64) {
    let rms = active_rms(samples);
    if rms > 0.0 {
        let factor = (REFERENCE * amplitude(dbm0) / rms) as f32;
        samples.iter_mut().for_each(|v| *v *= factor);
    }
}

/// The level meter of the masks: squares through an exponential average of 35 ms, without the
/// telephone band-pass that the standard puts in front.
#[must_use]
pub fn meter(samples: &[f32]) -> Meter {
    let keep = (-1.0 / (RATE as f64 * 0.035)).exp();
    let mut state = 0.0f64;
    let squares = samples.iter().map(|v| {
        state = keep * state + (1.0 - keep) * f64::from(*v) * f64::from(*v);
        state as f32
    });
    Meter {
        squares: squares.collect(),
    }
}

/// What [`meter`] showed at each sample.
#[derive(Clone, Debug)]
pub struct Meter {
    squares: Vec<f32>,
}

impl Meter {
    /// The highest level shown from `from` to `to`, in samples, in dBm0.
    #[must_use]
    pub fn highest(&self, from: usize, to: usize) -> f64 {
        dbm0(f64::from(
            self.slice(from, to).iter().copied().fold(0.0, f32::max),
        ))
    }

    /// The lowest level shown.
    #[must_use]
    pub fn lowest(&self, from: usize, to: usize) -> f64 {
        let least = self
            .slice(from, to)
            .iter()
            .copied()
            .fold(f32::MAX, f32::min);
        dbm0(f64::from(least))
    }

    fn slice(&self, from: usize, to: usize) -> &[f32] {
        let to = to.min(self.squares.len());
        self.squares.get(from.min(to)..to).unwrap_or_default()
    }
}

/// A part of a signal, empty where it is outside.
#[must_use]
pub fn part(samples: &[f32], from: usize, to: usize) -> &[f32] {
    let to = to.min(samples.len());
    &samples[from.min(to)..to]
}

/// Echo return loss enhancement from `from` to `to`: the power of `before` over that of `after`, in dB.
#[must_use]
pub fn enhancement(before: &[f32], after: &[f32], from: usize, to: usize) -> f64 {
    let (before, after) = (power(part(before, from, to)), power(part(after, from, to)));
    10.0 * ((before + 1e-3) / (after + 1e-3)).log10()
}

/// The first time (samples from `from`) at which the enhancement over the last 350 ms reaches `db` and
/// stays within 1 dB of it for 700 ms; pauses of the far end do not count. `None`: never.
#[must_use]
pub fn reaches(before: &[f32], after: &[f32], db: f64, from: usize, to: usize) -> Option<usize> {
    const WINDOW: usize = 2800;
    const HOLD: usize = 5600;
    let to = to.min(before.len()).min(after.len());
    if to < from + WINDOW {
        return None;
    }
    let sums = |v: &[f32]| -> Vec<f64> {
        let mut sum = 0.0;
        let mut all = vec![0.0];
        all.extend(v[from..to].iter().map(|s| {
            sum += f64::from(*s) * f64::from(*s);
            sum
        }));
        all.windows(WINDOW + 1).map(|w| w[WINDOW] - w[0]).collect()
    };
    let (before, after) = (sums(before), sums(after));
    let loudest = before.iter().copied().fold(0.0, f64::max);
    let value = |i: usize| 10.0 * ((before[i] + 1.0) / (after[i] + 1.0)).log10();
    let active = |i: usize| before[i] > loudest * 1e-3;
    let mut candidate = None;
    for i in 0..before.len() {
        let start: Option<usize> = candidate;
        match start {
            Some(start) if i - start >= HOLD => return Some(start + WINDOW),
            Some(_) if active(i) && value(i) < db - 1.0 => candidate = None,
            None if active(i) && value(i) >= db => candidate = Some(i),
            _ => {}
        }
    }
    candidate.map(|start| start + WINDOW)
}
