// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tones with a rhythm.

use crate::{Component, Oscillators, Scale};

/// One part of a rhythm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// What sounds: up to four components, none for silence.
    pub tone: &'static [Component],
    /// How long, in milliseconds; 0 goes on for ever.
    pub millis: u32,
}

/// A rhythm: steps played in order, then again from `repeat_from`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cadence {
    /// The steps.
    pub steps: &'static [Step],
    /// The step that follows the last one; at or beyond the end the rhythm ends in silence.
    pub repeat_from: usize,
}

/// Plays a rhythm.
#[derive(Clone, Copy, Debug)]
pub struct CadencePlayer {
    cadence: Cadence,
    scale: Scale,
    oscillators: Oscillators,
    at: usize,
    /// Samples left in the step; `None` for ever.
    left: Option<u32>,
    sounding: bool,
}

impl CadencePlayer {
    /// A player at the rhythm's beginning.
    #[must_use]
    pub fn new(scale: Scale, cadence: Cadence) -> Self {
        let mut player = Self {
            cadence,
            scale,
            oscillators: Oscillators::new(scale, &[]),
            at: 0,
            left: None,
            sounding: false,
        };
        player.enter(0);
        player
    }

    /// Begins step `at`.
    fn enter(&mut self, at: usize) {
        self.at = at;
        let Some(step) = self.cadence.steps.get(at) else {
            self.left = None;
            self.sounding = false;
            return;
        };
        self.left = (step.millis != 0).then(|| step.millis.saturating_mul(8));
        self.sounding = !step.tone.is_empty();
        self.oscillators.retune(self.scale, step.tone);
        self.oscillators.restart();
    }

    /// Fills a block.
    pub fn fill(&mut self, samples: &mut [i16]) {
        let mut rest = samples;
        while !rest.is_empty() {
            let now = self
                .left
                .map_or(rest.len(), |left| rest.len().min(left as usize));
            let (block, after) = rest.split_at_mut(now);
            if self.sounding {
                self.oscillators.fill(block);
            } else {
                block.fill(0);
            }
            rest = after;
            if let Some(left) = &mut self.left {
                *left -= now as u32;
                if *left == 0 {
                    let next = self.at + 1;
                    let wraps = next >= self.cadence.steps.len();
                    self.enter(if wraps {
                        self.cadence.repeat_from
                    } else {
                        next
                    });
                }
            }
        }
    }
}
