// SPDX-License-Identifier: MIT OR Apache-2.0
//! The dialects side by side.

use crate::ber::Writer;
use crate::operation::{Answers, Code};
use crate::{Error, dms100, etsi, ni2, qsig};

macro_rules! dialects {
    ($($(#[$meta:meta])* $dialect:ident $module:ident;)*) => {
        /// Whose operations a trunk speaks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Dialect {
            $($(#[$meta])* $dialect,)*
        }

        /// An operation of any dialect.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Operation {
            $($(#[$meta])* $dialect($module::Operation),)*
        }

        /// An operation of any dialect with its argument.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(clippy::large_enum_variant, reason = "one lives as long as one message is handled")]
        pub enum Argument {
            $($(#[$meta])* $dialect($module::Argument),)*
        }

        /// An operation of any dialect with its result.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(clippy::large_enum_variant, reason = "one lives as long as one message is handled")]
        pub enum Outcome {
            $($(#[$meta])* $dialect($module::Outcome),)*
        }

        impl Dialect {
            /// All of them.
            pub const ALL: &'static [Dialect] = &[$(Dialect::$dialect),*];

            /// The operation with a code. That of QSIG may be of the first edition (local) or of the
            /// second (global).
            #[must_use]
            pub fn operation(self, code: Code) -> Option<Operation> {
                let code = match self {
                    Dialect::Qsig => code.first_edition(),
                    _ => code,
                };
                match self {
                    $(Dialect::$dialect => $module::Operation::from_code(code)
                        .map(Operation::$dialect),)*
                }
            }

            /// All its operations.
            pub fn operations(self) -> Vec<Operation> {
                match self {
                    $(Dialect::$dialect => $module::Operation::ALL
                        .iter().copied().map(Operation::$dialect).collect(),)*
                }
            }
        }

        impl Operation {
            /// Its code.
            #[must_use]
            pub const fn code(self) -> Code {
                match self {
                    $(Operation::$dialect(operation) => operation.code(),)*
                }
            }

            /// What the other end answers.
            #[must_use]
            pub const fn answers(self) -> Answers {
                match self {
                    $(Operation::$dialect(operation) => operation.answers(),)*
                }
            }

            /// Its dialect and name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Operation::$dialect(operation) => operation.name(),)*
                }
            }
        }

        impl Argument {
            /// The operation.
            #[must_use]
            pub const fn operation(&self) -> Operation {
                match self {
                    $(Argument::$dialect(argument) => Operation::$dialect(argument.operation()),)*
                }
            }

            /// The argument's octets.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                let mut writer = Writer::new();
                match self {
                    $(Argument::$dialect(argument) => argument.write(&mut writer),)*
                }
                writer.finish()
            }

            /// Reads the argument of an operation.
            ///
            /// # Errors
            /// It is not of the operation's type.
            pub fn decode(operation: Operation, octets: &[u8]) -> Result<Self, Error> {
                match operation {
                    $(Operation::$dialect(operation) => $module::Argument::read(operation, octets)
                        .map(Argument::$dialect),)*
                }
            }
        }

        impl Outcome {
            /// The operation.
            #[must_use]
            pub const fn operation(&self) -> Operation {
                match self {
                    $(Outcome::$dialect(outcome) => Operation::$dialect(outcome.operation()),)*
                }
            }

            /// The result's octets.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                let mut writer = Writer::new();
                match self {
                    $(Outcome::$dialect(outcome) => outcome.write(&mut writer),)*
                }
                writer.finish()
            }

            /// Reads the result of an operation.
            ///
            /// # Errors
            /// It is not of the operation's type.
            pub fn decode(operation: Operation, octets: &[u8]) -> Result<Self, Error> {
                match operation {
                    $(Operation::$dialect(operation) => $module::Outcome::read(operation, octets)
                        .map(Outcome::$dialect),)*
                }
            }
        }
    };
}

dialects! {
    /// EuroISDN and the ITU-T services like it.
    Etsi etsi;
    /// QSIG.
    Qsig qsig;
    /// NI-2, as observed.
    Ni2 ni2;
    /// DMS-100, as observed.
    Dms100 dms100;
}
