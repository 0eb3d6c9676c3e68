// SPDX-License-Identifier: MIT OR Apache-2.0
//! The built-in types.

use super::oid::Oid;
use super::reader::{Element, Reader};
use super::schema::{Asn1, Tagging, required};
use super::tag::Tag;
use super::writer::Writer;
use crate::error::{Error, Fault, ValueError};

/// NULL: the fact that it is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Null;

impl Asn1 for Null {
    const NAME: &'static str = "NULL";

    fn accepts(tag: Tag) -> bool {
        tag == Tag::NULL
    }

    fn write(&self, writer: &mut Writer, tag: Option<Tag>) {
        writer.primitive(tag.unwrap_or(Tag::NULL), &[]);
    }

    fn read(element: &Element<'_>) -> Result<Self, Error> {
        if element.content.is_empty() {
            Ok(Null)
        } else {
            Err(element.error(Self::NAME, Fault::Trailing))
        }
    }
}

impl Asn1 for bool {
    const NAME: &'static str = "BOOLEAN";

    fn accepts(tag: Tag) -> bool {
        tag == Tag::BOOLEAN
    }

    fn write(&self, writer: &mut Writer, tag: Option<Tag>) {
        writer.primitive(tag.unwrap_or(Tag::BOOLEAN), &[if *self { 0xFF } else { 0 }]);
    }

    fn read(element: &Element<'_>) -> Result<Self, Error> {
        match element.primitive(Self::NAME)? {
            [octet] => Ok(*octet != 0),
            _ => Err(element.error(Self::NAME, Fault::Range)),
        }
    }
}

fn read_integer(element: &Element<'_>, what: &'static str) -> Result<i64, Error> {
    let octets = element.primitive(what)?;
    let Some((first, _)) = octets.split_first() else {
        return Err(element.error(what, Fault::Missing));
    };
    if octets.len() > 8 {
        return Err(element.error(what, Fault::Range));
    }
    let sign = if first & 0x80 == 0 { 0 } else { -1 };
    Ok(octets
        .iter()
        .fold(sign, |value, octet| (value << 8) | i64::from(*octet)))
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl Asn1 for $type {
            const NAME: &'static str = "INTEGER";

            fn accepts(tag: Tag) -> bool {
                tag == Tag::INTEGER
            }

            fn write(&self, writer: &mut Writer, tag: Option<Tag>) {
                writer.integer(tag.unwrap_or(Tag::INTEGER), i64::from(*self));
            }

            fn read(element: &Element<'_>) -> Result<Self, Error> {
                <$type>::try_from(read_integer(element, Self::NAME)?)
                    .map_err(|_| element.error(Self::NAME, Fault::Range))
            }
        }
    )*};
}

integers!(u8 u16 u32 i16 i32);

impl Asn1 for Oid {
    const NAME: &'static str = "OBJECT IDENTIFIER";

    fn accepts(tag: Tag) -> bool {
        tag == Tag::OID
    }

    fn write(&self, writer: &mut Writer, tag: Option<Tag>) {
        writer.primitive(tag.unwrap_or(Tag::OID), self.octets());
    }

    fn read(element: &Element<'_>) -> Result<Self, Error> {
        Oid::from_octets(element.primitive(Self::NAME)?)
            .map_err(|fault| element.error(Self::NAME, fault))
    }
}

/// The octets of a string, which may come in segments.
fn string(element: &Element<'_>, what: &'static str, most: usize) -> Result<Vec<u8>, Error> {
    let mut octets = Vec::new();
    if element.constructed {
        let mut segments = element.inside(what)?;
        while let Some(segment) = segments.read(what)? {
            octets.extend_from_slice(segment.primitive(what)?);
        }
    } else {
        octets.extend_from_slice(element.content);
    }
    if octets.len() > most {
        return Err(element.error(what, Fault::Long { most }));
    }
    Ok(octets)
}

fn bounded(length: usize, least: usize, most: usize) -> Result<(), ValueError> {
    if (least..=most).contains(&length) {
        return Ok(());
    }
    Err(ValueError::Length {
        length,
        least,
        most,
    })
}

/// An OCTET STRING of `LEAST` to `MOST` octets. One that is too short is read, but not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Octets<const LEAST: usize, const MOST: usize>(Vec<u8>);

impl<const LEAST: usize, const MOST: usize> Octets<LEAST, MOST> {
    /// With these octets.
    ///
    /// # Errors
    /// Too few or too many.
    pub fn new(octets: &[u8]) -> Result<Self, ValueError> {
        bounded(octets.len(), LEAST, MOST)?;
        Ok(Octets(octets.to_vec()))
    }

    /// The octets.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl<const LEAST: usize, const MOST: usize> Asn1 for Octets<LEAST, MOST> {
    const NAME: &'static str = "OCTET STRING";

    fn accepts(tag: Tag) -> bool {
        tag == Tag::OCTET_STRING
    }

    fn write(&self, writer: &mut Writer, tag: Option<Tag>) {
        writer.primitive(tag.unwrap_or(Tag::OCTET_STRING), &self.0);
    }

    fn read(element: &Element<'_>) -> Result<Self, Error> {
        string(element, Self::NAME, MOST).map(Octets)
    }
}

macro_rules! strings {
    ($($(#[$meta:meta])* $name:ident $text:literal $tag:ident ($set:pat);)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name<const LEAST: usize, const MOST: usize>(String);

        impl<const LEAST: usize, const MOST: usize> $name<LEAST, MOST> {
            /// With these characters.
            ///
            /// # Errors
            /// Too few, too many, or one out of the type's set.
            pub fn new(text: &str) -> Result<Self, ValueError> {
                bounded(text.len(), LEAST, MOST)?;
                match text.chars().find(|c| !matches!(c, $set)) {
                    Some(character) => Err(ValueError::Character(character)),
                    None => Ok($name(text.to_owned())),
                }
            }

            /// The characters.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<const LEAST: usize, const MOST: usize> Asn1 for $name<LEAST, MOST> {
            const NAME: &'static str = $text;

            fn accepts(tag: Tag) -> bool {
                tag == Tag::$tag
            }

            fn write(&self, writer: &mut Writer, tag: Option<Tag>) {
                writer.primitive(tag.unwrap_or(Tag::$tag), self.0.as_bytes());
            }

            fn read(element: &Element<'_>) -> Result<Self, Error> {
                let octets = string(element, Self::NAME, MOST)?;
                match String::from_utf8(octets) {
                    Ok(text) if text.is_ascii() => Ok($name(text)),
                    _ => Err(element.error(Self::NAME, Fault::Characters)),
                }
            }
        }
    )*};
}

strings! {
    /// A NumericString of `LEAST` to `MOST` characters. One that is too short, or with other ASCII
    /// characters, is read, but not made.
    Numeric "NumericString" NUMERIC_STRING ('0'..='9' | ' ');
    /// An IA5String of `LEAST` to `MOST` characters. One that is too short is read, but not made.
    Text "IA5String" IA5_STRING ('\0'..='\x7F');
    /// A GeneralizedTime of `LEAST` to `MOST` characters, not looked into.
    Time "GeneralizedTime" GENERALIZED_TIME ('0'..='9' | '.' | ',' | '+' | '-' | 'Z');
}

macro_rules! lists {
    ($($(#[$meta:meta])* $name:ident $text:literal $tag:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name<T, const MOST: usize>(Vec<T>);

        impl<T, const MOST: usize> $name<T, MOST> {
            /// With these entries.
            ///
            /// # Errors
            /// Too many.
            pub fn new(entries: Vec<T>) -> Result<Self, ValueError> {
                bounded(entries.len(), 0, MOST)?;
                Ok($name(entries))
            }

            /// The entries.
            #[must_use]
            pub fn entries(&self) -> &[T] {
                &self.0
            }
        }

        impl<T: Asn1, const MOST: usize> Asn1 for $name<T, MOST> {
            const NAME: &'static str = $text;

            fn accepts(tag: Tag) -> bool {
                tag == Tag::$tag
            }

            fn write(&self, writer: &mut Writer, tag: Option<Tag>) {
                writer.constructed(tag.unwrap_or(Tag::$tag), |writer| {
                    for entry in &self.0 {
                        entry.write(writer, None);
                    }
                });
            }

            fn read(element: &Element<'_>) -> Result<Self, Error> {
                let mut reader = element.inside(Self::NAME)?;
                let mut entries = Vec::new();
                while !reader.rest().is_empty() {
                    if entries.len() == MOST {
                        return Err(element.error(Self::NAME, Fault::Long { most: MOST }));
                    }
                    entries.push(required(&mut reader, Tagging::Own, T::NAME)?);
                }
                Ok($name(entries))
            }
        }
    )*};
}

lists! {
    /// A SEQUENCE OF with `MOST` entries at most.
    List "SEQUENCE OF" SEQUENCE;
    /// A SET OF with `MOST` entries at most.
    SetOf "SET OF" SET;
}

/// `[N] IMPLICIT T` that stands by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Implicit<const N: u16, T>(pub T);

impl<const N: u16, T: Asn1> Asn1 for Implicit<N, T> {
    const NAME: &'static str = T::NAME;

    fn accepts(tag: Tag) -> bool {
        tag == Tag::context(N)
    }

    fn write(&self, writer: &mut Writer, tag: Option<Tag>) {
        self.0.write(writer, Some(tag.unwrap_or(Tag::context(N))));
    }

    fn read(element: &Element<'_>) -> Result<Self, Error> {
        T::read(element).map(Implicit)
    }
}

/// Contents that are not looked into (an extension of a manufacturer, for instance).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    constructed: bool,
    content: Vec<u8>,
}

impl Raw {
    /// The contents octets.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.content
    }
}

impl Asn1 for Raw {
    const NAME: &'static str = "ANY";

    fn accepts(_: Tag) -> bool {
        true
    }

    fn write(&self, writer: &mut Writer, tag: Option<Tag>) {
        let tag = tag.unwrap_or(Tag::OCTET_STRING);
        if self.constructed {
            writer.constructed(tag, |writer| writer.raw(&self.content));
        } else {
            writer.primitive(tag, &self.content);
        }
    }

    fn read(element: &Element<'_>) -> Result<Self, Error> {
        Ok(Raw {
            constructed: element.constructed,
            content: element.content.to_vec(),
        })
    }
}

/// Encoded elements behind the known ones of a SEQUENCE.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct More(Vec<u8>);

impl More {
    /// The elements, as they came.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.raw(&self.0);
    }

    pub(crate) fn read(reader: &Reader<'_>) -> Result<Self, Error> {
        // They must be elements, or what we send on would not be.
        let mut check = reader.clone();
        while check.read("extension")?.is_some() {}
        Ok(More(reader.rest().to_vec()))
    }
}
