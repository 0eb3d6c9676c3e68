// SPDX-License-Identifier: MIT OR Apache-2.0
//! One or two tones in the far end: the gain of a fourth-order linear prediction over 32 ms, one lane at a time.

use crate::constants::{NARROW, single as k};
use crate::reference::prediction_gain;

/// Sums that run beside each other, so that they fill a vector.
const PARALLEL: usize = 16;

/// The Hann window.
pub(crate) fn hann() -> Vec<f32> {
    let value =
        |n: usize| 0.5 - 0.5 * (core::f64::consts::TAU * (n as f64 + 0.5) / NARROW as f64).cos();
    (0..NARROW).map(|n| value(n) as f32).collect()
}

/// True if these samples of the whitened far end are a tone. They are overwritten.
#[inline(always)]
pub(crate) fn narrow(samples: &mut [f32; NARROW], window: &[f32]) -> bool {
    for (v, w) in samples.iter_mut().zip(window) {
        *v *= w;
    }
    let lags: [f64; 5] = core::array::from_fn(|lag| {
        let mut sums = [0.0f32; PARALLEL];
        let (late, early) = (&samples[lag..], &samples[..NARROW - lag]);
        let late = late.chunks_exact(PARALLEL);
        let early = early.chunks_exact(PARALLEL);
        let mut rest = 0.0;
        for (a, b) in late.remainder().iter().zip(early.remainder()) {
            rest += a * b;
        }
        for (a, b) in late.zip(early) {
            for l in 0..PARALLEL {
                sums[l] += a[l] * b[l];
            }
        }
        f64::from(sums.iter().sum::<f32>() + rest)
    });
    prediction_gain(&lags) > f64::from(k::NARROW_GAIN)
}
