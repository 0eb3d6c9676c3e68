// SPDX-License-Identifier: MIT OR Apache-2.0
//! Release causes: ITU-T Q.850 values, and their one table to and from SIP status codes.

mod map;
mod names;
mod reason;

pub use map::{CauseMap, Direction, ROWS, Row, Source};
pub use reason::Reason;

use core::fmt;

/// An ITU-T Q.850 cause value, 1 to 127.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause(u8);

impl Cause {
    /// Unallocated (unassigned) number.
    pub const UNALLOCATED: Self = Self(1);
    /// No route to destination.
    pub const NO_ROUTE: Self = Self(3);
    /// Normal call clearing.
    pub const NORMAL: Self = Self(16);
    /// User busy.
    pub const BUSY: Self = Self(17);
    /// No user responding: no alerting came in time.
    pub const NO_RESPONSE: Self = Self(18);
    /// No answer from user (user alerted).
    pub const NO_ANSWER: Self = Self(19);
    /// Call rejected.
    pub const REJECTED: Self = Self(21);
    /// Number changed.
    pub const NUMBER_CHANGED: Self = Self(22);
    /// Destination out of order.
    pub const OUT_OF_ORDER: Self = Self(27);
    /// Invalid number format (address incomplete).
    pub const ADDRESS_INCOMPLETE: Self = Self(28);
    /// Normal, unspecified.
    pub const NORMAL_UNSPECIFIED: Self = Self(31);
    /// No circuit or channel available.
    pub const NO_CIRCUIT: Self = Self(34);
    /// Network out of order.
    pub const NETWORK_OUT_OF_ORDER: Self = Self(38);
    /// Temporary failure.
    pub const TEMPORARY_FAILURE: Self = Self(41);
    /// Switching equipment congestion.
    pub const CONGESTION: Self = Self(42);
    /// Requested circuit or channel not available.
    pub const CHANNEL_UNAVAILABLE: Self = Self(44);
    /// Resource unavailable, unspecified.
    pub const RESOURCE_UNAVAILABLE: Self = Self(47);
    /// Bearer capability not implemented.
    pub const BEARER_NOT_IMPLEMENTED: Self = Self(65);
    /// Identified channel does not exist.
    pub const NO_SUCH_CHANNEL: Self = Self(82);
    /// Incompatible destination.
    pub const INCOMPATIBLE: Self = Self(88);
    /// Recovery on timer expiry.
    pub const TIMER: Self = Self(102);
    /// Interworking, unspecified.
    pub const INTERWORKING: Self = Self(127);

    /// The cause of this value, or `None` outside 1 to 127.
    pub const fn new(value: u8) -> Option<Self> {
        if value >= 1 && value <= 127 {
            Some(Self(value))
        } else {
            None
        }
    }

    /// The value, 1 to 127.
    pub const fn value(self) -> u8 {
        self.0
    }

    /// A short name in lower case; `reserved` for a value that Q.850 leaves free or that we have no name for.
    pub fn name(self) -> &'static str {
        names::name(self.0)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0, self.name())
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cause({self})")
    }
}
