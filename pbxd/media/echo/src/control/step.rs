// SPDX-License-Identifier: MIT OR Apache-2.0
//! The background's step: residual echo over residual.

use super::{Control, Sums};
use crate::constants::{BLOCK, WINDOW, single as k};
use crate::lanes::{LANES, flag, pick};

impl Control {
    #[inline(always)]
    pub(super) fn choose_step(&mut self, sums: &Sums) {
        for l in 0..LANES {
            let n = self.floor[l];
            let prior = self.prior[l] * sums.window[l] * WINDOW as f32;
            let share = prior.max(self.lb[l] * self.y[l]) / (self.e[l] + 1.0);
            let step = (k::STEP_MAX * share.min(1.0)).max(k::STEP_MIN);
            let active = self.active[l] > 0.0;
            let explained = 4.0 * n + k::SUSPICION * self.lf[l] * self.yf[l];
            let suspect = active & (self.fe[l] > explained);
            self.suspect[l] = flag(suspect);
            let step = pick(suspect, step.max(k::STEP_TRIAL), step);
            let trusted = self.lf[l] < k::TRUST;
            let held = (self.tone[l] > 0.0) & trusted & (self.bypass[l] == 0.0);
            let adapt = active & (self.learning[l] > 0.0) & !held;
            self.step[l] = pick(adapt, step, 0.0);
            let share = BLOCK as f32 / WINDOW as f32 * k::STEP_MAX;
            let learned = self.prior[l] * (1.0 - share * prior / (prior + n + 1.0));
            let grown = learned + k::PRIOR_GROWTH * BLOCK as f32;
            self.prior[l] = pick(adapt, grown, self.prior[l]);
        }
    }
}
