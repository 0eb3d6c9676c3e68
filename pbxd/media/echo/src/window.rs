// SPDX-License-Identifier: MIT OR Apache-2.0
//! The window's taps and the far end that they weigh.
//!
//! Taps are stored the oldest first, so that filter and far end run over memory in the same direction.

use crate::constants::{BLOCK, SEGMENT, SEGMENTS, WINDOW, single as k};
use crate::far::FarEnd;
use crate::lanes::{LANES, Lanes, Row, any, fma};

/// Rows of a segment's history: the window, the coming block, and room to write one more before moving back.
const HISTORY: usize = SEGMENT + 2 * BLOCK;

/// What happens to the taps of some lanes at the end of a block, in this order.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct Events {
    /// The reserve takes the foreground.
    pub(crate) keep: Lanes,
    /// The foreground takes the background.
    pub(crate) copy: Lanes,
    /// The foreground is emptied.
    pub(crate) empty_foreground: Lanes,
    /// The background takes the foreground.
    pub(crate) restore: Lanes,
    /// The background is emptied.
    pub(crate) empty_background: Lanes,
    /// Background and reserve change places.
    pub(crate) swap: Lanes,
}

impl Events {
    pub(crate) const NONE: Self = Self {
        keep: [0.0; LANES],
        copy: [0.0; LANES],
        empty_foreground: [0.0; LANES],
        restore: [0.0; LANES],
        empty_background: [0.0; LANES],
        swap: [0.0; LANES],
    };
}

/// Taps and history of a group.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    w: Vec<Row>,
    f: Vec<Row>,
    reserve: Vec<Row>,
    history: Vec<Row>,
    /// Rows of the history in use; the same in all segments.
    head: usize,
    /// Energies of the last eight blocks of each segment.
    energies: [[Row; SEGMENT / BLOCK]; SEGMENTS],
    oldest: usize,
    delays: [[u16; SEGMENTS]; LANES],
}

/// The place of the tap `lag` samples into a segment.
const fn slot(segment: usize, lag: usize) -> usize {
    segment * SEGMENT + SEGMENT - 1 - lag
}

impl Window {
    pub(crate) fn new() -> Self {
        let start = core::array::from_fn(|s| (s * SEGMENT) as u16);
        Self {
            w: vec![Row::ZERO; WINDOW],
            f: vec![Row::ZERO; WINDOW],
            reserve: vec![Row::ZERO; WINDOW],
            history: vec![Row::ZERO; HISTORY * SEGMENTS],
            head: SEGMENT,
            energies: [[Row::ZERO; SEGMENT / BLOCK]; SEGMENTS],
            oldest: 0,
            delays: [start; LANES],
        }
    }

    pub(crate) fn reset(&mut self, lane: usize) {
        self.delays[lane] = core::array::from_fn(|s| (s * SEGMENT) as u16);
        let tables = [
            &mut self.w,
            &mut self.f,
            &mut self.reserve,
            &mut self.history,
        ];
        for row in tables.into_iter().flatten() {
            row.0[lane] = 0.0;
        }
        for row in self.energies.iter_mut().flatten() {
            row.0[lane] = 0.0;
        }
    }

    /// Delays of the segments of a lane.
    pub(crate) fn delays(&self, lane: usize) -> [i32; SEGMENTS] {
        self.delays[lane].map(i32::from)
    }

    /// Takes the newest block of every lane, as late as its segments are.
    #[inline(always)]
    pub(crate) fn push(&mut self, far: &FarEnd) {
        if self.head + BLOCK > HISTORY {
            for segment in self.history.chunks_exact_mut(HISTORY) {
                segment.copy_within(self.head - SEGMENT..self.head, 0);
            }
            self.head = SEGMENT;
        }
        for (s, segment) in self.history.chunks_exact_mut(HISTORY).enumerate() {
            let rows = &mut segment[self.head..self.head + BLOCK];
            for (lane, delays) in self.delays.iter().enumerate() {
                let mut block = [0.0; BLOCK];
                far.whitened(lane, usize::from(delays[s]), &mut block);
                for (row, v) in rows.iter_mut().zip(block) {
                    row.0[lane] = v;
                }
            }
        }
        self.head += BLOCK;
    }

    /// The window's energy before the newest block.
    #[inline(always)]
    pub(crate) fn energy(&self) -> Lanes {
        let mut sum = [0.0; LANES];
        for row in self.energies.iter().flatten() {
            for l in 0..LANES {
                sum[l] += row.0[l];
            }
        }
        sum
    }

    /// What the newest block's sample `i` adds to the window's energy.
    #[inline(always)]
    pub(crate) fn energy_step(&self, i: usize) -> Lanes {
        let mut change = [0.0; LANES];
        for segment in self.history.chunks_exact(HISTORY) {
            let new = &segment[self.head - BLOCK + i].0;
            let old = &segment[self.head - BLOCK - SEGMENT + i].0;
            for l in 0..LANES {
                change[l] += new[l] * new[l] - old[l] * old[l];
            }
        }
        change
    }

    /// The newest block joins the window's energy; gives that energy.
    #[inline(always)]
    pub(crate) fn close_energy(&mut self) -> Lanes {
        for (segment, energies) in self.history.chunks_exact(HISTORY).zip(&mut self.energies) {
            let mut sum = [0.0; LANES];
            for row in &segment[self.head - BLOCK..self.head] {
                for l in 0..LANES {
                    sum[l] += row.0[l] * row.0[l];
                }
            }
            energies[self.oldest] = Row(sum);
        }
        self.oldest = (self.oldest + 1) % (SEGMENT / BLOCK);
        self.energy()
    }

    /// Estimates of both filters for the newest block's sample `i`, after the background took the update `g` of the
    /// sample before (not for the first).
    #[inline(always)]
    pub(crate) fn filter<const FUSED: bool>(&mut self, i: usize, g: &Lanes) -> (Lanes, Lanes) {
        let end = self.head - BLOCK + i + 1;
        let mut sums = Partial {
            y: [[0.0; LANES]; 2],
            yf: [[0.0; LANES]; 2],
        };
        for s in 0..SEGMENTS {
            let taps = s * SEGMENT..(s + 1) * SEGMENT;
            let (w, f) = (&mut self.w[taps.clone()], &self.f[taps]);
            let u = &self.history[s * HISTORY..(s + 1) * HISTORY];
            if i == 0 {
                dot::<FUSED>(w, f, &u[end - SEGMENT..end], &mut sums);
            } else {
                update_and_dot::<FUSED>(w, f, &u[end - SEGMENT - 1..end], g, &mut sums);
            }
        }
        let sum = |v: [Lanes; 2]| {
            let mut sum = v[0];
            for l in 0..LANES {
                sum[l] += v[1][l];
            }
            sum
        };
        (sum(sums.y), sum(sums.yf))
    }

    /// The update of the newest sample; gives the background's energy.
    #[inline(always)]
    pub(crate) fn update<const FUSED: bool>(&mut self, g: &Lanes) -> Lanes {
        let g = *g;
        let mut energy = [0.0; LANES];
        for s in 0..SEGMENTS {
            let w = &mut self.w[s * SEGMENT..(s + 1) * SEGMENT];
            let start = s * HISTORY + self.head - SEGMENT;
            let u = &self.history[start..start + SEGMENT];
            let mut i = 0;
            while i < SEGMENT {
                let (mut tap, u) = (w[i].0, u[i].0);
                for l in 0..LANES {
                    tap[l] = fma::<FUSED>(g[l], u[l], tap[l]);
                }
                for l in 0..LANES {
                    energy[l] = fma::<FUSED>(tap[l], tap[l], energy[l]);
                }
                w[i].0 = tap;
                i += 1;
            }
        }
        energy
    }

    /// Copies, restores and swaps.
    #[inline(always)]
    pub(crate) fn apply(&mut self, events: &Events) {
        blend(&events.keep, &mut self.reserve, &self.f);
        blend(&events.copy, &mut self.f, &self.w);
        empty(&events.empty_foreground, &mut self.f);
        blend(&events.restore, &mut self.w, &self.f);
        empty(&events.empty_background, &mut self.w);
        if any(&events.swap) {
            for (a, b) in self.w.iter_mut().zip(&mut self.reserve) {
                for l in 0..LANES {
                    let (x, y) = (a.0[l], b.0[l]);
                    let on = events.swap[l] > 0.0;
                    a.0[l] = if on { y } else { x };
                    b.0[l] = if on { x } else { y };
                }
            }
        }
    }

    /// New delays for a lane. Taps whose absolute delay stays covered are kept; the history is read again.
    pub(crate) fn remap(&mut self, lane: usize, delays: [i32; SEGMENTS], far: &FarEnd) {
        let old = self.delays[lane].map(usize::from);
        let column = |taps: &[Row]| -> [f32; WINDOW] { core::array::from_fn(|i| taps[i].0[lane]) };
        let (w, f) = (column(&self.w), column(&self.f));
        for (s, delay) in delays.iter().enumerate() {
            let delay = *delay as usize;
            self.delays[lane][s] = delay as u16;
            for lag in 0..SEGMENT {
                let from =
                    (0..SEGMENTS).rfind(|o| (old[*o]..old[*o] + SEGMENT).contains(&(delay + lag)));
                let tap = |taps: &[f32; WINDOW]| {
                    from.map_or(0.0, |o| taps[slot(o, delay + lag - old[o])])
                };
                self.w[slot(s, lag)].0[lane] = tap(&w);
                self.f[slot(s, lag)].0[lane] = tap(&f);
            }
            let mut past = [0.0; SEGMENT];
            far.whitened(lane, delay, &mut past);
            let rows = &mut self.history[s * HISTORY + self.head - SEGMENT..];
            for (row, v) in rows.iter_mut().zip(past) {
                row.0[lane] = v;
            }
            for (n, block) in past.chunks_exact(BLOCK).enumerate() {
                let at = (self.oldest + n) % (SEGMENT / BLOCK);
                self.energies[s][at].0[lane] = block.iter().map(|v| v * v).sum();
            }
        }
    }

    /// Background and reserve of a lane change places.
    pub(crate) fn swap_reserve(&mut self, lane: usize) {
        for (a, b) in self.w.iter_mut().zip(&mut self.reserve) {
            core::mem::swap(&mut a.0[lane], &mut b.0[lane]);
        }
    }

    /// Energies of the foreground's first `edge` and last `edge` taps of these segments, and of all.
    pub(crate) fn edges(&self, lane: usize, first: usize, last: usize, edge: usize) -> (f32, f32) {
        let tap = |s: usize, lag: usize| self.f[slot(s, lag)].0[lane];
        let early = (0..edge).map(|lag| tap(first, lag));
        let late = (SEGMENT - edge..SEGMENT).map(|lag| tap(last, lag));
        (early.map(|v| v * v).sum(), late.map(|v| v * v).sum())
    }

    /// Energy of a lane's foreground, and the delay of its greatest tap in samples.
    pub(crate) fn strongest(&self, lane: usize) -> (f32, usize) {
        let mut energy = 0.0;
        let mut best = (0.0f32, 0);
        for s in 0..SEGMENTS {
            for lag in 0..SEGMENT {
                let v = self.f[slot(s, lag)].0[lane];
                energy += v * v;
                if v.abs() > best.0 {
                    best = (v.abs(), usize::from(self.delays[lane][s]) + lag);
                }
            }
        }
        (energy, best.1)
    }

    /// Energy of a lane's foreground.
    pub(crate) fn foreground_energy(&self, lane: usize) -> f32 {
        self.f.iter().map(|row| row.0[lane] * row.0[lane]).sum()
    }

    /// Regularisation of the step.
    pub(crate) const FLOOR: f32 = WINDOW as f32 * k::FLOOR_TAP;

    /// Bytes of memory behind the struct.
    pub(crate) fn heap(&self) -> usize {
        let rows = self.w.capacity() + self.f.capacity() + self.reserve.capacity();
        (rows + self.history.capacity()) * size_of::<Row>()
    }
}

/// Where `on`, `target` takes `source`.
#[inline(always)]
fn blend(on: &Lanes, target: &mut [Row], source: &[Row]) {
    if any(on) {
        for (target, source) in target.iter_mut().zip(source) {
            for l in 0..LANES {
                target.0[l] = if on[l] > 0.0 {
                    source.0[l]
                } else {
                    target.0[l]
                };
            }
        }
    }
}

#[inline(always)]
fn empty(on: &Lanes, target: &mut [Row]) {
    if any(on) {
        for target in target {
            for l in 0..LANES {
                target.0[l] = if on[l] > 0.0 { 0.0 } else { target.0[l] };
            }
        }
    }
}

/// Sums of both filters over odd and even taps: one accumulator would wait for itself.
#[derive(Clone, Copy)]
struct Partial {
    y: [Lanes; 2],
    yf: [Lanes; 2],
}

/// Both filters over one segment.
#[inline(always)]
fn dot<const FUSED: bool>(w: &[Row], f: &[Row], u: &[Row], sums: &mut Partial) {
    let (w, f, u) = (&w[..SEGMENT], &f[..SEGMENT], &u[..SEGMENT]);
    let ([mut y0, mut y1], [mut f0, mut f1]) = (sums.y, sums.yf);
    let mut i = 0;
    while i < SEGMENT {
        let (w0, w1, g0, g1) = (&w[i].0, &w[i + 1].0, &f[i].0, &f[i + 1].0);
        let (u0, u1) = (&u[i].0, &u[i + 1].0);
        for l in 0..LANES {
            y0[l] = fma::<FUSED>(w0[l], u0[l], y0[l]);
            f0[l] = fma::<FUSED>(g0[l], u0[l], f0[l]);
            y1[l] = fma::<FUSED>(w1[l], u1[l], y1[l]);
            f1[l] = fma::<FUSED>(g1[l], u1[l], f1[l]);
        }
        i += 2;
    }
    *sums = Partial {
        y: [y0, y1],
        yf: [f0, f1],
    };
}

/// The same after the update with the sample before; `u` is one row longer.
#[inline(always)]
fn update_and_dot<const FUSED: bool>(
    w: &mut [Row],
    f: &[Row],
    u: &[Row],
    g: &Lanes,
    sums: &mut Partial,
) {
    let (w, f, u) = (&mut w[..SEGMENT], &f[..SEGMENT], &u[..=SEGMENT]);
    let ([mut y0, mut y1], [mut f0, mut f1]) = (sums.y, sums.yf);
    let g = *g;
    let mut i = 0;
    while i < SEGMENT {
        let (mut w0, mut w1) = (w[i].0, w[i + 1].0);
        let (f_0, f_1) = (f[i].0, f[i + 1].0);
        let (u0, u1, u2) = (u[i].0, u[i + 1].0, u[i + 2].0);
        for l in 0..LANES {
            w0[l] = fma::<FUSED>(g[l], u0[l], w0[l]);
        }
        for l in 0..LANES {
            w1[l] = fma::<FUSED>(g[l], u1[l], w1[l]);
        }
        for l in 0..LANES {
            y0[l] = fma::<FUSED>(w0[l], u1[l], y0[l]);
        }
        for l in 0..LANES {
            f0[l] = fma::<FUSED>(f_0[l], u1[l], f0[l]);
        }
        for l in 0..LANES {
            y1[l] = fma::<FUSED>(w1[l], u2[l], y1[l]);
        }
        for l in 0..LANES {
            f1[l] = fma::<FUSED>(f_1[l], u2[l], f1[l]);
        }
        (w[i].0, w[i + 1].0) = (w0, w1);
        i += 2;
    }
    *sums = Partial {
        y: [y0, y1],
        yf: [f0, f1],
    };
}
