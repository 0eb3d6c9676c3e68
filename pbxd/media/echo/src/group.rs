// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sixteen channels, and a visit to them.

use g711::Law;
use simd_dispatch::{Instance, Kernel};

use crate::config::{Config, Settings};
use crate::constants::{
    BLOCK, DECIMATION, JOB_PERIOD, NARROW, PLACE_PERIOD, SEGMENT, WINDOW, single as k,
};
use crate::control::{Control, Minima, Sums};
use crate::far::{FarEnd, decoder};
use crate::figures::{Counted, Figures};
use crate::lanes::{LANES, Lanes, flag, lane_state};
use crate::narrow;
use crate::nlp::{self, Nlp};
use crate::place::{self, Wish};
use crate::port::{Output, Port, VisitError};
use crate::scout::{self, Scout};
use crate::tone::Disabler;
use crate::walk::{Edges, shift};
use crate::window::Window;

lane_state! {
    /// Settings as flags, and the last samples.
    Line {
        cancel = 1.0,
        adapt = 1.0,
        nlp = 1.0,
        comfort = 1.0,
        disabler = 1.0,
        /// Blocks without learning, after a gap.
        hold = 0.0,
        /// Last far, near and output sample.
        x = 0.0,
        d = 0.0,
        o = 0.0,
    }
}

/// Samples of the block at hand.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
struct Block {
    x: [Lanes; BLOCK],
    d: [Lanes; BLOCK],
    xw: [Lanes; BLOCK],
    dw: [Lanes; BLOCK],
    fe: [Lanes; BLOCK],
    o: [Lanes; BLOCK],
}

impl Block {
    const ZERO: Self = Self {
        x: [[0.0; LANES]; BLOCK],
        d: [[0.0; LANES]; BLOCK],
        xw: [[0.0; LANES]; BLOCK],
        dw: [[0.0; LANES]; BLOCK],
        fe: [[0.0; LANES]; BLOCK],
        o: [[0.0; LANES]; BLOCK],
    };
}

/// Sixteen channels that are visited together. Each has its own law, switches and echo; they do not influence
/// each other. Periodic jobs are spread over the lanes and the group's time, so that the same codes in another lane
/// give the same quality and not the same bits.
#[derive(Clone, Debug)]
pub struct Group {
    instance: Instance,
    config: Config,
    open: [bool; LANES],
    settings: [Settings; LANES],
    tick: u32,
    far: FarEnd,
    line: Line,
    window: Window,
    control: Control,
    minima: Minima,
    scout: Scout,
    walks: [[i32; 3]; LANES],
    hann: Vec<f32>,
    nlp: Nlp,
    nlp_shared: nlp::Shared,
    disabler: Disabler,
    counted: Counted,
    block: Block,
}

impl Group {
    /// A group without channels. Everything that it will ever need is allocated here.
    #[must_use]
    pub fn new(config: Config, instance: Instance) -> Self {
        Self {
            instance,
            config,
            open: [false; LANES],
            settings: [Settings::default(); LANES],
            tick: 0,
            far: FarEnd::new(config.tail()),
            line: Line::new(),
            window: Window::new(),
            control: Control::new(),
            minima: Minima::new(),
            scout: Scout::new(config.scout()),
            walks: [[0; 3]; LANES],
            hann: narrow::hann(),
            nlp: Nlp::new(),
            nlp_shared: nlp::Shared::new(),
            disabler: Disabler::new(),
            counted: Counted::new(),
            block: Block::ZERO,
        }
    }

    /// Starts a channel that knows nothing. An open lane starts anew.
    ///
    /// # Panics
    /// `lane` is 16 or more.
    pub fn open(&mut self, lane: usize, law: Law, settings: Settings) {
        self.open[lane] = true;
        self.far.reset(lane, law);
        self.line.reset(lane);
        self.window.reset(lane);
        self.control.reset(lane);
        self.minima.reset(lane);
        self.scout.reset(lane);
        self.walks[lane] = [0; 3];
        self.nlp.reset(lane);
        self.nlp_shared.reset(lane);
        self.disabler.reset(lane);
        self.counted.reset(lane);
        self.set(lane, settings);
    }

    /// Ends a channel.
    ///
    /// # Panics
    /// `lane` is 16 or more.
    pub fn close(&mut self, lane: usize) {
        self.open(lane, Law::Mu, Settings::default());
        self.open[lane] = false;
    }

    /// Changes a channel's switches from the next visit on.
    ///
    /// # Panics
    /// `lane` is 16 or more.
    pub fn set(&mut self, lane: usize, settings: Settings) {
        self.settings[lane] = settings;
        self.line.cancel[lane] = flag(settings.cancel);
        self.line.adapt[lane] = flag(settings.adapt);
        self.line.nlp[lane] = flag(settings.nlp);
        self.line.comfort[lane] = flag(settings.comfort_noise);
        self.line.disabler[lane] = flag(settings.tone_disabler);
    }

    /// A channel's switches.
    ///
    /// # Panics
    /// `lane` is 16 or more.
    #[must_use]
    pub fn settings(&self, lane: usize) -> Settings {
        self.settings[lane]
    }

    /// Samples are missing between the last visit and the next: nothing is learned until what the far end sent
    /// before the gap has left the tail.
    ///
    /// # Panics
    /// `lane` is 16 or more.
    pub fn gap(&mut self, lane: usize) {
        self.line.hold[lane] = f32::from(self.config.tail_ms());
    }

    /// Cancels one stretch of every open channel; those without a port hear and say nothing. The length is that of the
    /// first port.
    ///
    /// # Errors
    /// Ports of different length, or not of whole blocks of 8 samples; a port on a lane that is not open. Nothing was
    /// done then.
    pub fn visit(&mut self, ports: &mut [Option<Port<'_>>; LANES]) -> Result<(), VisitError> {
        let Some(length) = ports.iter().flatten().map(|port| port.rin.len()).next() else {
            return Ok(());
        };
        for (lane, port) in ports.iter().enumerate() {
            if let Some(port) = port {
                port.check(lane, length)?;
                if !self.open[lane] {
                    return Err(VisitError::Closed { lane });
                }
            }
        }
        let instance = self.instance;
        instance.run(Visit {
            group: self,
            ports,
            length,
        });
        Ok(())
    }

    /// What a channel's canceller is doing.
    ///
    /// # Panics
    /// `lane` is 16 or more.
    #[must_use]
    pub fn figures(&self, lane: usize) -> Figures {
        let (energy, delay) = self.window.strongest(lane);
        let c = &self.control;
        let off = &self.disabler.off;
        Figures {
            delay,
            segments: self.window.delays(lane).map(|d| d as usize),
            return_loss_db: -10.0 * (energy + 1e-9).log10(),
            leakage_db: 10.0 * c.lf[lane].log10(),
            enhancement_db: self.counted.enhancement(lane),
            double_talk: self.counted.double_talk(lane),
            converged: c.lf[lane] < k::TRUST,
            bypass: c.bypass[lane] > 0.0,
            narrow_band: c.tone[lane] > 0.0,
            disabled: off.canceller[lane] > 0.0,
            nlp_disabled: off.processor[lane] > 0.0,
            nlp_gain: self.nlp.gain[lane],
            copies: self.counted.copies[lane] as u32,
            moves: self.counted.moves[lane] as u32,
        }
    }

    /// Bytes of one group, everything included.
    #[must_use]
    pub fn memory(&self) -> usize {
        let tables = self.far.heap() + self.window.heap() + self.scout.heap();
        size_of::<Self>() + tables + self.hann.capacity() * size_of::<f32>()
    }
}

/// One visit, as a body that every instance compiles.
struct Visit<'a, 'b> {
    group: &'a mut Group,
    ports: &'a mut [Option<Port<'b>>; LANES],
    length: usize,
}

impl Kernel for Visit<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        for start in (0..self.length).step_by(BLOCK) {
            self.group.load(self.ports, start);
            self.group.run_block::<FUSED>();
            self.group.store(self.ports, start);
        }
    }
}

impl Group {
    /// Decodes the block at `start` of every port.
    #[inline(always)]
    fn load(&mut self, ports: &[Option<Port<'_>>; LANES], start: usize) {
        for (lane, port) in ports.iter().enumerate() {
            let law = self.far.law(lane);
            let idle = [law.idle(); BLOCK];
            let (rin, sin) = match port {
                Some(port) => (
                    &port.rin[start..start + BLOCK],
                    &port.sin[start..start + BLOCK],
                ),
                None => (&idle[..], &idle[..]),
            };
            let table = decoder(law);
            for i in 0..BLOCK {
                self.block.x[i][lane] = table[usize::from(rin[i])];
                self.block.d[i][lane] = table[usize::from(sin[i])];
            }
            self.far.write(lane, rin);
        }
        self.far.advance();
    }

    /// Writes the block's output. What was not changed goes out as it came in, bit by bit.
    #[inline(always)]
    fn store(&mut self, ports: &mut [Option<Port<'_>>; LANES], start: usize) {
        for (lane, port) in ports.iter_mut().enumerate() {
            let Some(port) = port else { continue };
            let law = self.far.law(lane);
            for i in 0..BLOCK {
                let (o, d) = (self.block.o[i][lane], self.block.d[i][lane]);
                let sample = (o + 0.5).floor() as i16;
                match &mut port.out {
                    Output::Linear(out) => out[start + i] = sample,
                    Output::Codes(out) if (o - d).abs() < 0.5 => {
                        out[start + i] = port.sin[start + i]
                    }
                    Output::Codes(out) => out[start + i] = law.encode(sample),
                }
            }
        }
    }

    #[inline(always)]
    fn run_block<const FUSED: bool>(&mut self) {
        self.window.push(&self.far);
        let sums = self.filter::<FUSED>();
        let b = &mut self.block;
        self.disabler.run::<FUSED>(&self.line.disabler, &b.x, &b.d);
        let c = &mut self.control;
        let off = &self.disabler.off;
        let (mut trusted, mut on) = ([0.0; LANES], [0.0; LANES]);
        let (mut settled, mut calm) = ([0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            let good = (c.lf[l] < k::TRUST) & (c.bypass[l] == 0.0);
            let doubt = (c.suspect[l] > 0.0) & (c.c[l] > k::OVER_CORRELATION);
            trusted[l] = flag(good & (c.memory[l] == 0.0) & !doubt);
            settled[l] = flag(good & (c.suspect[l] == 0.0));
            calm[l] = flag(good & (c.quiet[l] > k::QUIET_HOLD));
            let works = (off.processor[l] == 0.0) & (off.canceller[l] == 0.0);
            on[l] = flag((self.line.nlp[l] > 0.0) & works);
            let may = (self.line.cancel[l] > 0.0) & (off.canceller[l] == 0.0);
            let whole = (self.line.adapt[l] > 0.0) & (self.line.hold[l] == 0.0);
            c.learning[l] = flag(may & whole);
            self.line.hold[l] = (self.line.hold[l] - 1.0).max(0.0);
        }
        let told = nlp::Told {
            x: &b.x,
            d: &b.d,
            leak: &c.slow,
            trusted: &trusted,
            on: &on,
            comfort: &self.line.comfort,
            calm: &calm,
        };
        self.counted.levels(&b.d, &b.o);
        self.nlp.run::<FUSED>(&told, &mut b.o, &mut self.nlp_shared);
        for i in 0..BLOCK {
            for l in 0..LANES {
                let passes = (off.canceller[l] > 0.0) | (self.line.cancel[l] == 0.0);
                b.o[i][l] = if passes { b.d[i][l] } else { b.o[i][l] };
            }
        }
        let turn = self.tick % PLACE_PERIOD;
        if self.config.scout() > 0 {
            let told = scout::Told {
                x: &b.xw,
                d: &b.dw,
                fe: &b.fe,
                settled: &settled,
                learning: &c.learning,
                tone: &c.tone,
            };
            self.scout.run::<FUSED>(turn, &told);
            self.scout_decides(turn);
        }
        let events = self.control.run(&sums, &mut self.minima);
        self.window.apply(&events);
        self.counted.events(&events, &self.control);
        self.one_lane((self.tick % JOB_PERIOD) as usize);
        self.tick = self.tick.wrapping_add(1);
    }

    /// The sample-by-sample part: both filters, the update, the output.
    #[inline(always)]
    fn filter<const FUSED: bool>(&mut self) -> Sums {
        let mut sums = Sums::new();
        let (b, c, line) = (&mut self.block, &self.control, &mut self.line);
        let mut energy = self.window.energy();
        let (mut g, mut step) = ([0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            step[l] = if c.proof[l] > 0.0 { 0.0 } else { c.step[l] };
        }
        for i in 0..BLOCK {
            let (y, yf) = self.window.filter::<FUSED>(i, &g);
            let change = self.window.energy_step(i);
            let part = (i + 1) as f32 / BLOCK as f32;
            for l in 0..LANES {
                let (x, d) = (b.x[i][l], b.d[i][l]);
                let (xw, dw) = (x - k::PRE * line.x[l], d - k::PRE * line.d[l]);
                let (e, fe) = (dw - y[l], dw - yf[l]);
                energy[l] += change[l];
                g[l] = step[l] * e / (energy[l].max(0.0) + Window::FLOOR);
                let gain = c.gain_from[l] + (c.gain_to[l] - c.gain_from[l]) * part;
                let o = dw - gain * yf[l] + k::PRE * line.o[l];
                (line.x[l], line.d[l], line.o[l]) = (x, d, o);
                b.xw[i][l] = xw;
                b.dw[i][l] = dw;
                b.fe[i][l] = fe;
                b.o[i][l] = o;
                sums.sin[l] += d * d;
                sums.x[l] += xw * xw;
                sums.d[l] += dw * dw;
                sums.y[l] += y[l] * y[l];
                sums.e[l] += e * e;
                sums.ey[l] += e * y[l];
                sums.fe[l] += fe * fe;
                sums.yf[l] += yf[l] * yf[l];
                sums.fy[l] += fe * yf[l];
            }
        }
        sums.taps = self.window.update::<FUSED>(&g);
        let energy = self.window.close_energy();
        for l in 0..LANES {
            let mean = 1.0 / BLOCK as f32;
            sums.sin[l] *= mean;
            sums.x[l] *= mean;
            sums.d[l] *= mean;
            sums.y[l] *= mean;
            sums.e[l] *= mean;
            sums.ey[l] *= mean;
            sums.fe[l] *= mean;
            sums.yf[l] *= mean;
            sums.fy[l] *= mean;
            sums.window[l] = energy[l] / WINDOW as f32;
        }
        sums
    }

    /// Ends proofs, and looks for better places every 8 ms.
    #[inline(always)]
    fn scout_decides(&mut self, turn: u32) {
        let was_proving = self.scout.known.proof;
        for (lane, was) in was_proving.iter().enumerate() {
            if *was > 0.0 {
                self.scout_proof(lane);
            }
        }
        if turn != PLACE_PERIOD - 1 {
            return;
        }
        let wishes = place::wishes(&mut self.scout, &self.control, &self.window);
        for (lane, wish) in wishes.into_iter().enumerate() {
            match wish {
                _ if was_proving[lane] > 0.0 => {}
                Wish::Stay => {}
                Wish::Move(place) => self.move_to(lane, place),
                Wish::Prove(place) => self.start_scout_proof(lane, place),
            }
        }
    }

    fn start_scout_proof(&mut self, lane: usize, place: [i16; 3]) {
        let bypass = self.control.bypass[lane] > 0.0;
        let known = &mut self.scout.known;
        self.scout.pending[lane] = place;
        known.proof[lane] = if bypass {
            k::SCOUT_PROOF_BYPASS
        } else {
            k::SCOUT_PROOF
        };
        (
            known.proof_d[lane],
            known.proof_e[lane],
            known.proof_f[lane],
        ) = (0.0, 0.0, 0.0);
    }

    /// A move away from a trusted window is checked with frozen scout taps.
    fn scout_proof(&mut self, lane: usize) {
        let known = &mut self.scout.known;
        known.proof[lane] -= 1.0;
        if known.proof[lane] > 0.0 {
            return;
        }
        known.proof[lane] = 0.0;
        known.agreed[lane] = 0.0;
        let bypass = self.control.bypass[lane] > 0.0;
        let ratio = if bypass {
            k::SCOUT_RATIO_BYPASS
        } else {
            k::SCOUT_RATIO
        };
        let e = known.proof_e[lane];
        if e < ratio * known.proof_f[lane] && e < ratio * known.proof_d[lane] {
            self.move_to(lane, self.scout.pending[lane]);
        }
    }

    fn move_to(&mut self, lane: usize, place: [i16; 3]) {
        if self.control.abandon_test(lane) {
            self.window.swap_reserve(lane);
        }
        let delays = place.map(|tap| i32::from(tap) * DECIMATION as i32);
        let old = self.window.delays(lane);
        let far = delays
            .iter()
            .zip(&old)
            .any(|(a, b)| (a - b).abs() as f32 > k::FAR);
        self.window.remap(lane, delays, &self.far);
        self.scout.known.agreed[lane] = 0.0;
        self.scout.candidate[lane] = scout::NOWHERE;
        self.counted.moves[lane] += 1.0;
        if far {
            self.control.age[lane] = 0.0;
            self.control.lf[lane] = 1.0;
            self.control.lb[lane] = 1.0;
            self.control.prior[lane] = k::PRIOR / WINDOW as f32;
        }
    }

    /// The jobs that are done for one lane a block.
    #[inline(always)]
    fn one_lane(&mut self, lane: usize) {
        if !self.open[lane] {
            return;
        }
        let mut samples = [0.0; NARROW];
        self.far.whitened(lane, 0, &mut samples);
        let tone = narrow::narrow(&mut samples, &self.hann);
        self.control.tone[lane] = flag(tone);
        let trusted = self.control.lf[lane] <= k::TRUST;
        if self.control.learning[lane] > 0.0 && !tone && trusted {
            self.walk(lane);
        }
    }

    fn walk(&mut self, lane: usize) {
        let window = &self.window;
        let total = window.foreground_energy(lane) + 1e-12;
        let edges = |first: usize, last: usize| {
            let (early, late) = window.edges(lane, first, last, BLOCK);
            let (early16, late16) = window.edges(lane, first, last, 2 * BLOCK);
            Edges {
                early: early / total,
                late: late / total,
                early16: early16 / total,
                late16: late16 / total,
            }
        };
        let threshold = k::WALK + k::WALK_LEAK * self.control.lf[lane];
        let delays = window.delays(lane);
        let limit = self.config.tail() as i32 - SEGMENT as i32;
        let moved = shift(&delays, &mut self.walks[lane], limit, threshold, edges);
        if let Some(delays) = moved.filter(|_| self.control.probation[lane] <= 0.0) {
            self.window.remap(lane, delays, &self.far);
        }
    }
}
