// SPDX-License-Identifier: MIT OR Apache-2.0
//! Operations: their codes, arguments and results as tables.

use crate::ber::{Asn1, Element, Oid, Reader, Tag, Writer};
use crate::error::Error;

/// The code of an operation or an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// A number, which means something within a dialect.
    Local(i16),
    /// An object identifier, which means the same everywhere.
    Global(Oid),
}

impl core::fmt::Display for Code {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Code::Local(number) => write!(f, "{number}"),
            Code::Global(oid) => write!(f, "{oid}"),
        }
    }
}

impl Asn1 for Code {
    const NAME: &'static str = "operation or error code";

    fn accepts(tag: Tag) -> bool {
        tag == Tag::INTEGER || tag == Tag::OID
    }

    fn write(&self, writer: &mut Writer, _: Option<Tag>) {
        match self {
            Code::Local(number) => number.write(writer, None),
            Code::Global(oid) => oid.write(writer, None),
        }
    }

    fn read(element: &Element<'_>) -> Result<Self, Error> {
        if element.tag == Tag::OID {
            Oid::read(element).map(Code::Global)
        } else {
            i16::read(element).map(Code::Local)
        }
    }
}

/// What the other end answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answers {
    /// A result or an error.
    Result,
    /// An error, or nothing when all is well.
    ErrorOnly,
    /// Nothing.
    None,
}

/// The object identifier under which the second edition of the QSIG services has its local codes:
/// {iso identified-organization icd-ecma private-isdn-signalling-domain}, as rosetest shows it.
const QSIG_SECOND_EDITION: [u8; 3] = [0x2B, 0x0C, 0x09];

impl Code {
    /// The local code of QSIG that a global one of its second edition stands for; itself otherwise.
    pub(crate) fn first_edition(self) -> Code {
        let Code::Global(oid) = self else {
            return self;
        };
        let Some(last) = oid.octets().strip_prefix(&QSIG_SECOND_EDITION) else {
            return self;
        };
        match last {
            [low] => Code::Local(i16::from(*low)),
            [high, low] => Code::Local((i16::from(high & 0x7F) << 7) | i16::from(*low)),
            _ => self,
        }
    }
}

/// Reads a parameter. Whole elements behind it are skipped, as newer editions may put some there.
pub(crate) fn first<T: crate::ber::Parameter>(octets: &[u8]) -> Result<T, Error> {
    let mut reader = Reader::new(octets);
    let value = T::get(&mut reader)?;
    while reader.read("octets behind the parameter")?.is_some() {}
    Ok(value)
}

/// `[n]` as a local code, `[a b c …]` as a global one.
macro_rules! code {
    ($number:literal) => {
        $crate::operation::Code::Local($number)
    };
    ($($arc:literal)+) => {
        $crate::operation::Code::Global($crate::ber::Oid::of(&[$($arc),+]))
    };
}

/// A dialect's operations: name, code, what is answered, argument, result.
macro_rules! operations {
    ($(#[$meta:meta])* $dialect:ident {
        $($(#[$row:meta])* $name:ident = [$($code:literal)+], $answers:ident, $argument:ty => $result:ty;)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Operation {
            $($(#[$row])* $name,)*
        }

        impl Operation {
            /// All of them.
            pub const ALL: &'static [Operation] = &[$(Operation::$name),*];

            /// Its code.
            #[must_use]
            pub const fn code(self) -> $crate::Code {
                match self {
                    $(Self::$name => $crate::operation::code!($($code)+),)*
                }
            }

            /// The operation with a code.
            #[must_use]
            pub fn from_code(code: $crate::Code) -> Option<Self> {
                Self::ALL.iter().copied().find(|operation| operation.code() == code)
            }

            /// What the other end answers.
            #[must_use]
            pub const fn answers(self) -> $crate::Answers {
                match self {
                    $(Self::$name => $crate::Answers::$answers,)*
                }
            }

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => concat!(stringify!($dialect), "::", stringify!($name)),)*
                }
            }
        }

        /// An operation with its argument.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(clippy::large_enum_variant, reason = "one lives as long as one message is handled")]
        pub enum Argument {
            $($(#[$row])* $name($argument),)*
        }

        impl Argument {
            /// The operation.
            #[must_use]
            pub const fn operation(&self) -> Operation {
                match self {
                    $(Self::$name(_) => Operation::$name,)*
                }
            }

            /// Writes the argument.
            pub(crate) fn write(&self, writer: &mut $crate::ber::Writer) {
                match self {
                    $(Self::$name(value) => $crate::ber::Parameter::put(value, writer),)*
                }
            }

            /// Reads the argument of an operation.
            pub(crate) fn read(
                operation: Operation,
                octets: &[u8],
            ) -> Result<Self, $crate::Error> {
                match operation {
                    $(Operation::$name =>
                        $crate::operation::first(octets).map(Self::$name),)*
                }
            }
        }

        /// An operation with its result.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(clippy::large_enum_variant, reason = "one lives as long as one message is handled")]
        pub enum Outcome {
            $($(#[$row])* $name($result),)*
        }

        impl Outcome {
            /// The operation.
            #[must_use]
            pub const fn operation(&self) -> Operation {
                match self {
                    $(Self::$name(_) => Operation::$name,)*
                }
            }

            /// Writes the result.
            pub(crate) fn write(&self, writer: &mut $crate::ber::Writer) {
                match self {
                    $(Self::$name(value) => $crate::ber::Parameter::put(value, writer),)*
                }
            }

            /// Reads the result of an operation.
            pub(crate) fn read(
                operation: Operation,
                octets: &[u8],
            ) -> Result<Self, $crate::Error> {
                match operation {
                    $(Operation::$name =>
                        $crate::operation::first(octets).map(Self::$name),)*
                }
            }
        }
    };
}

pub(crate) use {code, operations};
