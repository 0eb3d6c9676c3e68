// SPDX-License-Identifier: MIT OR Apache-2.0
//! The pitch period of the last samples.

/// Shortest period: 5 ms, 200 Hz. Higher voices are found at a multiple.
pub(crate) const SHORTEST: usize = 40;
/// Longest period: 15 ms, 67 Hz.
pub(crate) const LONGEST: usize = 120;
/// Samples that are compared: 20 ms.
const WINDOW: usize = 160;
/// Samples of the past that a search looks at.
pub(crate) const REACH: usize = WINDOW + LONGEST;
/// Below this likeness a sound has no period worth repeating.
const VOICED: f32 = 0.35;

/// The period at which the last samples are most like the ones before, in samples, and whether
/// they are alike at all. `past(k)` is the k-th sample from the end, 1 the last.
pub(crate) fn period(past: impl Fn(usize) -> f32) -> (usize, bool) {
    let mut samples = [0.0_f32; REACH];
    for (k, sample) in samples.iter_mut().rev().enumerate() {
        *sample = past(k + 1);
    }
    let (_, recent) = samples.split_at(LONGEST);
    let own: f32 = recent.iter().map(|s| s * s).sum();
    let mut best = (LONGEST, 0.0);
    for lag in SHORTEST..=LONGEST {
        let before = samples.iter().skip(LONGEST - lag);
        let (mut cross, mut energy) = (0.0, 0.0);
        for (now, then) in recent.iter().zip(before) {
            cross += now * then;
            energy += then * then;
        }
        // Of equals the shorter one wins: a multiple of the period is as alike.
        let likeness = if energy > 0.0 {
            cross / (own * energy).sqrt()
        } else {
            0.0
        };
        if likeness > best.1 * 1.001 {
            best = (lag, likeness);
        }
    }
    (best.0, best.1 >= VOICED)
}
