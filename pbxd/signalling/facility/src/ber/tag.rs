// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tags.

/// The class of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Types of ASN.1 itself.
    Universal,
    /// Application-wide.
    Application,
    /// Depends on where it stands.
    Context,
    /// Private.
    Private,
}

/// A tag: class and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag {
    /// Its class.
    pub class: Class,
    /// Its number.
    pub number: u16,
}

impl Tag {
    /// BOOLEAN.
    pub const BOOLEAN: Tag = Tag::universal(1);
    /// INTEGER.
    pub const INTEGER: Tag = Tag::universal(2);
    /// OCTET STRING.
    pub const OCTET_STRING: Tag = Tag::universal(4);
    /// NULL.
    pub const NULL: Tag = Tag::universal(5);
    /// OBJECT IDENTIFIER.
    pub const OID: Tag = Tag::universal(6);
    /// ENUMERATED.
    pub const ENUMERATED: Tag = Tag::universal(10);
    /// SEQUENCE and SEQUENCE OF.
    pub const SEQUENCE: Tag = Tag::universal(16);
    /// SET and SET OF.
    pub const SET: Tag = Tag::universal(17);
    /// NumericString.
    pub const NUMERIC_STRING: Tag = Tag::universal(18);
    /// IA5String.
    pub const IA5_STRING: Tag = Tag::universal(22);
    /// GeneralizedTime.
    pub const GENERALIZED_TIME: Tag = Tag::universal(24);

    /// A universal tag.
    #[must_use]
    pub const fn universal(number: u16) -> Tag {
        Tag {
            class: Class::Universal,
            number,
        }
    }

    /// An application tag.
    #[must_use]
    pub const fn application(number: u16) -> Tag {
        Tag {
            class: Class::Application,
            number,
        }
    }

    /// A context-specific tag.
    #[must_use]
    pub const fn context(number: u16) -> Tag {
        Tag {
            class: Class::Context,
            number,
        }
    }
}

impl core::fmt::Display for Tag {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.class {
            Class::Universal => write!(f, "[UNIVERSAL {}]", self.number),
            Class::Application => write!(f, "[APPLICATION {}]", self.number),
            Class::Context => write!(f, "[{}]", self.number),
            Class::Private => write!(f, "[PRIVATE {}]", self.number),
        }
    }
}
