// SPDX-License-Identifier: MIT OR Apache-2.0
//! Call references.

use super::MessageError;

/// A call reference as it stands in one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallReference {
    /// The dummy call reference: no octets.
    Dummy,
    /// A value with its flag. Value 0 is the global call reference.
    Value {
        /// The value: 7 bits in one octet, 15 bits in two.
        value: u16,
        /// The flag: set in messages towards the side that chose the value.
        flag: bool,
        /// Two octets on the line; otherwise one.
        wide: bool,
    },
}

impl CallReference {
    /// The global call reference in two octets, from its originating side.
    pub const GLOBAL: CallReference = CallReference::Value {
        value: 0,
        flag: false,
        wide: true,
    };

    /// Whether it is the global call reference.
    pub const fn is_global(self) -> bool {
        matches!(self, CallReference::Value { value: 0, .. })
    }

    /// The same call, seen from the other side: the reference for an answer.
    #[must_use]
    pub const fn reply(self) -> CallReference {
        match self {
            CallReference::Dummy => CallReference::Dummy,
            CallReference::Value { value, flag, wide } => CallReference::Value {
                value,
                flag: !flag,
                wide,
            },
        }
    }

    /// Reads the reference at the start of `octets`; `None` if they end too soon.
    pub(super) fn decode(octets: &[u8]) -> Result<Option<(CallReference, &[u8])>, MessageError> {
        let Some((&length, rest)) = octets.split_first() else {
            return Ok(None);
        };
        let reference = match (length, rest) {
            (0, rest) => (CallReference::Dummy, rest),
            (1, [octet, rest @ ..]) => (
                CallReference::Value {
                    value: u16::from(octet & 0x7f),
                    flag: octet & 0x80 != 0,
                    wide: false,
                },
                rest,
            ),
            (2, [high, low, rest @ ..]) => (
                CallReference::Value {
                    value: u16::from_be_bytes([high & 0x7f, *low]),
                    flag: high & 0x80 != 0,
                    wide: true,
                },
                rest,
            ),
            (1 | 2, _) => return Ok(None),
            (other, _) => return Err(MessageError::CallReference(other)),
        };
        Ok(Some(reference))
    }

    pub(super) fn encode(self, out: &mut Vec<u8>) {
        match self {
            CallReference::Dummy => out.push(0),
            CallReference::Value { value, flag, wide } => {
                let [high, low] = value.to_be_bytes();
                let flag = if flag { 0x80 } else { 0 };
                if wide {
                    out.extend_from_slice(&[2, high & 0x7f | flag, low]);
                } else {
                    out.extend_from_slice(&[1, low & 0x7f | flag]);
                }
            }
        }
    }
}
