// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one cursor that reads every information element, its errors, and coded values.

use thiserror::Error;

/// What is wrong with an information element, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{what}, octet {at}: {problem}")]
pub struct DecodeError {
    /// The element.
    pub what: &'static str,
    /// Offset into the element's contents, from 0 (the octet after the length).
    pub at: usize,
    /// The fault.
    pub problem: Problem,
}

/// The kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    /// The contents end where `expected` should stand.
    #[error("contents end where {expected} is expected")]
    Truncated {
        /// What should follow.
        expected: &'static str,
    },
    /// Octets are left over.
    #[error("{left} octets too many")]
    Trailing {
        /// How many.
        left: usize,
    },
    /// A value that is not legal here.
    #[error("value {found:#04x}, expected {expected}")]
    Value {
        /// What stands there.
        found: u8,
        /// What may stand there.
        expected: &'static str,
    },
}

/// Reads the contents of one element from front to back.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    what: &'static str,
    octets: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(what: &'static str, octets: &'a [u8]) -> Self {
        Reader {
            what,
            octets,
            at: 0,
        }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.octets.get(self.at).copied()
    }

    pub(crate) fn octet(&mut self, expected: &'static str) -> Result<u8, DecodeError> {
        let octet = self
            .peek()
            .ok_or_else(|| self.error(Problem::Truncated { expected }))?;
        self.at += 1;
        Ok(octet)
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        let rest = self.octets.get(self.at..).unwrap_or_default();
        self.at = self.octets.len();
        rest
    }

    /// The octets of an extension group: up to and including the first with its top bit set.
    pub(crate) fn group(&mut self, expected: &'static str) -> Result<&'a [u8], DecodeError> {
        let from = self.at;
        while self.octet(expected)? & 0x80 == 0 {}
        Ok(self.octets.get(from..self.at).unwrap_or_default())
    }

    /// The rest as IA5 text (7-bit characters, no controls).
    pub(crate) fn text(&mut self) -> Result<String, DecodeError> {
        let mut text = String::new();
        while let Some(octet) = self.peek() {
            if !(0x20..0x7f).contains(&octet) {
                return Err(self.value(octet, "an IA5 character"));
            }
            text.push(char::from(octet));
            self.at += 1;
        }
        Ok(text)
    }

    pub(crate) fn end(&self) -> Result<(), DecodeError> {
        match self.octets.len() - self.at {
            0 => Ok(()),
            left => Err(self.error(Problem::Trailing { left })),
        }
    }

    /// The fault that `found`, the octet read last or about to be read, is not legal.
    pub(crate) fn value(&self, found: u8, expected: &'static str) -> DecodeError {
        self.error(Problem::Value { found, expected })
    }

    fn error(&self, problem: Problem) -> DecodeError {
        DecodeError {
            what: self.what,
            at: self.at,
            problem,
        }
    }
}

/// The contents of one kind of information element: a type that can only hold what can be encoded.
pub trait Content: Sized {
    /// The element identifier in codeset 0.
    const ID: u8;
    /// The element's name.
    const NAME: &'static str;

    /// Reads the contents (without identifier and length).
    ///
    /// # Errors
    /// [`DecodeError`] names the octet and what was expected there.
    fn decode(contents: &[u8]) -> Result<Self, DecodeError>;

    /// The contents (without identifier and length).
    fn encode(&self) -> Vec<u8>;
}

/// An enumeration of coded values that keeps the values it has no name for.
macro_rules! coded {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $value:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// A value without a name here.
            Other(u8),
        }

        impl $name {
            /// From the code.
            pub const fn from_code(code: u8) -> Self {
                match code {
                    $($value => $name::$variant,)*
                    other => $name::Other(other),
                }
            }

            /// The code.
            pub const fn code(self) -> u8 {
                match self {
                    $($name::$variant => $value,)*
                    $name::Other(other) => other,
                }
            }
        }
    };
}
pub(crate) use coded;

coded! {
    /// Whose coding an element follows.
    CodingStandard {
        /// ITU-T.
        Itu = 0,
        /// ISO/IEC or other international standard.
        International = 1,
        /// National standard.
        National = 2,
        /// Standard of the network, or of the location given.
        Network = 3,
    }
}

coded! {
    /// Where a cause or progress description was made.
    Location {
        /// The user (U).
        User = 0,
        /// Private network serving the local user (LPN).
        PrivateLocal = 1,
        /// Public network serving the local user (LN).
        PublicLocal = 2,
        /// Transit network (TN).
        Transit = 3,
        /// Public network serving the remote user (RLN).
        PublicRemote = 4,
        /// Private network serving the remote user (RPN).
        PrivateRemote = 5,
        /// International network (INTL).
        International = 7,
        /// Network beyond an interworking point (BI).
        BeyondInterworking = 10,
    }
}
