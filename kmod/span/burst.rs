// SPDX-License-Identifier: GPL-2.0-only
//! What a line carries in one tick.

use crate::{
    abi::geometry::{
        ROW_FRAMES,
        SLOTS, //
    },
    line::framing::Signal, //
};

/// Frames of one tick: one row, 1 ms of line time.
pub(crate) const TICK: u64 = ROW_FRAMES;

/// One tick of a line in one direction.
#[derive(Clone, Copy)]
pub(crate) struct Burst {
    /// A row for each slot, as it stands in rings.
    pub(crate) rows: [u64; SLOTS],
    /// The ABCD bits of each slot, A highest. They mean something under channel associated signalling only.
    pub(crate) abcd: [u8; SLOTS],
    /// What kind of signal it is.
    pub(crate) signal: Signal,
}
