// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the scout's energy says that the window's segments belong; every 8 ms.

use super::Reference;
use crate::constants::{DECIMATION, SCOUT_SEGMENT, SCOUT_WINDOW, SEGMENTS, double as k};
use crate::split::best_segments;

/// A place for the segments.
struct Place {
    start: [i32; SEGMENTS],
    /// Energy that it covers, over the floor.
    covered: f64,
    /// Share of the whole energy that it must cover.
    needed: f64,
    contiguous: bool,
}

impl Reference {
    pub(super) fn place(&mut self) {
        let s = &self.scout;
        let energies: Vec<f64> = s.taps.iter().map(|v| v * v).collect();
        let total: f64 = energies.iter().sum();
        let effect = s.e / (s.d + 1.0);
        let greatest = energies.iter().copied().fold(0.0, f64::max);
        let floor = k::SCOUT_NOISE * greatest * effect.clamp(0.02, 1.0);
        let mut sums = vec![0.0];
        for q in &energies {
            sums.push(sums[sums.len() - 1] + (q - floor).max(0.0));
        }
        let sums: Vec<f32> = sums.into_iter().map(|v| v as f32).collect();
        let place = find(&sums);
        let covers = |d: usize| {
            let tap = (d / DECIMATION).min(s.taps.len() - SCOUT_SEGMENT);
            f64::from(sums[tap + SCOUT_SEGMENT] - sums[tap])
        };
        let current: f64 = self.delays.iter().map(|d| covers(*d)).sum();
        let uncovered = (place.covered - current) / (place.covered + 1e-20);
        let away = |i: usize| (place.start[i] - (self.delays[i] / DECIMATION) as i32).abs();
        let moves = f64::from((0..SEGMENTS).map(away).max().unwrap_or(0));
        let loud = s.loud > s.taps.len() as f64 * k::SCOUT_LOUD;
        let usable = place.covered > place.needed * total && loud && !self.tone && self.learning();
        let l = &self.levels;
        let trusted = l.lf < k::TRUST;
        let early = l.age < k::FOLLOW_AGE
            && l.lf > k::FOLLOW_LEAK
            && !self.change.bypass
            && place.contiguous
            && moves < k::FOLLOW_MOST;
        let follow =
            usable && (!trusted || early) && effect < k::FOLLOW_EFFECT && moves >= k::FOLLOW_LEAST;
        let works = s.e < k::SCOUT_WORKS * s.d && s.e < k::SCOUT_BEATS * s.f;
        let missed = k::UNCOVERED * (s.f / (s.d + 1.0)).min(1.0);
        let better = works && uncovered > k::UNCOVERED_MIN && uncovered > missed;
        let good = follow || (usable && total > 0.0 && better);
        let same = (0..SEGMENTS).all(|i| (place.start[i] - s.candidate[i]).abs() <= 3);
        let s = &mut self.scout;
        if !good {
            s.agreed = 0.0;
            s.candidate = [-1000; SEGMENTS];
            return;
        }
        if same {
            s.agreed += 1.0;
        } else {
            s.agreed = 0.0;
            s.candidate = place.start;
        }
        if s.agreed >= k::AGREEMENT {
            if trusted && !follow {
                s.pending = place.start;
                s.prove(if self.change.bypass {
                    k::SCOUT_PROOF_BYPASS
                } else {
                    k::SCOUT_PROOF
                });
            } else {
                self.move_to(place.start);
            }
        }
    }
}

/// The best place over prefix sums of the energy.
fn find(sums: &[f32]) -> Place {
    let taps = sums.len() - 1;
    let energy = |from: usize| sums[from + SCOUT_WINDOW] - sums[from];
    let starts = 0..=taps - SCOUT_WINDOW;
    let best = starts.clone().map(energy).fold(0.0, f32::max);
    let contiguous = best >= k::CONTIGUOUS as f32 * sums[taps];
    if !contiguous {
        let (start, covered) = best_segments(sums);
        return Place {
            start,
            covered: f64::from(covered),
            needed: k::CONCENTRATION_SPLIT,
            contiguous,
        };
    }
    let enough = |from: &usize| energy(*from) >= k::LATEST as f32 * best;
    let first = starts.clone().find(enough).unwrap_or(0) as i32;
    let last = starts.rev().find(enough).unwrap_or(0) as i32;
    let from = (last - k::PRE_ROLL as i32).max(first);
    Place {
        start: core::array::from_fn(|i| from + (i * SCOUT_SEGMENT) as i32),
        covered: f64::from(energy(from as usize)),
        needed: k::CONCENTRATION,
        contiguous,
    }
}
