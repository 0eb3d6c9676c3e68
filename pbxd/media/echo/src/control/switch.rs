// SPDX-License-Identifier: MIT OR Apache-2.0
//! Drops the estimate within a few milliseconds where it adds power.

use super::{Control, Sums};
use crate::constants::single as k;
use crate::lanes::{LANES, count, pick, smooth};

impl Control {
    #[inline(always)]
    pub(super) fn switch(&mut self, sums: &Sums) {
        for l in 0..LANES {
            self.gain_from[l] = self.gain_to[l];
            self.q_d[l] = smooth(self.q_d[l], k::FAST, sums.d[l]);
            self.q_fe[l] = smooth(self.q_fe[l], k::FAST, sums.fe[l]);
            self.q_yf[l] = smooth(self.q_yf[l], k::FAST, sums.yf[l]);
            let (d, fe, yf) = (self.q_d[l], self.q_fe[l], self.q_yf[l]);
            let active = self.active[l] > 0.0;
            let loud = yf > 0.1 * self.typical[l];
            self.harm[l] = count(
                active & (fe > 1.1 * d) & (yf > 0.5 * d) & loud,
                self.harm[l],
            );
            let proven = self.harm[l] >= k::SWITCH_HOLD;
            let fading = (self.memory[l] - 1.0).max(0.0);
            self.memory[l] = pick(proven, k::SWITCH_MEMORY, fading);
            let doubt = (self.bypass[l] > 0.0) | (self.lf[l] > k::TRUST) | proven;
            self.gain_to[l] = pick(doubt & (fe > k::SWITCH_GATE * d) & loud, 0.0, 1.0);
            let slow = pick(
                active,
                smooth(self.slow[l], k::NLP_SLOW, self.lf[l]),
                self.slow[l],
            );
            self.slow[l] = pick(self.lf[l] > self.slow[l], self.lf[l], slow);
        }
    }
}
