// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is decided once a block, for all lanes in the same instructions.
//!
//! Every function here is a loop over lanes whose body has no jumps: conditions pick values. `reference` has the same
//! logic with jumps, one lane at a time.

mod change;
mod copy;
mod levels;
mod step;
mod switch;

use crate::lanes::{Lanes, lane_state};
use crate::window::Events;

lane_state! {
    /// Sums of one block; means once [`levels`] has seen them.
    Sums {
        /// Squares: Sin, whitened far end, whitened Sin.
        sin = 0.0,
        x = 0.0,
        d = 0.0,
        /// Background: estimate, error, their product.
        y = 0.0,
        e = 0.0,
        ey = 0.0,
        /// Foreground: error, estimate, their product.
        fe = 0.0,
        yf = 0.0,
        fy = 0.0,
        /// Far-end power over the window at the block's end.
        window = 0.0,
        /// Energy of the background's taps.
        taps = 0.0,
    }
}

lane_state! {
    /// Everything that the decisions remember. Flags are 0 or 1.
    Control {
        /// Powers over 16 ms, named as in [`Sums`].
        sin = 0.0,
        d = 0.0,
        y = 0.0,
        e = 0.0,
        ey = 0.0,
        fe = 0.0,
        yf = 0.0,
        fy = 0.0,
        /// Estimate's power over 200 ms of active far end.
        typical = 0.0,
        /// Correlation of residual and estimate, and the three powers that it is made of.
        c = 0.0,
        c_fy = 0.0,
        c_fe = 0.0,
        c_yf = 0.0,
        /// Leakage of background and foreground, and the foreground's slow one.
        lb = 1.0,
        lf = 1.0,
        slow = 1.0,
        /// Assumed misalignment a tap.
        prior = PRIOR,
        step = 0.0,
        suspect = 0.0,
        active = 0.0,
        /// Active blocks since the window moved far.
        age = 0.0,
        /// Near-end noise power; what no filter can remove; silent blocks; minimum in the making; blocks in it.
        noise = 30.0,
        floor = 34.0,
        quiet = 0.0,
        least = 1e12,
        counted = 0.0,
        /// The far end is one or two tones.
        tone = 0.0,
        /// Learning is allowed: switched on, not disabled, no gap in the far end.
        learning = 0.0,

        /// Blocks in which the background was better; blocks left of a proof.
        held = 0.0,
        proof = 0.0,
        /// Energies during a proof: background error, foreground error, Sin.
        proof_e = 0.0,
        proof_fe = 0.0,
        proof_d = 0.0,
        /// The far end paused during the proof; the proof began under suspicion.
        spoiled = 0.0,
        proof_suspect = 0.0,
        /// Blocks in which the background was worse.
        worse = 0.0,
        /// Blocks left of a probation; to the next test; the reserve is being tested; its leakage.
        probation = 0.0,
        next = 0.0,
        testing = 0.0,
        reserve_leak = 1.0,

        /// The foreground is kept but not used.
        bypass = 0.0,
        /// Counters of evidence for a change, and for what it was.
        over = 0.0,
        strong = 0.0,
        adding = 0.0,
        clear = 0.0,
        recovered = 0.0,

        /// The output switch: powers over 4 ms, blocks of harm, blocks of memory, gain before and after the block.
        q_d = 0.0,
        q_fe = 0.0,
        q_yf = 0.0,
        harm = 0.0,
        memory = 0.0,
        gain_from = 1.0,
        gain_to = 1.0,
    }
}

const PRIOR: f32 = crate::constants::single::PRIOR / crate::constants::WINDOW as f32;

/// Noise minima, eight a lane, and where the next goes.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct Minima {
    rows: [Lanes; 8],
    oldest: Lanes,
}

impl Minima {
    pub(crate) const fn new() -> Self {
        Self {
            rows: [[1e12; crate::lanes::LANES]; 8],
            oldest: [0.0; crate::lanes::LANES],
        }
    }

    pub(crate) fn reset(&mut self, lane: usize) {
        self.rows.iter_mut().for_each(|row| row[lane] = 1e12);
        self.oldest[lane] = 0.0;
    }
}

impl Control {
    /// All decisions of a block.
    #[inline(always)]
    pub(crate) fn run(&mut self, sums: &Sums, minima: &mut Minima) -> Events {
        let mut events = Events::NONE;
        self.levels(sums, minima);
        self.choose_step(sums);
        self.path_change(&mut events);
        self.copy_logic(sums, &mut events);
        self.switch(sums);
        events
    }
}
