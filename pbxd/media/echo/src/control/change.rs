// SPDX-License-Identifier: MIT OR Apache-2.0
//! Evidence that the echo path changed, and the bypass that follows.

use super::{Control, PRIOR};
use crate::constants::single as k;
use crate::lanes::{LANES, count, flag, pick};
use crate::window::Events;

impl Control {
    #[inline(always)]
    pub(super) fn path_change(&mut self, events: &mut Events) {
        let mut act = 0.0;
        let mut changed = [0.0; LANES];
        for l in 0..LANES {
            let (fe, yf, d, c) = (self.fe[l], self.yf[l], self.d[l], self.c[l]);
            let learning = self.learning[l] > 0.0;
            let active = self.active[l] > 0.0;
            let suspect = self.suspect[l] > 0.0;
            let trusted = self.lf[l] < k::TRUST;
            let bypass = self.bypass[l] > 0.0;
            let echo = (yf > 4.0 * self.floor[l]) & (yf > 0.1 * self.typical[l]);
            let loud = active & (self.testing[l] == 0.0) & echo;
            let adds = (fe > k::OVER * d) & (yf > k::OVER_ESTIMATE * d) & (c > k::OVER_CORRELATION);
            let alike = (fe < k::SAME_HIGH * yf) & (fe > k::SAME_LOW * yf);
            let same = suspect & (c > k::SAME) & trusted & alike;
            let doubled = (fe > 2.0 * d) & (c > k::OVER_CORRELATION) & (yf > 0.1 * d);
            let strong = suspect & ((c > k::STRONG) | doubled);
            let looking = loud & !bypass;
            let over = count(looking & (adds | same), self.over[l]);
            let strong = count(looking & strong, self.strong[l]);
            let change = learning & ((over >= k::OVER_HOLD) | (strong >= k::STRONG_HOLD));
            self.over[l] = pick(learning, pick(change, 0.0, over), self.over[l]);
            self.strong[l] = pick(learning, pick(change, 0.0, strong), self.strong[l]);
            changed[l] = flag(change);
            act += flag(change | (bypass & active));
        }
        if act > 0.0 {
            self.changed(&changed, events);
            self.in_bypass(events);
        }
    }

    #[inline(always)]
    fn changed(&mut self, changed: &[f32; LANES], events: &mut Events) {
        for l in 0..LANES {
            let change = changed[l] > 0.0;
            let trusted = self.lf[l] < k::TRUST;
            let bypass = change & trusted;
            // Trusted: the foreground is kept, a new background starts from it, or from nothing.
            let from_foreground = bypass & (self.fe[l] < 0.8 * self.d[l]);
            // Untrusted: the foreground takes the background if that is any good.
            let from_background = change & !trusted & (self.e[l] < 0.8 * self.d[l]);
            let nothing = change & !trusted & !from_background;
            let (fe, yf, fy, d) = (self.fe[l], self.yf[l], self.fy[l], self.d[l]);
            let empty_background = (bypass & !from_foreground) | nothing;
            self.fe[l] = pick(from_background, self.e[l], pick(nothing, d, fe));
            self.yf[l] = pick(from_background, self.y[l], pick(nothing, 0.0, yf));
            self.fy[l] = pick(from_background, self.ey[l], pick(nothing, 0.0, fy));
            self.e[l] = pick(from_foreground, fe, pick(empty_background, d, self.e[l]));
            self.y[l] = pick(from_foreground, yf, pick(empty_background, 0.0, self.y[l]));
            self.ey[l] = pick(from_foreground, fy, pick(empty_background, 0.0, self.ey[l]));
            let forget = bypass | nothing;
            self.lb[l] = pick(forget, 1.0, self.lb[l]);
            self.prior[l] = pick(forget, PRIOR, self.prior[l]);
            self.lf[l] = pick(from_background | nothing, 1.0, self.lf[l]);
            self.proof[l] = pick(change, 0.0, self.proof[l]);
            self.held[l] = pick(change, 0.0, self.held[l]);
            self.bypass[l] = pick(bypass, 1.0, self.bypass[l]);
            self.adding[l] = pick(bypass, 0.0, self.adding[l]);
            self.clear[l] = pick(bypass, 0.0, self.clear[l]);
            self.recovered[l] = pick(bypass, 0.0, self.recovered[l]);
            events.restore[l] = flag(from_foreground);
            events.copy[l] = flag(from_background);
            events.empty_foreground[l] = flag(nothing);
            events.empty_background[l] = flag(empty_background);
        }
    }

    #[inline(always)]
    fn in_bypass(&mut self, events: &mut Events) {
        for l in 0..LANES {
            let here = (self.bypass[l] > 0.0) & (self.active[l] > 0.0);
            let learning = self.learning[l] > 0.0;
            let (fe, d) = (self.fe[l], self.d[l]);
            let adding = self.adding[l] + flag(fe > 2.0 * d);
            let clear = count(self.c[l] < k::CLEAR, self.clear[l]);
            let recovered = count(fe < 0.5 * d, self.recovered[l]);
            self.adding[l] = pick(here, adding, self.adding[l]);
            self.clear[l] = pick(here, clear, self.clear[l]);
            self.recovered[l] = pick(here, recovered, self.recovered[l]);
            // The old set works again, or it was double talk.
            let back = here & ((recovered >= k::RECOVERED_HOLD) | (clear >= k::CLEAR_HOLD));
            let drop = here & !back & learning & (adding >= k::DROP);
            self.bypass[l] = pick(back | drop, 0.0, self.bypass[l]);
            self.lb[l] = pick(back, self.lf[l], self.lb[l]);
            self.e[l] = pick(back, fe, self.e[l]);
            self.y[l] = pick(back, self.yf[l], self.y[l]);
            self.ey[l] = pick(back, self.fy[l], self.ey[l]);
            self.proof[l] = pick(back, 0.0, self.proof[l]);
            self.held[l] = pick(back, 0.0, self.held[l]);
            self.lf[l] = pick(drop, 1.0, self.lf[l]);
            self.fe[l] = pick(drop, d, fe);
            self.yf[l] = pick(drop, 0.0, self.yf[l]);
            self.fy[l] = pick(drop, 0.0, self.fy[l]);
            events.restore[l] = pick(back, 1.0, events.restore[l]);
            events.empty_foreground[l] = pick(drop, 1.0, events.empty_foreground[l]);
        }
    }
}
