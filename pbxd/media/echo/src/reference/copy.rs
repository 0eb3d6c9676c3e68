// SPDX-License-Identifier: MIT OR Apache-2.0
//! Copy from background to foreground, its frozen proof, probation and restoration.

use super::Reference;
use super::control::Sums;
use crate::constants::{BLOCK, double as k};

/// Where a copy stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Copying {
    /// Blocks in which the background was better.
    pub(super) held: f64,
    /// Blocks left of a frozen proof.
    pub(super) proof: f64,
    /// Energies of background error, foreground error and Sin during a proof.
    energy: (f64, f64, f64),
    /// The far end paused during the proof.
    spoiled: bool,
    /// The proof began under suspicion.
    suspect: bool,
    /// Blocks in which the background was worse.
    worse: f64,
    /// Blocks left of a probation, and to the next test of the reserve.
    probation: f64,
    next: f64,
    /// The reserve stands in the background, for its test.
    pub(super) testing: bool,
    reserve_leak: f64,
}

impl Copying {
    fn start(&mut self, blocks: f64) {
        self.proof = blocks;
        self.energy = (0.0, 0.0, 0.0);
        self.spoiled = false;
    }

    pub(super) fn on_probation(&self) -> bool {
        self.probation > 0.0
    }
}

impl Reference {
    /// Squared correlation of Sin and the background's estimate.
    fn gate(&self) -> f64 {
        let s = &self.levels.s;
        let dy = s.ey + s.y;
        if dy <= 0.0 {
            return 0.0;
        }
        dy * dy / ((s.d - 0.8 * self.levels.noise).max(0.1 * s.d) * s.y + 1.0)
    }

    pub(super) fn copy_logic(&mut self, sums: &Sums) {
        let rho = self.gate();
        let trusted = self.levels.lf < k::TRUST;
        let bypass = self.change.bypass;
        let wanted = if trusted && !bypass {
            k::GATE_HIGH
        } else {
            k::GATE_LOW
        };
        self.probation();
        if self.copying.proof > 0.0 {
            self.prove(sums, rho > wanted);
        } else {
            self.compare(trusted, rho > wanted);
        }
        let l = &self.levels;
        let worse = !self.change.bypass
            && !self.copying.testing
            && l.s.e > k::RESTORE * l.s.fe
            && l.s.fe > 0.0
            && l.active;
        self.copying.worse = if worse { self.copying.worse + 1.0 } else { 0.0 };
        let energy: f64 = self.w.iter().map(|v| v * v).sum();
        if self.copying.worse >= k::RESTORE_HOLD || energy > k::RUNAWAY {
            self.copying.worse = 0.0;
            self.restore();
        }
    }

    fn probation(&mut self) {
        let c = &mut self.copying;
        if c.probation > 0.0 && self.levels.active && c.proof <= 0.0 && !c.testing {
            c.probation -= 1.0;
            c.next -= 1.0;
            if self.levels.lf < k::PROBATION_LEAK || c.probation <= 0.0 {
                c.probation = 0.0;
            } else if c.next <= 0.0 {
                core::mem::swap(&mut self.w, &mut self.reserve);
                c.testing = true;
                c.start(k::PROBATION_TEST);
            }
        }
    }

    fn prove(&mut self, sums: &Sums, gate: bool) {
        let block = BLOCK as f64;
        let c = &mut self.copying;
        c.energy.0 += sums.e * block;
        c.energy.1 += sums.fe * block;
        c.energy.2 += sums.d * block;
        c.proof -= 1.0;
        c.spoiled |= !self.levels.active;
        if c.proof > 0.0 {
            return;
        }
        c.proof = 0.0;
        c.held = 0.0;
        if c.testing {
            self.judge_reserve();
            return;
        }
        let bypass = self.change.bypass;
        let reference = if bypass {
            c.energy.1.min(c.energy.2)
        } else {
            c.energy.1
        };
        let (ratio, blocks) = match (bypass, c.suspect) {
            (true, _) => (k::PROOF_RATIO_BYPASS, k::PROOF_BYPASS),
            (false, true) => (k::PROOF_RATIO_SUSPECT, k::PROOF_SUSPECT),
            (false, false) => (k::PROOF_RATIO, k::PROOF),
        };
        let noise = k::NOISE_SHARE * self.levels.noise * blocks * block;
        // The noise may be overestimated: near-end speech in a pause of the far end looks like it.
        let better =
            c.energy.0 - noise < ratio * (reference - noise).max(0.0) && c.energy.0 < reference;
        if !c.spoiled && better && gate {
            if bypass {
                self.reserve = self.f;
                c.reserve_leak = self.levels.lf;
                c.probation = k::PROBATION;
                c.next = k::PROBATION_PERIOD;
            }
            self.copy();
            self.change.bypass = false;
        }
    }

    /// The reserve sat in the background, frozen.
    fn judge_reserve(&mut self) {
        let c = &mut self.copying;
        let l = &mut self.levels;
        c.testing = false;
        c.next = k::PROBATION_PERIOD;
        if !c.spoiled && c.energy.0 < k::PROBATION_RATIO * c.energy.1 {
            self.f = self.w;
            l.lf = c.reserve_leak;
            l.lb = c.reserve_leak;
            c.probation = 0.0;
            self.change.bypass = false;
            l.s.e = c.energy.0 / (k::PROBATION_TEST * BLOCK as f64);
            l.s.fe = l.s.e;
        } else {
            core::mem::swap(&mut self.w, &mut self.reserve);
            (l.s.e, l.s.y, l.s.ey) = (l.s.fe, l.s.yf, l.s.fy);
            c.worse = 0.0;
        }
    }

    fn compare(&mut self, trusted: bool, gate: bool) {
        let (l, bypass) = (&self.levels, self.change.bypass);
        let reference = if bypass { l.s.fe.min(l.s.d) } else { l.s.fe };
        let noise = k::NOISE_SHARE * l.noise;
        let ratio = match (bypass, trusted && l.suspect) {
            (true, _) => k::BETTER_BYPASS,
            (false, true) => k::BETTER_SUSPECT,
            (false, false) => k::BETTER,
        };
        let better = l.active
            && l.s.e - noise < ratio * (reference - noise).max(0.0)
            && l.s.e < reference
            && reference > k::COPY_FLOOR * l.floor
            && gate;
        let c = &mut self.copying;
        c.held = if better { c.held + 1.0 } else { 0.0 };
        if !trusted {
            if c.held >= k::HOLD_UNTRUSTED {
                c.held = 0.0;
                self.copy();
            }
        } else if c.held
            >= if bypass {
                k::HOLD_UNTRUSTED
            } else {
                k::HOLD_TRUSTED
            }
        {
            c.suspect = l.suspect;
            let blocks = match (bypass, c.suspect) {
                (true, _) => k::PROOF_BYPASS,
                (false, true) => k::PROOF_SUSPECT,
                (false, false) => k::PROOF,
            };
            c.start(blocks);
        }
    }

    fn copy(&mut self) {
        self.f = self.w;
        let l = &mut self.levels;
        l.lf = l.lb;
        (l.s.fe, l.s.yf, l.s.fy) = (l.s.e, l.s.y, l.s.ey);
    }

    pub(super) fn restore(&mut self) {
        self.w = self.f;
        let l = &mut self.levels;
        l.lb = l.lf;
        (l.s.e, l.s.y, l.s.ey) = (l.s.fe, l.s.yf, l.s.fy);
        self.copying.proof = 0.0;
    }

    /// A test of the reserve that a move of the window interrupts.
    pub(super) fn abandon_test(&mut self) {
        if self.copying.testing {
            core::mem::swap(&mut self.w, &mut self.reserve);
            self.copying.testing = false;
        }
        self.copying.probation = 0.0;
        self.copying.proof = 0.0;
        self.copying.held = 0.0;
    }
}
