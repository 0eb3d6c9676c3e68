// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the bench needs of a canceller.

use g711::Law;

/// A switch of a canceller, as the tests turn it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Forget everything (the standard's clearing of the H register).
    Reset,
    /// Stop or go on adapting (inhibit the H register).
    Freeze(bool),
    /// Non-linear processor.
    Nlp(bool),
    /// Comfort noise of the non-linear processor.
    ComfortNoise(bool),
    /// 2100 Hz tone disabler.
    ToneDisabler(bool),
}

/// What a canceller's tone disabler has switched off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disabled {
    /// Send passes unchanged.
    pub canceller: bool,
    /// The non-linear processor stands still.
    pub nlp: bool,
}

/// The signals of one channel over one visit; the three slices have the same length, a multiple of 8.
#[derive(Debug)]
pub struct Visit<'a> {
    /// The law of both directions.
    pub law: Law,
    /// From the far end, as it goes to the line.
    pub rin: &'a [u8],
    /// From the line: echo and near end.
    pub sin: &'a [u8],
    /// To the far end, linear, before it is encoded again.
    pub sout: &'a mut [i16],
}

/// A canceller of one or more channels that run side by side. Channels must not influence each other.
pub trait Canceller {
    /// The name in reports.
    fn name(&self) -> String;

    /// How many channels one call of [`process`](Self::process) takes.
    fn lanes(&self) -> usize {
        1
    }

    /// Turns a switch on all channels. False: this canceller has no such switch.
    fn control(&mut self, control: Control) -> bool;

    /// Cancels; at most [`lanes`](Self::lanes) visits, all of the same length.
    fn process(&mut self, visits: &mut [Visit<'_>]);

    /// The tone disabler's state on a channel; `None` without one.
    fn disabled(&self, lane: usize) -> Option<Disabled>;
}

/// The line without a canceller; every mask must find what is wrong with it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wire;

impl Canceller for Wire {
    fn name(&self) -> String {
        "none".to_owned()
    }

    fn control(&mut self, _control: Control) -> bool {
        true
    }

    fn process(&mut self, visits: &mut [Visit<'_>]) {
        for visit in visits {
            visit.law.decode_block(visit.sin, visit.sout);
        }
    }

    fn disabled(&self, _lane: usize) -> Option<Disabled> {
        None
    }
}
