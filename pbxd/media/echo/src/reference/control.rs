// SPDX-License-Identifier: MIT OR Apache-2.0
//! Levels, the noise floor, the step, and the output switch; once a block.

use super::{Reference, smooth};
use crate::constants::{BLOCK, WINDOW, double as k};

/// Means over a block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) sin: f64,
    pub(super) x: f64,
    pub(super) d: f64,
    pub(super) y: f64,
    pub(super) e: f64,
    pub(super) ey: f64,
    pub(super) fe: f64,
    pub(super) yf: f64,
    pub(super) fy: f64,
    /// Far-end power over the window at the block's end.
    pub(super) window: f64,
}

impl Sums {
    pub(super) fn add(
        &mut self,
        sin: f64,
        d: f64,
        x: f64,
        (y, e): (f64, f64),
        (yf, fe): (f64, f64),
    ) {
        self.sin += sin * sin;
        self.x += x * x;
        self.d += d * d;
        self.y += y * y;
        self.e += e * e;
        self.ey += e * y;
        self.fe += fe * fe;
        self.yf += yf * yf;
        self.fy += fe * yf;
    }

    pub(super) fn mean(mut self) -> Self {
        for v in [
            &mut self.sin,
            &mut self.x,
            &mut self.d,
            &mut self.y,
            &mut self.e,
            &mut self.ey,
            &mut self.fe,
            &mut self.yf,
            &mut self.fy,
        ] {
            *v /= BLOCK as f64;
        }
        self
    }
}

/// Smoothed powers and what follows from them.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    /// Powers over 16 ms.
    pub(super) s: Sums,
    /// Estimate's power over 200 ms of active far end.
    pub(super) typical: f64,
    /// Correlation of residual and estimate, and its three powers over 32 ms.
    pub(super) c: f64,
    c32: (f64, f64, f64),
    /// Leakage of background, foreground, and the foreground's slow one.
    pub(super) lb: f64,
    pub(super) lf: f64,
    pub(super) slow: f64,
    /// Assumed misalignment a tap.
    pub(super) prior: f64,
    pub(super) step: f64,
    pub(super) suspect: bool,
    pub(super) active: bool,
    /// Active blocks since the window moved far.
    pub(super) age: f64,
    /// Near-end noise power, and the minima it comes from.
    pub(super) noise: f64,
    /// What no filter can remove: noise and companding.
    pub(super) floor: f64,
    /// Blocks for which the far end has been silent, over the window too.
    pub(super) quiet: f64,
    least: f64,
    minima: [f64; 8],
    oldest: usize,
    counted: u32,
}

impl Levels {
    pub(super) fn new() -> Self {
        Self {
            s: Sums::default(),
            typical: 0.0,
            c: 0.0,
            c32: (0.0, 0.0, 0.0),
            lb: 1.0,
            lf: 1.0,
            slow: 1.0,
            prior: k::PRIOR / WINDOW as f64,
            step: 0.0,
            suspect: false,
            active: false,
            age: 0.0,
            noise: 30.0,
            floor: 34.0,
            quiet: 0.0,
            least: 1e12,
            minima: [1e12; 8],
            oldest: 0,
            counted: 0,
        }
    }

    fn measure_noise(&mut self, sums: &Sums) {
        let quiet = 0.25 * k::ACTIVE * k::ACTIVE;
        let silent = sums.window <= quiet && sums.x <= quiet;
        self.quiet = if silent { self.quiet + 1.0 } else { 0.0 };
        let hold = if self.lf < k::QUIET_LEAK {
            k::QUIET_HOLD
        } else {
            k::QUIET_HOLD_UNKNOWN
        };
        if self.quiet > hold {
            self.least = self.least.min(self.s.fe);
            self.counted += 1;
        }
        if self.counted == 32 {
            self.counted = 0;
            self.minima[self.oldest] = self.least;
            self.oldest = (self.oldest + 1) % 8;
            self.least = 1e12;
            let least = self.minima.iter().copied().fold(1e12, f64::min);
            self.noise = (1.5 * least).max(4.0);
        }
        self.floor = self.noise.min(self.s.fe) + k::COMPANDING * self.s.sin + 4.0;
    }

    fn measure_leakage(&mut self, testing: bool) {
        let echo = |e: f64, y: f64, n: f64| (e - n).max(k::ECHO_SHARE * e) / (y + 1.0);
        let follow = |leak: &mut f64, r: f64| {
            if r < *leak {
                smooth(leak, k::LEAK_DOWN, r);
            } else {
                *leak = (*leak * k::LEAK_UP).min(1.0);
            }
        };
        let (s, n) = (self.s, self.floor);
        if self.active && !testing && s.y > 4.0 * n {
            follow(&mut self.lb, echo(s.e, s.y, n));
        }
        if self.active && s.yf > 4.0 * n {
            follow(&mut self.lf, echo(s.fe, s.yf, n));
        }
        self.lb = self.lb.max(1e-4);
        self.lf = self.lf.max(1e-4);
        if self.active {
            self.age += 1.0;
            smooth(&mut self.typical, 0.005, s.yf);
        }
    }

    /// An unknown path again.
    pub(super) fn forget(&mut self) {
        self.lb = 1.0;
        self.prior = k::PRIOR / WINDOW as f64;
    }
}

/// Whether the estimate is subtracted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Switch {
    d: f64,
    fe: f64,
    yf: f64,
    worse: f64,
    /// Blocks for which the processor distrusts.
    pub(super) memory: f64,
    /// Gain at the start and the end of the coming block.
    pub(super) gain: (f64, f64),
}

impl Switch {
    pub(super) fn new() -> Self {
        Self {
            d: 0.0,
            fe: 0.0,
            yf: 0.0,
            worse: 0.0,
            memory: 0.0,
            gain: (1.0, 1.0),
        }
    }
}

impl Reference {
    pub(super) fn control(&mut self, sums: &Sums) {
        let levels = &mut self.levels;
        let s = &mut levels.s;
        for (state, value) in [
            (&mut s.sin, sums.sin),
            (&mut s.d, sums.d),
            (&mut s.y, sums.y),
            (&mut s.e, sums.e),
            (&mut s.ey, sums.ey),
            (&mut s.fe, sums.fe),
            (&mut s.yf, sums.yf),
            (&mut s.fy, sums.fy),
        ] {
            smooth(state, k::SMOOTH, value);
        }
        levels.active = sums.window > k::ACTIVE * k::ACTIVE;
        levels.measure_noise(sums);
        levels.measure_leakage(self.copying.testing);
        smooth(&mut levels.c32.0, k::CORRELATION, sums.fy);
        smooth(&mut levels.c32.1, k::CORRELATION, sums.fe);
        smooth(&mut levels.c32.2, k::CORRELATION, sums.yf);
        levels.c = levels.c32.0.abs() / (levels.c32.1 * levels.c32.2 + 1.0).sqrt();
        self.step(sums.window);
        if self.learning() {
            self.path_change();
            self.copy_logic(sums);
        } else if self.change.bypass && self.levels.active {
            self.in_bypass(false);
        }
        self.switch(sums);
        let levels = &mut self.levels;
        if levels.lf > levels.slow {
            levels.slow = levels.lf;
        } else if levels.active {
            smooth(&mut levels.slow, k::NLP_SLOW, levels.lf);
        }
    }

    fn step(&mut self, window: f64) {
        let learning = self.learning();
        let (tone, bypass) = (self.tone, self.change.bypass);
        let levels = &mut self.levels;
        let (s, n) = (levels.s, levels.floor);
        let prior = levels.prior * window * WINDOW as f64;
        let share = prior.max(levels.lb * s.y) / (s.e + 1.0);
        let mut step = (k::STEP_MAX * share.min(1.0)).max(k::STEP_MIN);
        levels.suspect = levels.active && s.fe > 4.0 * n + k::SUSPICION * levels.lf * s.yf;
        if levels.suspect {
            step = step.max(k::STEP_TRIAL);
        }
        let held = tone && levels.lf < k::TRUST && !bypass;
        let adapt = levels.active && learning && !held;
        levels.step = if adapt { step } else { 0.0 };
        if adapt {
            let share = BLOCK as f64 / WINDOW as f64;
            levels.prior *= 1.0 - share * (prior / (prior + n + 1.0)) * k::STEP_MAX;
            levels.prior += k::PRIOR_GROWTH * BLOCK as f64;
        }
    }

    /// Drops the estimate within a few milliseconds where it adds power.
    fn switch(&mut self, sums: &Sums) {
        let (levels, q) = (&self.levels, &mut self.switch);
        q.gain.0 = q.gain.1;
        smooth(&mut q.d, k::FAST, sums.d);
        smooth(&mut q.fe, k::FAST, sums.fe);
        smooth(&mut q.yf, k::FAST, sums.yf);
        let loud = q.yf > 0.1 * levels.typical;
        let adds = levels.active && q.fe > 1.1 * q.d && q.yf > 0.5 * q.d && loud;
        q.worse = if adds { q.worse + 1.0 } else { 0.0 };
        let proven = q.worse >= k::SWITCH_HOLD;
        q.memory = if proven {
            k::SWITCH_MEMORY
        } else {
            (q.memory - 1.0).max(0.0)
        };
        let doubt = self.change.bypass || levels.lf > k::TRUST || proven;
        q.gain.1 = if doubt && q.fe > k::SWITCH_GATE * q.d && loud {
            0.0
        } else {
            1.0
        };
    }
}
