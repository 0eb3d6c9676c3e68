// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the scout's energy says that each lane's segments belong; every 8 ms.

use crate::constants::{DECIMATION, SCOUT_SEGMENT, SCOUT_WINDOW, SEGMENTS, single as k};
use crate::control::Control;
use crate::lanes::{LANES, Lanes, Row, pick};
use crate::scout::{NOWHERE, Scout};
use crate::split::{SCOUT_MOST, best_segments};
use crate::window::Window;

/// Energies of a group's scouts, as prefix sums; the earliest tap first. It lives on the stack: the work of one
/// moment in 8 ms need not stay with every group.
struct Map<'a> {
    sums: &'a [Row],
}

/// What a lane wants.
pub(crate) enum Wish {
    Stay,
    Prove([i16; SEGMENTS]),
    Move([i16; SEGMENTS]),
}

/// Of all lanes: total energy, greatest energy, best window, first and last start that are as good.
struct Scan {
    total: Lanes,
    best: Lanes,
    first: Lanes,
    last: Lanes,
}

/// What each lane wants that is not proving already.
#[inline(always)]
pub(crate) fn wishes(scout: &mut Scout, control: &Control, window: &Window) -> [Wish; LANES] {
    let mut rows = [Row::ZERO; SCOUT_MOST + 1];
    let rows = &mut rows[..=scout.taps.len()];
    let scan = scan(rows, scout);
    let map = Map { sums: rows };
    core::array::from_fn(|lane| {
        if scout.known.proof[lane] > 0.0 {
            Wish::Stay
        } else {
            map.wish(lane, &scan, scout, control, window)
        }
    })
}

#[inline(always)]
fn scan(sums: &mut [Row], scout: &Scout) -> Scan {
    let (mut total, mut most) = ([0.0; LANES], [0.0f32; LANES]);
    for row in &scout.taps {
        for l in 0..LANES {
            let q = row.0[l] * row.0[l];
            total[l] += q;
            most[l] = most[l].max(q);
        }
    }
    let mut floor = [0.0; LANES];
    for l in 0..LANES {
        let effect = scout.known.e[l] / (scout.known.d[l] + 1.0);
        floor[l] = k::SCOUT_NOISE * most[l] * effect.clamp(0.02, 1.0);
    }
    let mut sum = [0.0; LANES];
    for (target, row) in sums[1..].iter_mut().zip(scout.taps.iter().rev()) {
        for l in 0..LANES {
            sum[l] += (row.0[l] * row.0[l] - floor[l]).max(0.0);
        }
        target.0 = sum;
    }
    let pairs = || sums.iter().zip(&sums[SCOUT_WINDOW..]);
    let mut best = [0.0f32; LANES];
    for (from, to) in pairs() {
        for l in 0..LANES {
            best[l] = best[l].max(to.0[l] - from.0[l]);
        }
    }
    let (mut first, mut last) = ([f32::MAX; LANES], [0.0f32; LANES]);
    for (n, (from, to)) in pairs().enumerate() {
        for l in 0..LANES {
            let good = to.0[l] - from.0[l] >= k::LATEST * best[l];
            first[l] = pick(good, first[l].min(n as f32), first[l]);
            last[l] = pick(good, n as f32, last[l]);
        }
    }
    Scan {
        total,
        best,
        first,
        last,
    }
}

impl Map<'_> {
    fn energy(&self, lane: usize, from: usize, taps: usize) -> f32 {
        let from = from.min(self.sums.len() - 1 - taps);
        self.sums[from + taps].0[lane] - self.sums[from].0[lane]
    }

    fn wish(
        &self,
        lane: usize,
        scan: &Scan,
        scout: &mut Scout,
        control: &Control,
        window: &Window,
    ) -> Wish {
        let known = &scout.known;
        let (d, e, f) = (known.d[lane], known.e[lane], known.f[lane]);
        let effect = e / (d + 1.0);
        let trusted = control.lf[lane] < k::TRUST;
        let bypass = control.bypass[lane] > 0.0;
        let works = e < k::SCOUT_WORKS * d && e < k::SCOUT_BEATS * f;
        let young =
            control.age[lane] < k::FOLLOW_AGE && control.lf[lane] > k::FOLLOW_LEAK && !bypass;
        let may_follow = effect < k::FOLLOW_EFFECT && (!trusted || young);
        let able = known.loud[lane] > scout.loud()
            && control.tone[lane] == 0.0
            && control.learning[lane] > 0.0;
        let total = scan.total[lane];
        if !able || total <= 0.0 || !(works || may_follow) {
            return forget(scout, lane);
        }
        let taps = self.sums.len() - 1;
        let contiguous = scan.best[lane] >= k::CONTIGUOUS * self.sums[taps].0[lane];
        let (place, covered, needed) = if contiguous {
            let from = (scan.last[lane] - k::PRE_ROLL).max(scan.first[lane]) as usize;
            let place = core::array::from_fn(|s| (from + s * SCOUT_SEGMENT) as i32);
            (
                place,
                self.energy(lane, from, SCOUT_WINDOW),
                k::CONCENTRATION,
            )
        } else {
            let mut sums = [0.0; SCOUT_MOST + 1];
            sums.iter_mut()
                .zip(self.sums)
                .for_each(|(sum, row)| *sum = row.0[lane]);
            let (place, covered) = best_segments(&sums[..=taps]);
            (place, covered, k::CONCENTRATION_SPLIT)
        };
        let delays = window.delays(lane).map(|d| d / DECIMATION as i32);
        let current: f32 = delays
            .iter()
            .map(|d| self.energy(lane, *d as usize, SCOUT_SEGMENT))
            .sum();
        let uncovered = (covered - current) / (covered + 1e-20);
        let moves = place
            .iter()
            .zip(&delays)
            .map(|(a, b)| (a - b).abs())
            .max()
            .unwrap_or(0) as f32;
        let usable = covered > needed * total;
        let near = !trusted || (contiguous && moves < k::FOLLOW_MOST);
        let follow = usable && may_follow && near && moves >= k::FOLLOW_LEAST;
        let missed = k::UNCOVERED * (f / (d + 1.0)).min(1.0);
        let better = works && uncovered > k::UNCOVERED_MIN && uncovered > missed;
        if !(follow || (usable && better)) {
            return forget(scout, lane);
        }
        let place = place.map(|tap| tap as i16);
        let same = place
            .iter()
            .zip(&scout.candidate[lane])
            .all(|(a, b)| (a - b).abs() <= 3);
        let agreed = &mut scout.known.agreed[lane];
        if same {
            *agreed += 1.0;
        } else {
            *agreed = 0.0;
            scout.candidate[lane] = place;
        }
        match *agreed >= k::AGREEMENT {
            true if trusted && !follow => Wish::Prove(place),
            true => Wish::Move(place),
            false => Wish::Stay,
        }
    }
}

fn forget(scout: &mut Scout, lane: usize) -> Wish {
    scout.known.agreed[lane] = 0.0;
    scout.candidate[lane] = NOWHERE;
    Wish::Stay
}
