// SPDX-License-Identifier: MIT OR Apache-2.0
//! How ASN.1 types are written down in Rust: the macros `sequence!`, `choice!` and `enumerated!`.

use super::reader::{Element, Reader};
use super::tag::Tag;
use super::writer::Writer;
use crate::error::{Error, Fault};

/// An ASN.1 type.
pub trait Asn1: Sized {
    /// The type's name in errors.
    const NAME: &'static str;

    /// Whether an element with this tag can be one of the type.
    fn accepts(tag: Tag) -> bool;

    /// Writes it; `tag` replaces its own (IMPLICIT).
    fn write(&self, writer: &mut Writer, tag: Option<Tag>);

    /// Reads it from an element whose tag was found to fit.
    ///
    /// # Errors
    /// The contents are not of the type.
    fn read(element: &Element<'_>) -> Result<Self, Error>;
}

/// What may stand as argument, result or parameter: one element, an optional one, or none (`()`).
pub trait Parameter: Sized {
    /// Writes it.
    fn put(&self, writer: &mut Writer);

    /// Reads it from what is left.
    ///
    /// # Errors
    /// It is missing, of another type, or something stands behind it.
    fn get(reader: &mut Reader<'_>) -> Result<Self, Error>;
}

impl<T: Asn1> Parameter for T {
    fn put(&self, writer: &mut Writer) {
        self.write(writer, None);
    }

    fn get(reader: &mut Reader<'_>) -> Result<Self, Error> {
        required(reader, Tagging::Own, T::NAME)
    }
}

impl<T: Asn1> Parameter for Option<T> {
    fn put(&self, writer: &mut Writer) {
        if let Some(value) = self {
            value.write(writer, None);
        }
    }

    fn get(reader: &mut Reader<'_>) -> Result<Self, Error> {
        optional(reader, Tagging::Own)
    }
}

impl Parameter for () {
    fn put(&self, _: &mut Writer) {}

    fn get(reader: &mut Reader<'_>) -> Result<Self, Error> {
        // NULL is what some peers send for nothing.
        if reader.peek() == Some(Tag::NULL) {
            let _ = reader.read("NULL")?;
        }
        Ok(())
    }
}

/// How a field is tagged.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tagging {
    /// By its type.
    Own,
    /// `[n] IMPLICIT`.
    Implicit(u16),
    /// `[n] EXPLICIT`.
    Explicit(u16),
}

pub(crate) fn fits<T: Asn1>(tag: Tag, tagging: Tagging) -> bool {
    match tagging {
        Tagging::Own => T::accepts(tag),
        Tagging::Implicit(number) | Tagging::Explicit(number) => tag == Tag::context(number),
    }
}

pub(crate) fn put<T: Asn1>(writer: &mut Writer, value: &T, tagging: Tagging) {
    match tagging {
        Tagging::Own => value.write(writer, None),
        Tagging::Implicit(number) => value.write(writer, Some(Tag::context(number))),
        Tagging::Explicit(number) => {
            writer.constructed(Tag::context(number), |writer| value.write(writer, None));
        }
    }
}

pub(crate) fn take<T: Asn1>(element: &Element<'_>, tagging: Tagging) -> Result<T, Error> {
    match tagging {
        Tagging::Own | Tagging::Implicit(_) => T::read(element),
        Tagging::Explicit(_) => {
            let mut inside = element.inside(T::NAME)?;
            required(&mut inside, Tagging::Own, T::NAME)
        }
    }
}

pub(crate) fn optional<T: Asn1>(
    reader: &mut Reader<'_>,
    tagging: Tagging,
) -> Result<Option<T>, Error> {
    let mut ahead = reader.clone();
    let Some(element) = ahead.read(T::NAME)? else {
        return Ok(None);
    };
    if !fits::<T>(element.tag, tagging) {
        return Ok(None);
    }
    let value = take(&element, tagging)?;
    *reader = ahead;
    Ok(Some(value))
}

pub(crate) fn required<T: Asn1>(
    reader: &mut Reader<'_>,
    tagging: Tagging,
    what: &'static str,
) -> Result<T, Error> {
    if let Some(value) = optional(reader, tagging)? {
        return Ok(value);
    }
    let fault = match reader.peek() {
        Some(found) => Fault::Unexpected { found },
        None => Fault::Missing,
    };
    Err(Error {
        what,
        at: reader.at(),
        fault,
    })
}

/// `own`, `imp n`, `exp n` as [`Tagging`].
macro_rules! tagging {
    (own) => {
        $crate::ber::schema::Tagging::Own
    };
    (imp $number:literal) => {
        $crate::ber::schema::Tagging::Implicit($number)
    };
    (exp $number:literal) => {
        $crate::ber::schema::Tagging::Explicit($number)
    };
}

/// The Rust type of a field.
macro_rules! field_type {
    (opt, $type:ty) => {
        Option<$type>
    };
    ($mode:ident $(($default:expr))?, $type:ty) => {
        $type
    };
}

/// Writes one field: `req` always, `opt` if it is there, `def(x)` if it is not `x`.
macro_rules! field_put {
    (req, $writer:ident, $value:expr, $tagging:expr) => {
        $crate::ber::schema::put($writer, &$value, $tagging)
    };
    (opt, $writer:ident, $value:expr, $tagging:expr) => {
        if let Some(value) = &$value {
            $crate::ber::schema::put($writer, value, $tagging);
        }
    };
    (def($default:expr), $writer:ident, $value:expr, $tagging:expr) => {
        if $value != $default {
            $crate::ber::schema::put($writer, &$value, $tagging);
        }
    };
}

/// Reads one field.
macro_rules! field_get {
    (req, $reader:ident, $what:expr, $tagging:expr) => {
        $crate::ber::schema::required(&mut $reader, $tagging, $what)?
    };
    (opt, $reader:ident, $what:expr, $tagging:expr) => {
        $crate::ber::schema::optional(&mut $reader, $tagging)?
    };
    (def($default:expr), $reader:ident, $what:expr, $tagging:expr) => {
        $crate::ber::schema::optional(&mut $reader, $tagging)?.unwrap_or($default)
    };
}

/// A SEQUENCE. Each field: name, type, `req`, `opt` or `def(x)`, and its tagging. What stands behind
/// the known fields (extensions of the standard or of a manufacturer) is kept in `more`.
macro_rules! sequence {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty =>
            $mode:ident $(($default:expr))? $tagging:ident $($number:literal)?;)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $crate::ber::schema::field_type!($mode $(($default))?, $type),)*
            /// Elements behind those above, as they came.
            pub more: $crate::ber::More,
        }

        impl $crate::ber::Asn1 for $name {
            const NAME: &'static str = stringify!($name);

            fn accepts(tag: $crate::ber::Tag) -> bool {
                tag == $crate::ber::Tag::SEQUENCE
            }

            fn write(&self, writer: &mut $crate::ber::Writer, tag: Option<$crate::ber::Tag>) {
                writer.constructed(tag.unwrap_or($crate::ber::Tag::SEQUENCE), |writer| {
                    $($crate::ber::schema::field_put!(
                        $mode $(($default))?, writer, self.$field,
                        $crate::ber::schema::tagging!($tagging $($number)?)
                    );)*
                    self.more.write(writer);
                });
            }

            fn read(element: &$crate::ber::Element<'_>) -> Result<Self, $crate::error::Error> {
                let mut reader = element.inside(stringify!($name))?;
                Ok($name {
                    $($field: $crate::ber::schema::field_get!(
                        $mode $(($default))?, reader,
                        concat!(stringify!($name), ".", stringify!($field)),
                        $crate::ber::schema::tagging!($tagging $($number)?)
                    ),)*
                    more: $crate::ber::More::read(&reader)?,
                })
            }
        }
    };
}

/// A CHOICE. Each alternative: name, type and tagging.
macro_rules! choice {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$field_meta:meta])* $variant:ident($type:ty) => $tagging:ident $($number:literal)?;)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(clippy::large_enum_variant, reason = "one lives as long as one message is handled")]
        pub enum $name {
            $($(#[$field_meta])* $variant($type),)*
        }

        impl $crate::ber::Asn1 for $name {
            const NAME: &'static str = stringify!($name);

            fn accepts(tag: $crate::ber::Tag) -> bool {
                $($crate::ber::schema::fits::<$type>(
                    tag, $crate::ber::schema::tagging!($tagging $($number)?)))||*
            }

            fn write(&self, writer: &mut $crate::ber::Writer, tag: Option<$crate::ber::Tag>) {
                // A CHOICE cannot be tagged implicitly: a tag of its own goes around it.
                if let Some(tag) = tag {
                    return writer.constructed(tag, |writer| self.write(writer, None));
                }
                match self {
                    $(Self::$variant(value) => $crate::ber::schema::put(
                        writer, value, $crate::ber::schema::tagging!($tagging $($number)?)),)*
                }
            }

            fn read(element: &$crate::ber::Element<'_>) -> Result<Self, $crate::error::Error> {
                $({
                    let tagging = $crate::ber::schema::tagging!($tagging $($number)?);
                    if $crate::ber::schema::fits::<$type>(element.tag, tagging) {
                        return $crate::ber::schema::take(element, tagging).map(Self::$variant);
                    }
                })*
                Err(element.error(
                    stringify!($name), $crate::error::Fault::Unexpected { found: element.tag }))
            }
        }
    };
}

/// An ENUMERATED (or, with `INTEGER`, an INTEGER with named values). Values without a name are kept
/// in `Other`.
macro_rules! enumerated {
    ($(#[$meta:meta])* $name:ident $universal:ident {
        $($(#[$field_meta:meta])* $variant:ident = $value:literal;)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$field_meta])* $variant,)*
            /// Any other value.
            Other(i16),
        }

        impl $name {
            /// Its number on the wire.
            #[must_use]
            pub const fn value(self) -> i16 {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Other(value) => value,
                }
            }

            /// From its number.
            #[must_use]
            pub const fn from_value(value: i16) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    other => Self::Other(other),
                }
            }
        }

        impl $crate::ber::Asn1 for $name {
            const NAME: &'static str = stringify!($name);

            fn accepts(tag: $crate::ber::Tag) -> bool {
                tag == $crate::ber::Tag::$universal
            }

            fn write(&self, writer: &mut $crate::ber::Writer, tag: Option<$crate::ber::Tag>) {
                let tag = tag.unwrap_or($crate::ber::Tag::$universal);
                writer.integer(tag, i64::from(self.value()));
            }

            fn read(element: &$crate::ber::Element<'_>) -> Result<Self, $crate::error::Error> {
                <i16 as $crate::ber::Asn1>::read(element).map(Self::from_value)
            }
        }
    };
}

pub(crate) use {choice, enumerated, field_get, field_put, field_type, sequence, tagging};
