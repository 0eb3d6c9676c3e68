// SPDX-License-Identifier: MIT OR Apache-2.0
//! The low-pass in front of the scout: 32 taps, Hamming window, 900 Hz.

use crate::constants::FIR;

/// Taps of unit sum.
pub(crate) fn taps() -> [f64; FIR] {
    use core::f64::consts::{PI, TAU};
    let tap = |n: usize| {
        let t = n as f64 - (FIR - 1) as f64 / 2.0;
        let window = 0.54 - 0.46 * (TAU * n as f64 / (FIR - 1) as f64).cos();
        (PI * 0.225 * t).sin() / (PI * t) * window
    };
    let taps: [f64; FIR] = core::array::from_fn(tap);
    let sum: f64 = taps.iter().sum();
    taps.map(|v| v / sum)
}
