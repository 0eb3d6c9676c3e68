// SPDX-License-Identifier: MIT OR Apache-2.0
//! What may stand at the far end of a line instead of another span.

use super::burst::Burst;
use std::time::Duration;

/// A far end that runs inside the model: it has its own framer and takes its clock from the line.
pub trait FarEnd: Send {
    /// One tick. `from_span` is what the span sent, after the line's impairments; the return value is what the far end sends
    /// to it. `now` is the line time of the tick since the plant began.
    fn tick(&mut self, now: Duration, from_span: &Burst) -> Burst;
}
