// SPDX-License-Identifier: MIT OR Apache-2.0
//! The scout: a proportionate NLMS filter at 2 kHz over the whole tail.

use super::{Reference, smooth};
use crate::constants::{BLOCK, DECIMATION, DUTY, FIR, PLACE_PERIOD, SEGMENTS, double as k};
use crate::decimator;

/// The filter, its input and its statistics.
#[derive(Clone, Debug)]
pub(super) struct Scout {
    fir: [f64; FIR],
    /// Last samples of far end, Sin and foreground error, the newest last.
    lines: [[f64; FIR]; 3],
    /// Decimated far end, the newest last.
    far: Vec<f64>,
    /// Tap `i` weighs the far end of `4 i` samples ago.
    pub(super) taps: Vec<f64>,
    /// Far-end energy over the tail.
    pub(super) loud: f64,
    /// Powers of Sin, scout error and foreground error in the band.
    pub(super) d: f64,
    pub(super) e: f64,
    pub(super) f: f64,
    /// Blocks left of a frozen proof, and the three energies of it.
    pub(super) proof: f64,
    energy: (f64, f64, f64),
    pub(super) pending: [i32; SEGMENTS],
    pub(super) candidate: [i32; SEGMENTS],
    pub(super) agreed: f64,
}

impl Scout {
    pub(super) fn new(taps: usize) -> Self {
        Self {
            fir: decimator::taps(),
            lines: [[0.0; FIR]; 3],
            far: vec![0.0; taps],
            taps: vec![0.0; taps],
            loud: 0.0,
            d: 0.0,
            e: 0.0,
            f: 0.0,
            proof: 0.0,
            energy: (0.0, 0.0, 0.0),
            pending: [0; SEGMENTS],
            candidate: [-1000; SEGMENTS],
            agreed: 0.0,
        }
    }

    pub(super) fn prove(&mut self, blocks: f64) {
        self.proof = blocks;
        self.energy = (0.0, 0.0, 0.0);
    }

    /// Next sample of the far end over the tail; Sin, foreground error and scout error in the band.
    fn step(&mut self, x: &[f64], d: &[f64], f: &[f64]) -> (f64, f64) {
        for (line, new) in self.lines.iter_mut().zip([x, d, f]) {
            line.rotate_left(DECIMATION);
            line[FIR - DECIMATION..].copy_from_slice(new);
        }
        let dot =
            |line: &[f64; FIR]| -> f64 { line.iter().zip(&self.fir).map(|(a, b)| a * b).sum() };
        let [x, d, f] = self.lines.each_ref().map(dot);
        self.far.rotate_left(1);
        if let Some(newest) = self.far.last_mut() {
            *newest = x;
        }
        self.loud = self.far.iter().map(|v| v * v).sum();
        (d, f)
    }

    fn filter(&self) -> f64 {
        self.taps
            .iter()
            .zip(self.far.iter().rev())
            .map(|(a, b)| a * b)
            .sum()
    }

    fn update(&mut self, e: f64) {
        let size: f64 = self.taps.iter().map(|v| v.abs()).sum();
        let equal = (1.0 - k::SCOUT_PROPORTION) / (2.0 * self.taps.len() as f64);
        let own = (1.0 + k::SCOUT_PROPORTION) / (2.0 * size + 1e-3);
        let weight = |tap: f64| equal + own * tap.abs();
        let pairs = || self.taps.iter().zip(self.far.iter().rev());
        let energy: f64 = pairs().map(|(s, v)| weight(*s) * v * v).sum();
        let g = k::SCOUT_STEP * e / (energy + k::SCOUT_FLOOR);
        let far = self.far.iter().rev();
        self.taps
            .iter_mut()
            .zip(far)
            .for_each(|(s, v)| *s += g * weight(*s) * v);
    }
}

impl Reference {
    pub(super) fn scout(&mut self, d: &[f64; BLOCK], fe: &[f64; BLOCK]) {
        if self.scout.taps.is_empty() {
            return;
        }
        let turn = self.tick % PLACE_PERIOD;
        let settled = self.levels.lf < k::TRUST && !self.levels.suspect && !self.change.bypass;
        let proving = self.scout.proof > 0.0;
        let runs = proving || !settled || turn < DUTY;
        let base = self.far.len() - BLOCK;
        for half in 0..BLOCK / DECIMATION {
            let part = half * DECIMATION..(half + 1) * DECIMATION;
            let x = base + part.start..base + part.end;
            let (dl, fl) = self.scout.step(&self.far[x], &d[part.clone()], &fe[part]);
            if !runs {
                continue;
            }
            let e = dl - self.scout.filter();
            let learning = self.learning();
            let s = &mut self.scout;
            s.energy.0 += dl * dl;
            s.energy.1 += e * e;
            s.energy.2 += fl * fl;
            smooth(&mut s.d, k::SCOUT_SMOOTH, dl * dl);
            smooth(&mut s.e, k::SCOUT_SMOOTH, e * e);
            smooth(&mut s.f, k::SCOUT_SMOOTH, fl * fl);
            let loud = s.loud > s.taps.len() as f64 * k::SCOUT_LOUD;
            if loud && learning && !self.tone && !proving {
                s.update(e);
            }
        }
        if proving {
            self.scout_proof();
        } else if turn == PLACE_PERIOD - 1 {
            self.place();
        }
    }

    /// A move away from a trusted window is checked with frozen scout taps.
    fn scout_proof(&mut self) {
        let s = &mut self.scout;
        s.proof -= 1.0;
        if s.proof <= 0.0 {
            s.proof = 0.0;
            s.agreed = 0.0;
            let ratio = if self.change.bypass {
                k::SCOUT_RATIO_BYPASS
            } else {
                k::SCOUT_RATIO
            };
            if s.energy.1 < ratio * s.energy.2 && s.energy.1 < ratio * s.energy.0 {
                let place = s.pending;
                self.move_to(place);
            }
        }
    }

    /// Moves the window to these scout taps.
    pub(super) fn move_to(&mut self, place: [i32; SEGMENTS]) {
        self.abandon_test();
        let delays = place.map(|tap| tap as usize * DECIMATION);
        let moved = |s: usize| (delays[s] as f64 - self.delays[s] as f64).abs() > k::FAR;
        let far = (0..SEGMENTS).any(moved);
        self.remap(delays);
        self.scout.agreed = 0.0;
        self.scout.candidate = [-1000; SEGMENTS];
        if far {
            self.levels.age = 0.0;
            self.levels.lf = 1.0;
            self.levels.forget();
        }
    }
}
