// SPDX-License-Identifier: MIT OR Apache-2.0
//! The algorithm's constants, in single precision for the lanes and the same values in double
//! precision for the reference model.
//!
//! Levels are root mean squares on the 16-bit scale, "ms" are counted in blocks. Why each has its value is in
//! `docs/echo.md`.

macro_rules! constants {
    ($($(#[$doc:meta])* $name:ident = $value:expr;)*) => {
        /// For the lanes.
        pub(crate) mod single { $($(#[$doc])* pub(crate) const $name: f32 = $value;)* }
        /// For the reference model.
        pub(crate) mod double { $($(#[$doc])* pub(crate) const $name: f64 = ($value as f32) as f64;)* }
    };
}

/// Samples in a block: 1 ms.
pub(crate) const BLOCK: usize = 8;
/// Segments of the window, each with its own delay.
pub(crate) const SEGMENTS: usize = 3;
/// Taps of a segment.
pub(crate) const SEGMENT: usize = 64;
/// Taps of the window.
pub(crate) const WINDOW: usize = SEGMENTS * SEGMENT;
/// The scout runs at 8 kHz over this.
pub(crate) const DECIMATION: usize = 4;
/// Scout taps that a segment covers.
pub(crate) const SCOUT_SEGMENT: usize = SEGMENT / DECIMATION;
/// Scout taps that the window covers.
pub(crate) const SCOUT_WINDOW: usize = WINDOW / DECIMATION;
/// Taps of the filter in front of the scout.
pub(crate) const FIR: usize = 32;
/// Samples that the narrow-band detector looks at.
pub(crate) const NARROW: usize = 256;
/// Blocks between two jobs that are done for one lane at a time.
pub(crate) const JOB_PERIOD: u32 = 16;
/// Blocks between two placements.
pub(crate) const PLACE_PERIOD: u32 = 8;
/// Of these the scout of a trusted lane runs in so many.
pub(crate) const DUTY: u32 = 2;
/// Samples that the window walks by.
pub(crate) const WALK_STEP: i32 = 16;
/// Wishes in a row that make it walk.
pub(crate) const WALK_HOLD: i32 = 3;
/// Blocks of a frame of the tone detector.
pub(crate) const TONE_BLOCKS: u32 = 5;

constants! {
    /// Pre-emphasis that whitens both directions.
    PRE = 0.5;
    /// Smoothing of the control powers: 16 ms.
    SMOOTH = 0.0625;
    /// Far end is active above this (whitened, over the window).
    ACTIVE = 60.0;
    /// Companding noise, of the power of Sin.
    COMPANDING = 1.5e-4;
    /// Smoothing of the output switch's powers: 4 ms.
    FAST = 0.25;
    /// Smoothing of the correlation of residual and estimate: 32 ms.
    CORRELATION = 0.03125;

    /// Largest step.
    STEP_MAX = 0.7;
    /// Least step.
    STEP_MIN = 0.05;
    /// Step while the residual is not explained.
    STEP_TRIAL = 0.5;
    /// Misalignment assumed of an unknown path.
    PRIOR = 0.5;
    /// Growth of the assumed misalignment a sample.
    PRIOR_GROWTH = 1e-12;
    /// Regularisation a tap, of the window's energy.
    FLOOR_TAP = 100.0;
    /// Rise of the leakage a block: 3 dB/s.
    LEAK_UP = 1.0007;
    /// Fall of the leakage.
    LEAK_DOWN = 0.03;
    /// Least share of the residual that counts as echo.
    ECHO_SHARE = 0.15;
    /// Residual over leakage that raises suspicion: 9 dB.
    SUSPICION = 8.0;
    /// A foreground with less leakage is trusted.
    TRUST = 0.05;

    /// Untrusted: the background must be this much better.
    BETTER = 0.7;
    /// Correlation that an untrusted copy needs.
    GATE_LOW = 0.3;
    /// Blocks that an untrusted copy is held.
    HOLD_UNTRUSTED = 8.0;
    /// Correlation that a trusted copy needs.
    GATE_HIGH = 0.92;
    /// Blocks that a trusted copy is held.
    HOLD_TRUSTED = 16.0;
    /// Frozen blocks of a trusted copy's proof.
    PROOF = 32.0;
    /// Residual ratio that proves it.
    PROOF_RATIO = 0.7;
    /// The same under suspicion.
    BETTER_SUSPECT = 0.35;
    PROOF_RATIO_SUSPECT = 0.35;
    PROOF_SUSPECT = 40.0;
    /// The same in bypass.
    BETTER_BYPASS = 0.3;
    PROOF_RATIO_BYPASS = 0.25;
    PROOF_BYPASS = 24.0;
    /// A copy is not worth while under this share of the noise.
    COPY_FLOOR = 0.8;
    /// Share of the noise floor that is taken out of a comparison.
    NOISE_SHARE = 0.5;
    /// The background is restored when it is this much worse,
    RESTORE = 2.0;
    /// for so many blocks.
    RESTORE_HOLD = 16.0;

    /// Energy of the background's taps that no hybrid has; it is restored above.
    RUNAWAY = 16.0;

    /// The estimate adds power: residual over Sin,
    OVER = 1.25;
    /// estimate over Sin,
    OVER_ESTIMATE = 0.5;
    /// correlation,
    OVER_CORRELATION = 0.3;
    /// for so many blocks.
    OVER_HOLD = 16.0;
    /// The residual is made of the old echo: correlation,
    SAME = 0.5;
    /// and residual over estimate, between these.
    SAME_HIGH = 2.5;
    SAME_LOW = 0.5;
    /// Correlation that proves a change by itself,
    STRONG = 0.75;
    /// for so many blocks.
    STRONG_HOLD = 48.0;
    /// Blocks in which the old set must work again.
    RECOVERED_HOLD = 8.0;
    /// Correlation under which it was double talk,
    CLEAR = 0.2;
    /// for so many blocks.
    CLEAR_HOLD = 64.0;
    /// Blocks of a foreground that only adds power until it is dropped.
    DROP = 200.0;
    /// Blocks until the output switch acts.
    SWITCH_HOLD = 6.0;
    /// Residual over Sin at which it opens.
    SWITCH_GATE = 0.9;
    /// Blocks for which the processor distrusts after that.
    SWITCH_MEMORY = 50.0;

    /// Blocks between two tests of the reserve.
    PROBATION_PERIOD = 80.0;
    /// Frozen blocks of such a test.
    PROBATION_TEST = 16.0;
    /// Active blocks of a probation.
    PROBATION = 1500.0;
    /// Residual ratio that brings the reserve back.
    PROBATION_RATIO = 0.5;
    /// Leakage that ends a probation.
    PROBATION_LEAK = 0.01;

    /// Silent blocks until the noise floor is measured; with an unconverged foreground.
    QUIET_HOLD = 24.0;
    QUIET_HOLD_UNKNOWN = 100.0;
    /// Leakage that tells the two apart.
    QUIET_LEAK = 0.5;

    /// Scout step.
    SCOUT_STEP = 0.9;
    /// Share of the step that goes with the taps.
    SCOUT_PROPORTION = 0.5;
    /// Scout smoothing: 32 ms.
    SCOUT_SMOOTH = 0.015625;
    /// Scout regularisation.
    SCOUT_FLOOR = 100.0;
    /// Far-end energy a scout tap that it needs.
    SCOUT_LOUD = 100.0;
    /// Share of the energy that one window must hold to be the whole.
    CONTIGUOUS = 0.97;
    /// Share of the best window's energy that its latest start must keep.
    LATEST = 0.998;
    /// Scout taps before the onset.
    PRE_ROLL = 10.0;
    /// Concentration that a contiguous place needs.
    CONCENTRATION = 0.35;
    /// Concentration that separate places need.
    CONCENTRATION_SPLIT = 0.5;
    /// Floor under the scout's taps, of the greatest.
    SCOUT_NOISE = 0.02;
    /// Scout residual over foreground residual that moves the window.
    SCOUT_BEATS = 0.5;
    /// Scout residual over echo that moves it.
    SCOUT_WORKS = 0.7;
    /// Equal placements in a row that move it, after the first.
    AGREEMENT = 3.0;
    /// Uncovered energy that moves it.
    UNCOVERED = 0.1;
    UNCOVERED_MIN = 0.003;
    /// Frozen blocks of a move's proof; in bypass.
    SCOUT_PROOF = 64.0;
    SCOUT_PROOF_BYPASS = 24.0;
    /// Residual ratio of that proof; in bypass.
    SCOUT_RATIO = 0.15;
    SCOUT_RATIO_BYPASS = 0.4;
    /// Scout residual over echo that an early correction needs.
    FOLLOW_EFFECT = 0.2;
    /// Scout taps of such a correction: least and most.
    FOLLOW_LEAST = 2.0;
    FOLLOW_MOST = 40.0;
    /// Active blocks after a move in which it may happen.
    FOLLOW_AGE = 1000.0;
    /// Leakage above which it may happen.
    FOLLOW_LEAK = 0.005;
    /// Samples that make a move a far one.
    FAR = 40.0;

    /// Energy at an edge that makes the window walk.
    WALK = 1.5e-4;
    /// Share of the leakage added to that.
    WALK_LEAK = 0.1;
    /// Prediction gain that is a tone.
    NARROW_GAIN = 300.0;

    /// Residual over the expected residual that opens the processor: 9 dB.
    NLP_MARGIN = 8.0;
    /// Least leakage that it expects.
    NLP_LEAK = 1e-3;
    /// Worst echo power over far-end power: 6 dB of loss.
    NLP_LOSS = 0.25;
    /// Factor over that for an untrusted foreground: 6 dB.
    NLP_UNTRUSTED = 4.0;
    /// Blocks that it stays open.
    NLP_HANG = 120.0;
    /// Blocks until it opens.
    NLP_WAIT = 14.0;
    /// Fall of the slow leakage a block.
    NLP_SLOW = 0.003;

    /// Share of a frame's energy at 2100 Hz that counts as the tone.
    TONE_SHARE = 0.85;
    /// Its least mean square: −35 dBm0.
    TONE_LEVEL = 82_103.0;
    /// Frames until the tone is valid: 360 ms.
    TONE_FRAMES = 72.0;
    /// Frames until a reversal may count.
    TONE_STEADY = 20.0;
    /// Cosine of a reversal.
    TONE_REVERSAL = -0.6;
    /// Cosine below which the mean is not updated.
    TONE_DOUBT = -0.2;
    /// Frames after a reversal in which none is looked for.
    TONE_REST = 40.0;
    /// Reversals that disable.
    TONE_REVERSALS = 2.0;
    /// Mean square under which the disabler is released: −36 dBm0.
    RELEASE_LEVEL = 65_536.0;
    /// Blocks of that.
    RELEASE_HOLD = 250.0;
}
