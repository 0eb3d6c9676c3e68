// SPDX-License-Identifier: MIT OR Apache-2.0
//! Messages: protocol discriminator, call reference, type and information elements.
//!
//! A [`Message`] keeps every element byte for byte and in its order, shifts and unknown elements
//! included, so that encoding what was decoded gives the same octets. Elements are read as typed
//! values on demand ([`Message::get`]).

mod element;
mod kind;
mod reference;
mod rules;

pub use element::{Element, Elements};
pub use kind::MessageType;
pub use reference::CallReference;
pub use rules::{Fault, Required, check, mandatory};

use crate::codec::{Content, DecodeError};
use crate::ie::id;
use thiserror::Error;

/// The protocol discriminator of Q.931.
pub const PROTOCOL_DISCRIMINATOR: u8 = 0x08;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Which call.
    pub reference: CallReference,
    /// Which message.
    pub kind: MessageType,
    /// Its elements in their order.
    pub elements: Elements,
}

/// Why octets are not a message at all. All of these are to be ignored, by the standard's error
/// handling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MessageError {
    /// Too short to hold a discriminator, a call reference and a type.
    #[error("message of {0} octets is too short")]
    Short(usize),
    /// Another protocol.
    #[error("protocol discriminator {0:#04x}, expected 0x08")]
    Protocol(u8),
    /// The call reference's first octet is not legal, or it is longer than two octets.
    #[error("call reference length octet {0:#04x}, expected 0 to 2")]
    CallReference(u8),
}

/// The last element of a message claims more octets than there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("element {id:#04x} of codeset {codeset} claims {claimed} octets, {left} are left")]
pub struct Truncated {
    /// Its codeset.
    pub codeset: u8,
    /// Its identifier.
    pub id: u8,
    /// Its length octet; 0 if that is missing too.
    pub claimed: usize,
    /// Octets there are.
    pub left: usize,
}

impl Message {
    /// A message without elements.
    pub fn new(reference: CallReference, kind: MessageType) -> Self {
        Message {
            reference,
            kind,
            elements: Elements::default(),
        }
    }

    /// With one more element of codeset 0, put where its identifier belongs.
    #[must_use]
    pub fn with<T: Content>(mut self, value: &T) -> Self {
        self.elements
            .insert(Element::variable(T::ID, value.encode()));
        self
    }

    /// With an element, if there is one.
    #[must_use]
    pub fn with_option<T: Content>(self, value: Option<&T>) -> Self {
        match value {
            Some(value) => self.with(value),
            None => self,
        }
    }

    /// With the sending complete element.
    #[must_use]
    pub fn with_sending_complete(mut self) -> Self {
        self.elements.insert(Element::single(id::SENDING_COMPLETE));
        self
    }

    /// The first element of this type in codeset 0.
    pub fn get<T: Content>(&self) -> Option<Result<T, DecodeError>> {
        self.elements.contents(T::ID).next().map(T::decode)
    }

    /// The first element of this type, if there is one and it is legal.
    pub fn legal<T: Content>(&self) -> Option<T> {
        self.get().and_then(Result::ok)
    }

    /// All legal elements of this type.
    pub fn all<T: Content>(&self) -> Vec<T> {
        self.elements
            .contents(T::ID)
            .filter_map(|contents| T::decode(contents).ok())
            .collect()
    }

    /// Whether the sending complete element is there.
    pub fn sending_complete(&self) -> bool {
        self.elements
            .iter()
            .any(|element| element.codeset == 0 && element.id == id::SENDING_COMPLETE)
    }

    /// Reads a message. A last element that is cut off is left out and reported beside the message,
    /// since the rest of it is still to be acted on.
    ///
    /// # Errors
    /// [`MessageError`] where there is no message to act on.
    pub fn decode(octets: &[u8]) -> Result<(Message, Option<Truncated>), MessageError> {
        let short = MessageError::Short(octets.len());
        let (&protocol, rest) = octets.split_first().ok_or(short)?;
        if protocol != PROTOCOL_DISCRIMINATOR {
            return Err(MessageError::Protocol(protocol));
        }
        let (reference, rest) = CallReference::decode(rest)?.ok_or(short)?;
        let (&kind, rest) = rest.split_first().ok_or(short)?;
        let (elements, truncated) = Elements::decode(rest);
        let message = Message {
            reference,
            kind: MessageType::from_code(kind),
            elements,
        };
        Ok((message, truncated))
    }

    /// The octets on the line.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![PROTOCOL_DISCRIMINATOR];
        self.reference.encode(&mut out);
        out.push(self.kind.code());
        self.elements.encode(&mut out);
        out
    }
}
