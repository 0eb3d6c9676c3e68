// SPDX-License-Identifier: MIT OR Apache-2.0
//! One or two tones in the far end: the gain of a fourth-order linear prediction over 32 ms.

use crate::constants::{NARROW, double as k};

/// True if the newest samples of the whitened far end are a tone.
pub(super) fn narrow(far: &[f64]) -> bool {
    let newest = &far[far.len() - NARROW..];
    let window =
        |n: usize| 0.5 - 0.5 * (core::f64::consts::TAU * (n as f64 + 0.5) / NARROW as f64).cos();
    let v: Vec<f64> = newest
        .iter()
        .enumerate()
        .map(|(n, x)| x * window(n))
        .collect();
    let lag = |l: usize| -> f64 { v[l..].iter().zip(&v).map(|(a, b)| a * b).sum() };
    gain(&core::array::from_fn(lag)) > k::NARROW_GAIN
}

/// Prediction gain from the autocorrelation (Levinson and Durbin); 0 for a signal that is too faint.
pub(crate) fn gain(r: &[f64; 5]) -> f64 {
    if r[0] < NARROW as f64 * 400.0 {
        return 0.0;
    }
    let mut a = [0.0; 5];
    let mut error = r[0] * (1.0 + 1e-6);
    for i in 1..5 {
        let known: f64 = (1..i).map(|j| a[j] * r[i - j]).sum();
        let reflection = (r[i] - known) / error;
        let mut next = a;
        next[i] = reflection;
        for j in 1..i {
            next[j] = a[j] - reflection * a[i - j];
        }
        a = next;
        error = (error * (1.0 - reflection * reflection)).max(1e-6 * r[0]);
    }
    r[0] / error
}
