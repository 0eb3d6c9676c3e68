// SPDX-License-Identifier: MIT OR Apache-2.0
//! Copy from background to foreground, its frozen proof, probation and restoration.

use super::{Control, Sums};
use crate::constants::{BLOCK, single as k};
use crate::lanes::{LANES, count, flag, pick};
use crate::window::Events;

const SAMPLES: f32 = BLOCK as f32;

impl Control {
    #[inline(always)]
    pub(super) fn copy_logic(&mut self, sums: &Sums, events: &mut Events) {
        let mut good = [0.0; LANES];
        for l in 0..LANES {
            // Squared correlation of Sin and the background's estimate.
            let dy = self.ey[l] + self.y[l];
            let clean = (self.d[l] - 0.8 * self.noise[l]).max(0.1 * self.d[l]);
            let rho = pick(dy > 0.0, dy * dy / (clean * self.y[l] + 1.0), 0.0);
            let strict = (self.lf[l] < k::TRUST) & (self.bypass[l] == 0.0);
            good[l] = flag(rho > pick(strict, k::GATE_HIGH, k::GATE_LOW));
        }
        self.probation_starts(events);
        self.prove_or_compare(sums, &good, events);
        for l in 0..LANES {
            let learning = self.learning[l] > 0.0;
            let (e, fe) = (self.e[l], self.fe[l]);
            let using = (self.bypass[l] == 0.0) & (self.testing[l] == 0.0);
            let worse = using & (e > k::RESTORE * fe) & (fe > 0.0) & (self.active[l] > 0.0);
            let held = count(worse, self.worse[l]);
            let runaway = sums.taps[l] > k::RUNAWAY;
            let restore = learning & ((held >= k::RESTORE_HOLD) | runaway);
            self.worse[l] = pick(learning, pick(restore, 0.0, held), self.worse[l]);
            self.lb[l] = pick(restore, self.lf[l], self.lb[l]);
            self.e[l] = pick(restore, fe, e);
            self.y[l] = pick(restore, self.yf[l], self.y[l]);
            self.ey[l] = pick(restore, self.fy[l], self.ey[l]);
            self.proof[l] = pick(restore, 0.0, self.proof[l]);
            events.restore[l] = pick(restore, 1.0, events.restore[l]);
        }
    }

    /// Every now and then a set that replaced a trusted one gives its place to that one for a test.
    #[inline(always)]
    fn probation_starts(&mut self, events: &mut Events) {
        for l in 0..LANES {
            let free = (self.proof[l] <= 0.0) & (self.testing[l] == 0.0);
            let due = (self.learning[l] > 0.0)
                & (self.probation[l] > 0.0)
                & (self.active[l] > 0.0)
                & free;
            let left = self.probation[l] - flag(due);
            let next = self.next[l] - flag(due);
            let over = due & ((self.lf[l] < k::PROBATION_LEAK) | (left <= 0.0));
            let test = due & !over & (next <= 0.0);
            self.probation[l] = pick(over, 0.0, left);
            self.next[l] = next;
            self.testing[l] = pick(test, 1.0, self.testing[l]);
            self.proof[l] = pick(test, k::PROBATION_TEST, self.proof[l]);
            self.proof_e[l] = pick(test, 0.0, self.proof_e[l]);
            self.proof_fe[l] = pick(test, 0.0, self.proof_fe[l]);
            self.proof_d[l] = pick(test, 0.0, self.proof_d[l]);
            self.spoiled[l] = pick(test, 0.0, self.spoiled[l]);
            events.swap[l] = flag(test);
        }
    }

    #[inline(always)]
    fn prove_or_compare(&mut self, sums: &Sums, good: &[f32; LANES], events: &mut Events) {
        for l in 0..LANES {
            let learning = self.learning[l] > 0.0;
            let good = good[l] > 0.0;
            let bypass = self.bypass[l] > 0.0;
            let testing = self.testing[l] > 0.0;
            let trusted = self.lf[l] < k::TRUST;
            let suspect = self.suspect[l] > 0.0;
            let active = self.active[l] > 0.0;

            // A proof goes on, and perhaps ends.
            let proving = learning & (self.proof[l] > 0.0);
            let left = self.proof[l] - flag(proving);
            let energy = self.proof_e[l] + pick(proving, sums.e[l] * SAMPLES, 0.0);
            let energy_fe = self.proof_fe[l] + pick(proving, sums.fe[l] * SAMPLES, 0.0);
            let energy_d = self.proof_d[l] + pick(proving, sums.d[l] * SAMPLES, 0.0);
            let spoiled = (self.spoiled[l] > 0.0) | (proving & !active);
            let ends = proving & (left <= 0.0);
            let judged = ends & testing;
            let back = judged & !spoiled & (energy < k::PROBATION_RATIO * energy_fe);
            let proof_suspect = self.proof_suspect[l] > 0.0;
            let reference = pick(bypass, energy_fe.min(energy_d), energy_fe);
            let ratio = pick(proof_suspect, k::PROOF_RATIO_SUSPECT, k::PROOF_RATIO);
            let ratio = pick(bypass, k::PROOF_RATIO_BYPASS, ratio);
            let blocks = pick(proof_suspect, k::PROOF_SUSPECT, k::PROOF);
            let blocks = pick(bypass, k::PROOF_BYPASS, blocks);
            let noise = k::NOISE_SHARE * self.noise[l] * blocks * SAMPLES;
            let better = energy - noise < ratio * (reference - noise).max(0.0);
            let better = better & (energy < reference); // the noise may be overestimated
            let proven = ends & !testing & !spoiled & better & good;

            // Without one: is the background better?
            let reference = pick(bypass, self.fe[l].min(self.d[l]), self.fe[l]);
            let noise = k::NOISE_SHARE * self.noise[l];
            let ratio = pick(trusted & suspect, k::BETTER_SUSPECT, k::BETTER);
            let ratio = pick(bypass, k::BETTER_BYPASS, ratio);
            let better = self.e[l] - noise < ratio * (reference - noise).max(0.0);
            let better = better & (self.e[l] < reference) & active & good;
            let better = better & (reference > k::COPY_FLOOR * self.floor[l]);
            let looking = learning & !proving;
            let held = pick(
                looking,
                count(better, self.held[l]),
                pick(ends, 0.0, self.held[l]),
            );
            let at_once = looking & !trusted & (held >= k::HOLD_UNTRUSTED);
            let wait = pick(bypass, k::HOLD_UNTRUSTED, k::HOLD_TRUSTED);
            let starts = looking & trusted & (held >= wait);
            let blocks = pick(suspect, k::PROOF_SUSPECT, k::PROOF);
            let blocks = pick(bypass, k::PROOF_BYPASS, blocks);

            self.held[l] = pick(at_once, 0.0, held);
            self.proof[l] = pick(starts, blocks, pick(ends, 0.0, left));
            self.proof_suspect[l] = pick(starts, flag(suspect), self.proof_suspect[l]);
            self.proof_e[l] = pick(starts, 0.0, energy);
            self.proof_fe[l] = pick(starts, 0.0, energy_fe);
            self.proof_d[l] = pick(starts, 0.0, energy_d);
            self.spoiled[l] = pick(starts, 0.0, flag(spoiled));

            let keep = proven & bypass;
            self.reserve_leak[l] = pick(keep, self.lf[l], self.reserve_leak[l]);
            let probation = pick(keep, k::PROBATION, self.probation[l]);
            self.probation[l] = pick(back, 0.0, probation);
            self.next[l] = pick(keep | judged, k::PROBATION_PERIOD, self.next[l]);
            self.testing[l] = pick(judged, 0.0, self.testing[l]);
            self.bypass[l] = pick(proven | back, 0.0, self.bypass[l]);

            // The foreground takes the background, or the reserve that stands in it.
            let copy = proven | at_once;
            let mean = energy / (k::PROBATION_TEST * SAMPLES);
            let refused = judged & !back;
            let (e, fe) = (self.e[l], self.fe[l]);
            self.fe[l] = pick(copy, e, pick(back, mean, fe));
            self.e[l] = pick(back, mean, pick(refused, fe, e));
            let (y, yf) = (self.y[l], self.yf[l]);
            self.yf[l] = pick(copy, y, yf);
            self.y[l] = pick(refused, yf, y);
            let (ey, fy) = (self.ey[l], self.fy[l]);
            self.fy[l] = pick(copy, ey, fy);
            self.ey[l] = pick(refused, fy, ey);
            self.lf[l] = pick(
                copy,
                self.lb[l],
                pick(back, self.reserve_leak[l], self.lf[l]),
            );
            self.lb[l] = pick(back, self.reserve_leak[l], self.lb[l]);
            self.worse[l] = pick(refused, 0.0, self.worse[l]);
            events.keep[l] = flag(keep);
            events.copy[l] = pick(copy | back, 1.0, events.copy[l]);
            events.swap[l] = pick(refused, 1.0, events.swap[l]);
        }
    }

    /// Ends whatever a move of the window makes void. True: the reserve was in the background and must leave it.
    pub(crate) fn abandon_test(&mut self, lane: usize) -> bool {
        let testing = self.testing[lane] > 0.0;
        self.testing[lane] = 0.0;
        self.probation[lane] = 0.0;
        self.proof[lane] = 0.0;
        self.held[lane] = 0.0;
        testing
    }
}
