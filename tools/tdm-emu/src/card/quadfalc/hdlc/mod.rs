// SPDX-License-Identifier: MIT OR Apache-2.0
//! A port's HDLC controller: 32-octet FIFOs towards the host, bit-level HDLC in a slot towards the line, so that it understands
//! software HDLC at the far end.

mod receiver;
mod transmitter;

pub use receiver::{Receiver, ReceiverCounters};
pub use transmitter::{Transmitter, TransmitterCounters};

/// Octets that the host moves at once.
pub const BLOCK: usize = 32;

/// Both directions.
#[derive(Clone, Debug)]
pub struct Controller {
    /// Towards the line.
    pub transmitter: Transmitter,
    /// From the line.
    pub receiver: Receiver,
}

impl Controller {
    pub(super) fn new() -> Self {
        Controller {
            transmitter: Transmitter::new(),
            receiver: Receiver::new(),
        }
    }
}

#[cfg(test)]
mod tests;
