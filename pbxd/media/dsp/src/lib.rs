// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tones, levels, concealment and comfort noise for one channel at 8 kHz.
//!
//! Samples are 16-bit linear, as `g711` decodes them. Everything is a small state that fills or
//! reads blocks of any length: cutting a block in two gives the same samples. Nothing allocates,
//! nothing reads a clock, and the same seed and input give the same output; sines are computed
//! here, from additions and multiplications only.
//!
//! Levels are in dBm0. The reference is the law's overload point: a sine that just reaches the
//! largest decision value has +3.14 dBm0 in A-law and +3.17 dBm0 in mu-law ([`Scale`]).
#![forbid(unsafe_code)]

mod cadence;
mod conceal;
mod dtmf;
mod level;
mod noise;
mod oscillator;
mod pitch;
mod progress;
mod ramp;

/// Samples in a second, and 125 µs frames.
pub const RATE: u32 = 8000;

pub use cadence::{Cadence, CadencePlayer, Step};
pub use conceal::{Concealment, FADE_END, HISTORY};
pub use dtmf::{Dtmf, DtmfKey, DtmfState, DtmfTiming};
pub use level::{Meter, Scale};
pub use noise::ComfortNoise;
pub use oscillator::{Component, Oscillators};
pub use progress::{PROGRESS, ProgressTones, progress};
pub use ramp::Ramp;
