// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be wrong with octets from the wire, and with values that are to be sent.

use crate::ber::Tag;

/// A fault in what was received: where, in what, and which.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at octet {at}: {fault}")]
pub struct Error {
    /// The type or field that was being read.
    pub what: &'static str,
    /// Offset from the start of what was given.
    pub at: usize,
    /// The fault.
    pub fault: Fault,
}

/// The kinds of [`Error`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An element is longer than what holds it.
    #[error("the octets end within it")]
    Truncated,
    /// An identifier or length form that this codec does not read.
    #[error("unsupported identifier or length octets")]
    Form,
    /// Elements of indefinite length too deep in each other.
    #[error("nested too deep")]
    Depth,
    /// Another element was expected here.
    #[error("found element {found}, which does not fit")]
    Unexpected {
        /// The tag that stands there.
        found: Tag,
    },
    /// A mandatory element is missing.
    #[error("missing")]
    Missing,
    /// A primitive where a constructed element must be, or the other way round.
    #[error("primitive instead of constructed, or the other way round")]
    Shape,
    /// A number that the field cannot hold.
    #[error("number out of range")]
    Range,
    /// More octets, digits or entries than the field may have.
    #[error("more than {most} octets or entries")]
    Long {
        /// The limit.
        most: usize,
    },
    /// Characters that the field cannot have.
    #[error("characters out of the set")]
    Characters,
    /// Octets behind the end.
    #[error("octets behind its end")]
    Trailing,
}

/// A value that its type cannot hold, so it cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Length out of the bounds.
    #[error("{length} octets, where {least} to {most} may be")]
    Length {
        /// What was given.
        length: usize,
        /// The least.
        least: usize,
        /// The most.
        most: usize,
    },
    /// A character out of the type's set.
    #[error("character {0:?} is not in the set")]
    Character(char),
    /// The encoded contents do not fit into one information element.
    #[error("{length} octets encoded, where one information element holds {most}")]
    TooLong {
        /// What the encoding needs.
        length: usize,
        /// What the element holds.
        most: usize,
    },
}
