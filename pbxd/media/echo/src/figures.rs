// SPDX-License-Identifier: MIT OR Apache-2.0
//! Live figures of a channel.

use crate::constants::BLOCK;
use crate::control::Control;
use crate::lanes::{LANES, Lanes, lane_state, smooth};
use crate::window::Events;

/// What a channel's canceller is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Delay of the echo's strongest part, in samples.
    pub delay: usize,
    /// Where the window's three segments begin, in samples.
    pub segments: [usize; 3],
    /// Echo return loss of the hybrid as the canceller has learned it, in dB; 90 before it has learned anything.
    pub return_loss_db: f32,
    /// Estimated echo left over echo removed, in dB.
    pub leakage_db: f32,
    /// Sin over Sout before the non-linear processor, over the last second of active far end, in dB. Near-end speech
    /// makes it small.
    pub enhancement_db: f32,
    /// Share of the active far end's time in which there was more than echo and noise.
    pub double_talk: f32,
    /// The foreground is good enough to be trusted.
    pub converged: bool,
    /// The echo path seems to have changed; the estimate is not used.
    pub bypass: bool,
    /// The far end is one or two tones.
    pub narrow_band: bool,
    /// Tone with phase reversals: Sin passes.
    pub disabled: bool,
    /// Tone: the non-linear processor stands still.
    pub nlp_disabled: bool,
    /// The non-linear processor's gain: 1 open, 0 closed.
    pub nlp_gain: f32,
    /// Copies from background to foreground.
    pub copies: u32,
    /// Moves of the window on the scout's word.
    pub moves: u32,
}

lane_state! {
    /// What the figures are counted from.
    Counted {
        sin = 0.0,
        out = 0.0,
        block_sin = 0.0,
        block_out = 0.0,
        active = 0.0,
        suspect = 0.0,
        copies = 0.0,
        moves = 0.0,
    }
}

impl Counted {
    /// Levels of a block, before the processor.
    #[inline(always)]
    pub(crate) fn levels(&mut self, d: &[Lanes; BLOCK], o: &[Lanes; BLOCK]) {
        self.block_sin = [0.0; LANES];
        self.block_out = [0.0; LANES];
        for (d, o) in d.iter().zip(o) {
            for l in 0..LANES {
                self.block_sin[l] += d[l] * d[l];
                self.block_out[l] += o[l] * o[l];
            }
        }
    }

    /// After the decisions.
    #[inline(always)]
    pub(crate) fn events(&mut self, events: &Events, control: &Control) {
        for l in 0..LANES {
            let share = 0.001 * control.active[l];
            self.sin[l] = smooth(self.sin[l], share, self.block_sin[l]);
            self.out[l] = smooth(self.out[l], share, self.block_out[l]);
            self.active[l] += control.active[l];
            self.suspect[l] += control.suspect[l];
            self.copies[l] += events.copy[l];
        }
    }

    pub(crate) fn enhancement(&self, lane: usize) -> f32 {
        10.0 * ((self.sin[lane] + 1.0) / (self.out[lane] + 1.0)).log10()
    }

    pub(crate) fn double_talk(&self, lane: usize) -> f32 {
        self.suspect[lane] / self.active[lane].max(1.0)
    }
}
