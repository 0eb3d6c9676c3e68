// SPDX-License-Identifier: MIT OR Apache-2.0
//! The scout: a proportionate NLMS filter at 2 kHz over the whole tail, for all lanes.

use crate::constants::{BLOCK, DECIMATION, DUTY, FIR, SEGMENTS, single as k};
use crate::decimator;
use crate::lanes::{LANES, Lanes, Row, any, flag, fma, lane_state, pick, smooth};

/// Decimated samples that the history takes before it is moved back.
const SLACK: usize = 16;
/// Rows of a delay line in front of the low-pass.
const LINE: usize = FIR + BLOCK;

lane_state! {
    /// What the scout knows of itself.
    Known {
        /// Sum of the taps' sizes.
        size = 0.0,
        /// Far-end energy over the tail.
        loud = 0.0,
        /// Powers in the band: Sin, scout error, foreground error.
        d = 0.0,
        e = 0.0,
        f = 0.0,
        /// Blocks left of a frozen proof, and its energies.
        proof = 0.0,
        proof_d = 0.0,
        proof_e = 0.0,
        proof_f = 0.0,
        agreed = 0.0,
    }
}

/// The filters of a group.
#[derive(Clone, Debug)]
pub(crate) struct Scout {
    /// The oldest first.
    pub(crate) taps: Vec<Row>,
    history: Vec<Row>,
    head: usize,
    /// Last samples of far end, Sin and foreground error.
    lines: Vec<Row>,
    fir: [f32; FIR],
    pub(crate) known: Known,
    pub(crate) pending: [[i16; SEGMENTS]; LANES],
    pub(crate) candidate: [[i16; SEGMENTS]; LANES],
}

/// A candidate that nothing is near.
pub(crate) const NOWHERE: [i16; SEGMENTS] = [-1000; SEGMENTS];

/// What the scout is told.
pub(crate) struct Told<'a> {
    pub(crate) x: &'a [Lanes; BLOCK],
    pub(crate) d: &'a [Lanes; BLOCK],
    pub(crate) fe: &'a [Lanes; BLOCK],
    /// Flags: the window is trusted and explains everything; learning; a tone.
    pub(crate) settled: &'a Lanes,
    pub(crate) learning: &'a Lanes,
    pub(crate) tone: &'a Lanes,
}

impl Scout {
    pub(crate) fn new(taps: usize) -> Self {
        Self {
            taps: vec![Row::ZERO; taps],
            history: vec![Row::ZERO; if taps > 0 { taps + SLACK } else { 0 }],
            head: taps,
            lines: vec![Row::ZERO; if taps > 0 { 3 * LINE } else { 0 }],
            fir: decimator::taps().map(|v| v as f32),
            known: Known::new(),
            pending: [[0; SEGMENTS]; LANES],
            candidate: [NOWHERE; LANES],
        }
    }

    pub(crate) fn reset(&mut self, lane: usize) {
        let tables = [&mut self.taps, &mut self.history, &mut self.lines];
        for row in tables.into_iter().flatten() {
            row.0[lane] = 0.0;
        }
        self.known.reset(lane);
        self.candidate[lane] = NOWHERE;
    }

    /// The energy over which the far end is loud enough.
    pub(crate) fn loud(&self) -> f32 {
        self.taps.len() as f32 * k::SCOUT_LOUD
    }

    /// Two samples at 2 kHz.
    #[inline(always)]
    pub(crate) fn run<const FUSED: bool>(&mut self, turn: u32, told: &Told<'_>) {
        for (line, new) in self
            .lines
            .chunks_exact_mut(LINE)
            .zip([told.x, told.d, told.fe])
        {
            line.copy_within(BLOCK.., 0);
            for (row, new) in line[FIR..].iter_mut().zip(new) {
                row.0 = *new;
            }
        }
        let mut runs = [0.0; LANES];
        let mut learns = [0.0; LANES];
        for l in 0..LANES {
            let proving = self.known.proof[l] > 0.0;
            let run = proving | (told.settled[l] == 0.0) | (turn < DUTY);
            runs[l] = flag(run);
            learns[l] = flag(run & !proving & (told.learning[l] > 0.0) & (told.tone[l] == 0.0));
        }
        let go = any(&runs);
        for half in 0..BLOCK / DECIMATION {
            let [x, d, f] = self.low_pass::<FUSED>((half + 1) * DECIMATION);
            self.push(&x);
            if go {
                self.sample::<FUSED>(&d, &f, &runs, &learns);
            }
        }
    }

    /// The three lines through the low-pass, ending after `end` new samples.
    #[inline(always)]
    fn low_pass<const FUSED: bool>(&self, end: usize) -> [Lanes; 3] {
        let mut sums = [[0.0; LANES]; 3];
        for (sum, line) in sums.iter_mut().zip(self.lines.chunks_exact(LINE)) {
            let mut total = [0.0; LANES];
            for (row, tap) in line[end..end + FIR].iter().zip(&self.fir) {
                for l in 0..LANES {
                    total[l] = fma::<FUSED>(row.0[l], *tap, total[l]);
                }
            }
            *sum = total;
        }
        sums
    }

    /// The next decimated far-end sample.
    #[inline(always)]
    fn push(&mut self, x: &Lanes) {
        let taps = self.taps.len();
        if self.head == self.history.len() {
            self.history.copy_within(self.head - taps.., 0);
            self.head = taps;
        }
        let old = self.history[self.head - taps].0;
        for l in 0..LANES {
            // An energy that was exact would cost a pass; this one forgets its rounding errors within seconds.
            let loud = self.known.loud[l] + x[l] * x[l] - old[l] * old[l];
            self.known.loud[l] = loud.max(0.0);
        }
        self.history[self.head] = Row(*x);
        self.head += 1;
    }

    #[inline(always)]
    fn sample<const FUSED: bool>(&mut self, d: &Lanes, f: &Lanes, runs: &Lanes, learns: &Lanes) {
        let taps = self.taps.len();
        let loud = self.loud();
        let u = &self.history[self.head - taps..self.head];
        let (mut y, mut own, mut whole) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        let (taps_in, u_in) = (&self.taps[..taps], &u[..taps]);
        let mut i = 0;
        while i < taps {
            let (s, v) = (taps_in[i].0, u_in[i].0);
            let (mut size, mut square) = ([0.0; LANES], [0.0; LANES]);
            for l in 0..LANES {
                size[l] = s[l].abs();
                square[l] = v[l] * v[l];
            }
            for l in 0..LANES {
                y[l] = fma::<FUSED>(s[l], v[l], y[l]);
            }
            for l in 0..LANES {
                own[l] = fma::<FUSED>(size[l], square[l], own[l]);
            }
            for l in 0..LANES {
                whole[l] += square[l];
            }
            i += 1;
        }
        let equal = (1.0 - k::SCOUT_PROPORTION) / (2.0 * taps as f32);
        let (mut even, mut proportional) = ([0.0; LANES], [0.0; LANES]);
        let n = &mut self.known;
        for l in 0..LANES {
            let run = runs[l] > 0.0;
            let e = d[l] - y[l];
            n.loud[l] = whole[l];
            let (dd, ee, ff) = (d[l] * d[l], e * e, f[l] * f[l]);
            n.proof_d[l] += dd;
            n.proof_e[l] += ee;
            n.proof_f[l] += ff;
            n.d[l] = pick(run, smooth(n.d[l], k::SCOUT_SMOOTH, dd), n.d[l]);
            n.e[l] = pick(run, smooth(n.e[l], k::SCOUT_SMOOTH, ee), n.e[l]);
            n.f[l] = pick(run, smooth(n.f[l], k::SCOUT_SMOOTH, ff), n.f[l]);
            let weight = (1.0 + k::SCOUT_PROPORTION) / (2.0 * n.size[l] + 1e-3);
            let energy = equal * whole[l] + weight * own[l] + k::SCOUT_FLOOR;
            let learn = (learns[l] > 0.0) & (whole[l] > loud);
            let g = pick(learn, k::SCOUT_STEP * e / energy, 0.0);
            even[l] = g * equal;
            proportional[l] = g * weight;
        }
        if any_nonzero(&proportional) {
            self.update::<FUSED>(&proportional, &even);
        }
    }

    /// Each tap takes a share that goes with its size, and one that is the same for all.
    #[inline(always)]
    fn update<const FUSED: bool>(&mut self, proportional: &Lanes, even: &Lanes) {
        let taps = self.taps.len();
        let s = &mut self.taps[..taps];
        let u = &self.history[self.head - taps..self.head];
        let (proportional, even) = (*proportional, *even);
        let mut size = [0.0; LANES];
        let mut i = 0;
        while i < taps {
            let (mut tap, v) = (s[i].0, u[i].0);
            let mut weight = [0.0; LANES];
            for l in 0..LANES {
                weight[l] = fma::<FUSED>(proportional[l], tap[l].abs(), even[l]);
            }
            for l in 0..LANES {
                tap[l] = fma::<FUSED>(weight[l], v[l], tap[l]);
            }
            for l in 0..LANES {
                size[l] += tap[l].abs();
            }
            s[i].0 = tap;
            i += 1;
        }
        self.known.size = size;
    }

    /// Bytes of memory behind the struct.
    pub(crate) fn heap(&self) -> usize {
        let rows = self.taps.capacity() + self.history.capacity() + self.lines.capacity();
        rows * size_of::<Row>()
    }
}

#[inline(always)]
fn any_nonzero(v: &Lanes) -> bool {
    v.iter().fold(0.0, |a, b| a + b.abs()) != 0.0
}
