// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes into a channel and comes out of it.

use crate::Frame;
use crate::kind::Kind;
use crate::line::Code;
use crate::table::{Event, Notice, State};
use crate::timing::Timing;
use tdm_line::abcd::Abcd;

/// Outputs that may wait to be drained.
pub const MAX_OUTPUTS: usize = 64;
/// Digits that may be pulsed in one go.
pub const MAX_DIGITS: usize = 32;
/// Violations that are kept for the trace.
pub const MAX_TRACE: usize = 16;

/// What stands for the states of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// Bits, with what we send and what the far end sends.
    Bits {
        /// Ours.
        sent: Code,
        /// The far end's.
        received: Code,
    },
    /// A single frequency (2,600 Hz) in the voice band, E&M only: the tone is on hook.
    SingleFrequency,
}

/// A channel.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Its kind, and which end we are.
    pub kind: Kind,
    /// What stands for its states.
    pub carrier: Carrier,
    /// How long things last.
    pub timing: Timing,
    /// Whether our call gives way when both ends seize (E&M).
    pub yields: bool,
    /// How far ahead of its frame a command goes out, in frames: more than the owner of the line
    /// needs to take it, and less than what may be out when a call is given up.
    pub lead: Frame,
}

impl Config {
    /// A channel with robbed bits and the usual durations, that gives way, 20 ms ahead.
    #[must_use]
    pub const fn robbed_bit(kind: Kind) -> Self {
        Config {
            kind,
            carrier: Carrier::Bits {
                sent: kind.robbed_bits(),
                received: kind.far().robbed_bits(),
            },
            timing: Timing::USUAL,
            yields: true,
            lead: 160,
        }
    }
}

/// What a channel wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send these bits from this frame on: a timed line command.
    Bits {
        /// The frame.
        frame: Frame,
        /// The bits.
        bits: Abcd,
    },
    /// Send the single frequency from this frame on, or stop.
    Tone {
        /// The frame.
        frame: Frame,
        /// Whether it sounds.
        on: bool,
    },
    /// Something happened.
    Notice(Notice),
    /// A digit was pulsed, by its number of pulses, 1 to 10 (10 is the digit 0).
    Digit(u8),
}

/// A request that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Not in this state.
    #[error("{request:?} does not fit state {state:?}")]
    State {
        /// The request.
        request: Event,
        /// The state.
        state: State,
    },
    /// Not a request, but something that comes from the line.
    #[error("{0:?} is not a request")]
    NotARequest(Event),
    /// Digits that cannot be pulsed.
    #[error("1 to {MAX_DIGITS} digits from 0 to 9 can be pulsed")]
    Digits,
    /// Pulses are still going out.
    #[error("pulses are still going out")]
    Busy,
}

/// An event that its state has no row for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// When.
    pub frame: Frame,
    /// The state.
    pub state: State,
    /// The event.
    pub event: Event,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Transitions.
    pub transitions: u64,
    /// Events from the line without a row.
    pub violations: u64,
    /// Bits that stand for nothing.
    pub unknown_bits: u64,
    /// Changes that did not last.
    pub bounces: u64,
    /// Outputs that nobody drained.
    pub outputs_lost: u64,
    /// Calls, both ways.
    pub calls: u64,
}
