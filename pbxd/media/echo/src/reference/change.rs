// SPDX-License-Identifier: MIT OR Apache-2.0
//! Evidence that the echo path changed, and the bypass that follows.

use super::Reference;
use crate::constants::{WINDOW, double as k};

/// Counters of evidence.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Change {
    /// The foreground is kept but not used.
    pub(super) bypass: bool,
    over: f64,
    strong: f64,
    adding: f64,
    clear: f64,
    recovered: f64,
}

impl Reference {
    pub(super) fn path_change(&mut self) {
        let (l, s, n) = (&self.levels, self.levels.s, self.levels.floor);
        let trusted = l.lf < k::TRUST;
        let loud = l.active && !self.copying.testing && s.yf > 4.0 * n && s.yf > 0.1 * l.typical;
        let adds =
            s.fe > k::OVER * s.d && s.yf > k::OVER_ESTIMATE * s.d && l.c > k::OVER_CORRELATION;
        let alike = s.fe < k::SAME_HIGH * s.yf && s.fe > k::SAME_LOW * s.yf;
        let same = l.suspect && l.c > k::SAME && trusted && alike;
        let doubled = s.fe > 2.0 * s.d && l.c > k::OVER_CORRELATION && s.yf > 0.1 * s.d;
        let strong = l.suspect && (l.c > k::STRONG || doubled);
        let count = |on: bool, counter: f64| if on { counter + 1.0 } else { 0.0 };
        let looking = loud && !self.change.bypass;
        self.change.over = count(looking && (adds || same), self.change.over);
        self.change.strong = count(looking && strong, self.change.strong);
        if self.change.over >= k::OVER_HOLD || self.change.strong >= k::STRONG_HOLD {
            self.changed(trusted);
        }
        if self.change.bypass && self.levels.active {
            self.in_bypass(true);
        }
    }

    fn changed(&mut self, trusted: bool) {
        self.change.over = 0.0;
        self.change.strong = 0.0;
        self.copying.proof = 0.0;
        self.copying.held = 0.0;
        let l = &mut self.levels;
        if trusted {
            self.change = Change {
                bypass: true,
                ..Change::default()
            };
            l.forget();
            if l.s.fe < 0.8 * l.s.d {
                self.w = self.f;
                (l.s.e, l.s.y, l.s.ey) = (l.s.fe, l.s.yf, l.s.fy);
            } else {
                self.w = [0.0; WINDOW];
                (l.s.e, l.s.y, l.s.ey) = (l.s.d, 0.0, 0.0);
            }
        } else if l.s.e < 0.8 * l.s.d {
            self.f = self.w;
            l.lf = 1.0;
            (l.s.fe, l.s.yf, l.s.fy) = (l.s.e, l.s.y, l.s.ey);
        } else {
            self.f = [0.0; WINDOW];
            self.w = [0.0; WINDOW];
            l.forget();
            l.lf = 1.0;
            (l.s.e, l.s.y, l.s.ey) = (l.s.d, 0.0, 0.0);
            (l.s.fe, l.s.yf, l.s.fy) = (l.s.d, 0.0, 0.0);
        }
    }

    /// Leaves the bypass where the old set works again, or where it was double talk; learning or not.
    pub(super) fn in_bypass(&mut self, learning: bool) {
        let (s, c) = (self.levels.s, self.levels.c);
        let change = &mut self.change;
        if s.fe > 2.0 * s.d {
            change.adding += 1.0;
        }
        change.clear = if c < k::CLEAR {
            change.clear + 1.0
        } else {
            0.0
        };
        change.recovered = if s.fe < 0.5 * s.d {
            change.recovered + 1.0
        } else {
            0.0
        };
        if change.recovered >= k::RECOVERED_HOLD || change.clear >= k::CLEAR_HOLD {
            change.bypass = false;
            self.restore();
            self.copying.held = 0.0;
        } else if learning && change.adding >= k::DROP {
            change.bypass = false;
            self.f = [0.0; WINDOW];
            let l = &mut self.levels;
            l.lf = 1.0;
            (l.s.fe, l.s.yf, l.s.fy) = (s.d, 0.0, 0.0);
        }
    }
}
