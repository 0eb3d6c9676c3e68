// SPDX-License-Identifier: MIT OR Apache-2.0
//! A channel's codes during one visit.

use crate::constants::BLOCK;

/// Where Sout goes.
#[derive(Debug)]
pub enum Output<'a> {
    /// As codes of the channel's law; a sample that was not changed keeps its code.
    Codes(&'a mut [u8]),
    /// As linear 16-bit samples.
    Linear(&'a mut [i16]),
}

/// The codes of one channel over one visit, all of the same length.
#[derive(Debug)]
pub struct Port<'a> {
    /// What goes to the line at the times of `sin`: the echo's source.
    pub rin: &'a [u8],
    /// What comes from the line.
    pub sin: &'a [u8],
    /// What goes to the far end.
    pub out: Output<'a>,
}

/// Why a visit was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VisitError {
    /// A slice of another length, or not of whole blocks.
    #[error("lane {lane}: {found} samples; expected {expected} like the first, a multiple of 8")]
    Length {
        /// The lane.
        lane: usize,
        /// Samples of the slice.
        found: usize,
        /// Samples of the first port's `rin`.
        expected: usize,
    },
    /// A port on a lane without a channel.
    #[error("lane {lane}: no channel is open")]
    Closed {
        /// The lane.
        lane: usize,
    },
}

impl Port<'_> {
    pub(crate) fn check(&self, lane: usize, expected: usize) -> Result<(), VisitError> {
        let out = match &self.out {
            Output::Codes(out) => out.len(),
            Output::Linear(out) => out.len(),
        };
        for found in [self.rin.len(), self.sin.len(), out] {
            if found != expected || found % BLOCK != 0 {
                return Err(VisitError::Length {
                    lane,
                    found,
                    expected,
                });
            }
        }
        Ok(())
    }
}
