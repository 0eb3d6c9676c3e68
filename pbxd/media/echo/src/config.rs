// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be set.

/// Shape of a canceller, fixed when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    tail_ms: u16,
}

/// A tail that cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tail of {0} ms; expected 24 to 256 ms, a multiple of 8")]
pub struct TailError(pub u16);

impl Config {
    /// A canceller for echoes up to `tail_ms` late, dispersion included. With 24 ms the window covers the whole tail
    /// and stands still.
    ///
    /// # Errors
    /// A tail outside 24 to 256 ms or not a multiple of 8.
    pub const fn new(tail_ms: u16) -> Result<Self, TailError> {
        if tail_ms < 24 || tail_ms > 256 || tail_ms % 8 != 0 {
            return Err(TailError(tail_ms));
        }
        Ok(Self { tail_ms })
    }

    /// The tail in milliseconds.
    #[must_use]
    pub const fn tail_ms(self) -> u16 {
        self.tail_ms
    }

    /// Samples of the tail.
    pub(crate) const fn tail(self) -> usize {
        self.tail_ms as usize * 8
    }

    /// Scout taps; 0 where the window covers the tail.
    pub(crate) const fn scout(self) -> usize {
        if self.tail_ms == 24 {
            0
        } else {
            self.tail_ms as usize * 2
        }
    }
}

impl Default for Config {
    /// 128 ms.
    fn default() -> Self {
        Self { tail_ms: 128 }
    }
}

/// Switches of one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Subtract the echo. Without it Sin passes bit by bit, and nothing is learned.
    pub cancel: bool,
    /// Go on learning.
    pub adapt: bool,
    /// Take out what linear cancelling leaves.
    pub nlp: bool,
    /// Put noise like the near end's in its place.
    pub comfort_noise: bool,
    /// Switch off on answer tones of modems and facsimile machines.
    pub tone_disabler: bool,
}

impl Default for Settings {
    /// Everything on.
    fn default() -> Self {
        Self {
            cancel: true,
            adapt: true,
            nlp: true,
            comfort_noise: true,
            tone_disabler: true,
        }
    }
}
