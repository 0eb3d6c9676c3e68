// SPDX-License-Identifier: MIT OR Apache-2.0
//! Powers, noise floor, leakage, correlation.

use super::{Control, Minima, Sums};
use crate::constants::single as k;
use crate::lanes::{LANES, count, flag, pick, smooth};

impl Control {
    #[inline(always)]
    pub(super) fn levels(&mut self, sums: &Sums, minima: &mut Minima) {
        for l in 0..LANES {
            self.sin[l] = smooth(self.sin[l], k::SMOOTH, sums.sin[l]);
            self.d[l] = smooth(self.d[l], k::SMOOTH, sums.d[l]);
            self.y[l] = smooth(self.y[l], k::SMOOTH, sums.y[l]);
            self.e[l] = smooth(self.e[l], k::SMOOTH, sums.e[l]);
            self.ey[l] = smooth(self.ey[l], k::SMOOTH, sums.ey[l]);
            self.fe[l] = smooth(self.fe[l], k::SMOOTH, sums.fe[l]);
            self.yf[l] = smooth(self.yf[l], k::SMOOTH, sums.yf[l]);
            self.fy[l] = smooth(self.fy[l], k::SMOOTH, sums.fy[l]);
            self.active[l] = flag(sums.window[l] > k::ACTIVE * k::ACTIVE);
        }
        self.noise_floor(sums, minima);
        for l in 0..LANES {
            let n = self.floor[l];
            let active = self.active[l] > 0.0;
            let follow = |leak: f32, e: f32, y: f32, measure: bool| {
                let ratio = (e - n).max(k::ECHO_SHARE * e) / (y + 1.0);
                let down = smooth(leak, k::LEAK_DOWN, ratio);
                let up = (leak * k::LEAK_UP).min(1.0);
                pick(measure & (y > 4.0 * n), pick(ratio < leak, down, up), leak).max(1e-4)
            };
            let testing = self.testing[l] > 0.0;
            self.lb[l] = follow(self.lb[l], self.e[l], self.y[l], active & !testing);
            self.lf[l] = follow(self.lf[l], self.fe[l], self.yf[l], active);
            self.age[l] += self.active[l];
            let typical = smooth(self.typical[l], 0.005, self.yf[l]);
            self.typical[l] = pick(active, typical, self.typical[l]);
            self.c_fy[l] = smooth(self.c_fy[l], k::CORRELATION, sums.fy[l]);
            self.c_fe[l] = smooth(self.c_fe[l], k::CORRELATION, sums.fe[l]);
            self.c_yf[l] = smooth(self.c_yf[l], k::CORRELATION, sums.yf[l]);
            self.c[l] = self.c_fy[l].abs() / (self.c_fe[l] * self.c_yf[l] + 1.0).sqrt();
        }
    }

    #[inline(always)]
    fn noise_floor(&mut self, sums: &Sums, minima: &mut Minima) {
        let quiet = 0.25 * k::ACTIVE * k::ACTIVE;
        let mut full = 0.0;
        for l in 0..LANES {
            let silent = (sums.window[l] <= quiet) & (sums.x[l] <= quiet);
            self.quiet[l] = count(silent, self.quiet[l]);
            let hold = pick(
                self.lf[l] < k::QUIET_LEAK,
                k::QUIET_HOLD,
                k::QUIET_HOLD_UNKNOWN,
            );
            let measure = self.quiet[l] > hold;
            self.least[l] = pick(measure, self.least[l].min(self.fe[l]), self.least[l]);
            self.counted[l] += flag(measure);
            full += flag(self.counted[l] == 32.0);
        }
        if full > 0.0 {
            self.take_minimum(minima);
        }
        for l in 0..LANES {
            self.floor[l] = self.noise[l].min(self.fe[l]) + k::COMPANDING * self.sin[l] + 4.0;
        }
    }

    /// Every 32 silent blocks.
    fn take_minimum(&mut self, minima: &mut Minima) {
        for l in 0..LANES {
            if self.counted[l] == 32.0 {
                self.counted[l] = 0.0;
                minima.rows[minima.oldest[l] as usize % 8][l] = self.least[l];
                minima.oldest[l] = (minima.oldest[l] + 1.0) % 8.0;
                self.least[l] = 1e12;
                let least = minima
                    .rows
                    .iter()
                    .fold(1e12f32, |least, row| least.min(row[l]));
                self.noise[l] = (1.5 * least).max(4.0);
            }
        }
    }
}
