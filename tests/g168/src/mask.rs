// SPDX-License-Identifier: MIT OR Apache-2.0
//! The limits as functions of the far end's level. The standard's text was not read; the source of each is named
//! in `docs/echo.md`.

/// With the non-linear processor (Figure 9): −65 dBm0 for a far end of up to −10 dBm0, rising to −55 dBm0 at
/// 0 dBm0.
#[must_use]
pub fn with_nlp(far: f64) -> f64 {
    -65.0 + (far + 10.0).clamp(0.0, 10.0)
}

/// Without it, after 10 s (Figure 11): −55 dBm0 for a far end of −30 dBm0, rising by 25 dB to 0 dBm0.
#[must_use]
pub fn without_nlp(far: f64) -> f64 {
    -55.0 + (far + 30.0) * 25.0 / 30.0
}

/// Combined loss that both configurations must show in the first moments.
pub const EARLY_LOSS: f64 = 6.0;

/// Combined loss that they must show after that.
pub const LOSS: f64 = 20.0;
