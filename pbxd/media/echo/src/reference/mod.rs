// SPDX-License-Identifier: MIT OR Apache-2.0
//! The algorithm for one channel in double precision, written to be read. The lanes are tested against it.
//!
//! `x` is the far end (Rin), `d` what the line sends (Sin). All adaptive work is done on whitened signals
//! `v[n] − ½ v[n−1]`; the output is shaped back. The background `w` learns, the foreground `f` cancels, and a copy
//! from one to the other must be earned. A full-tail scout at 2 kHz says where the window's three segments belong.

mod change;
mod control;
mod copy;
mod narrow;
mod nlp;
mod place;
mod scout;
mod tone;
mod walk;

use crate::config::{Config, Settings};
use crate::constants::{BLOCK, JOB_PERIOD, SEGMENT, SEGMENTS, WINDOW, double as k};
use control::{Levels, Sums};
use copy::Copying;
pub(crate) use narrow::gain as prediction_gain;
use nlp::Nlp;
use scout::Scout;
use tone::Disabler;

/// `state` moves towards `value` by the share `a`.
fn smooth(state: &mut f64, a: f64, value: f64) {
    *state += a * (value - *state);
}

/// One channel.
#[derive(Clone, Debug)]
pub struct Reference {
    config: Config,
    settings: Settings,
    /// Which block of [`JOB_PERIOD`] does the periodic jobs.
    phase: u32,
    tick: u32,
    /// Last far, near and output sample.
    last: (f64, f64, f64),
    /// Whitened far end, the newest last.
    far: Vec<f64>,
    delays: [usize; SEGMENTS],
    /// Tap `64 s + i` weighs the far end of `delays[s] + i` samples ago.
    w: [f64; WINDOW],
    f: [f64; WINDOW],
    reserve: [f64; WINDOW],
    levels: Levels,
    copying: Copying,
    change: change::Change,
    switch: control::Switch,
    scout: Scout,
    walk: [i32; SEGMENTS],
    tone: bool,
    nlp: Nlp,
    disabler: Disabler,
}

impl Reference {
    /// A channel that knows nothing. `phase` is the lane's number in its group.
    #[must_use]
    pub fn new(config: Config, settings: Settings, phase: u32) -> Self {
        Self {
            config,
            settings,
            phase: phase % JOB_PERIOD,
            tick: 0,
            last: (0.0, 0.0, 0.0),
            far: vec![0.0; config.tail() + 2 * SEGMENT],
            delays: core::array::from_fn(|s| s * SEGMENT),
            w: [0.0; WINDOW],
            f: [0.0; WINDOW],
            reserve: [0.0; WINDOW],
            levels: Levels::new(),
            copying: Copying::default(),
            change: change::Change::default(),
            switch: control::Switch::new(),
            scout: Scout::new(config.scout()),
            walk: [0; SEGMENTS],
            tone: false,
            nlp: Nlp::new(),
            disabler: Disabler::default(),
        }
    }

    /// Changes the switches.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// True while the disabler passes Sin unchanged.
    #[must_use]
    pub fn disabled(&self) -> bool {
        self.disabler.canceller
    }

    /// True while the disabler holds the processor off.
    #[must_use]
    pub fn nlp_off(&self) -> bool {
        self.disabler.processor
    }

    /// Delays of the three segments in samples.
    #[must_use]
    pub fn delays(&self) -> [usize; SEGMENTS] {
        self.delays
    }

    /// Residual over estimate of the foreground, as a power ratio.
    #[must_use]
    pub fn leakage(&self) -> f64 {
        self.levels.lf
    }

    fn learning(&self) -> bool {
        self.settings.adapt && self.settings.cancel && !self.disabler.canceller
    }

    /// One block of 1 ms.
    pub fn block(&mut self, x: &[f64; BLOCK], d: &[f64; BLOCK]) -> [f64; BLOCK] {
        let mut dw = [0.0; BLOCK];
        self.far.rotate_left(BLOCK);
        let base = self.far.len() - BLOCK;
        for i in 0..BLOCK {
            self.far[base + i] = x[i] - k::PRE * self.last.0;
            dw[i] = d[i] - k::PRE * self.last.1;
            self.last.0 = x[i];
            self.last.1 = d[i];
        }
        let (mut out, fe, sums) = self.filter(d, &dw);
        self.disabler.run(self.settings.tone_disabler, x, d);
        let trusted = self.levels.lf < k::TRUST
            && !self.change.bypass
            && self.switch.memory == 0.0
            && !(self.levels.suspect && self.levels.c > k::OVER_CORRELATION);
        let good = self.levels.lf < k::TRUST && !self.change.bypass;
        let calm = good && self.levels.quiet > k::QUIET_HOLD;
        let on = self.settings.nlp && !self.disabler.processor && !self.disabler.canceller;
        let told = nlp::Told {
            leak: self.levels.slow,
            trusted,
            calm,
            on,
            comfort: self.settings.comfort_noise,
        };
        self.nlp.run(x, d, &mut out, &told);
        if self.disabler.canceller || !self.settings.cancel {
            out = *d;
        }
        self.scout(&dw, &fe);
        self.control(&sums);
        if self.tick % JOB_PERIOD == self.phase {
            self.tone = narrow::narrow(&self.far);
            if self.learning() && !self.tone {
                self.walk();
            }
        }
        self.tick = self.tick.wrapping_add(1);
        out
    }

    /// The sample-by-sample part: both filters, the update, the output. Gives Sout before the processor and
    /// the foreground's error.
    fn filter(
        &mut self,
        d: &[f64; BLOCK],
        dw: &[f64; BLOCK],
    ) -> ([f64; BLOCK], [f64; BLOCK], Sums) {
        let mut sums = Sums::default();
        let (mut out, mut errors) = ([0.0; BLOCK], [0.0; BLOCK]);
        let step = if self.copying.proof > 0.0 {
            0.0
        } else {
            self.levels.step
        };
        let newest = self.far.len() - BLOCK;
        for i in 0..BLOCK {
            let at = |tap: usize| newest + i - self.delays[tap / SEGMENT] - tap % SEGMENT;
            let far: [f64; WINDOW] = core::array::from_fn(|tap| self.far[at(tap)]);
            let dot =
                |taps: &[f64; WINDOW]| -> f64 { taps.iter().zip(&far).map(|(a, b)| a * b).sum() };
            let energy = dot(&far);
            let (y, yf) = (dot(&self.w), dot(&self.f));
            let (e, fe) = (dw[i] - y, dw[i] - yf);
            if step > 0.0 {
                let g = step * e / (energy + WINDOW as f64 * k::FLOOR_TAP);
                self.w.iter_mut().zip(&far).for_each(|(w, u)| *w += g * u);
            }
            let (g0, g1) = self.switch.gain;
            let gain = g0 + (g1 - g0) * (i as f64 + 1.0) / BLOCK as f64;
            self.last.2 = dw[i] - gain * yf + k::PRE * self.last.2;
            out[i] = self.last.2;
            errors[i] = fe;
            sums.add(d[i], dw[i], self.far[newest + i], (y, e), (yf, fe));
            sums.window = energy / WINDOW as f64;
        }
        (out, errors, sums.mean())
    }

    /// New delays; taps whose absolute delay stays covered are kept.
    fn remap(&mut self, delays: [usize; SEGMENTS]) {
        let (w, f, old) = (self.w, self.f, self.delays);
        for (s, delay) in delays.iter().enumerate() {
            for i in 0..SEGMENT {
                let lag = delay + i;
                let from = (0..SEGMENTS).rfind(|o| (old[*o]..old[*o] + SEGMENT).contains(&lag));
                let tap =
                    |taps: &[f64; WINDOW]| from.map_or(0.0, |o| taps[o * SEGMENT + lag - old[o]]);
                self.w[s * SEGMENT + i] = tap(&w);
                self.f[s * SEGMENT + i] = tap(&f);
            }
        }
        self.delays = delays;
    }
}
