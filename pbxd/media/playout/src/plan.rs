// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the ring's writer is to do.

/// One stretch of frames to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// `len` octets of the packet's payload from `start` on, at `frame`.
    Packet {
        /// The first transmit frame.
        frame: u64,
        /// Offset in the payload.
        start: u16,
        /// Octets, which are frames.
        len: u16,
    },
    /// `len` octets of [`crate::Playout::generated`], at `frame`.
    Generated {
        /// The first transmit frame.
        frame: u64,
        /// Octets, which are frames.
        len: u16,
    },
}

impl Write {
    /// The first transmit frame.
    #[must_use]
    pub const fn frame(self) -> u64 {
        match self {
            Write::Packet { frame, .. } | Write::Generated { frame, .. } => frame,
        }
    }

    /// Octets, which are frames.
    #[must_use]
    pub const fn len(self) -> u16 {
        match self {
            Write::Packet { len, .. } | Write::Generated { len, .. } => len,
        }
    }

    /// Whether nothing is to be written; never so in a plan.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// The writes of one packet, at most four, in order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plan {
    writes: [Option<Write>; 4],
    next: usize,
}

impl Plan {
    pub(crate) fn push(&mut self, write: Write) {
        if write.is_empty() {
            return;
        }
        if let Some(place) = self.writes.get_mut(self.next) {
            *place = Some(write);
            self.next += 1;
        }
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.next == 0
    }
}

impl IntoIterator for Plan {
    type Item = Write;
    type IntoIter = core::iter::Flatten<core::array::IntoIter<Option<Write>, 4>>;

    fn into_iter(self) -> Self::IntoIter {
        self.writes.into_iter().flatten()
    }
}
