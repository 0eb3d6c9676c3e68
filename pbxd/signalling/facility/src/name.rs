// SPDX-License-Identifier: MIT OR Apache-2.0
//! Names of parties (ECMA-164 / ISO/IEC 13868; ASN.1 read, clauses not checked). NI-2 uses the same,
//! as observed.

use crate::ber::schema::{choice, enumerated, sequence};
use crate::ber::{Null, Octets};

/// The octets of a name.
pub type NameData = Octets<1, 50>;

enumerated! {
    /// The character set of a name.
    CharacterSet INTEGER {
        /// Not said.
        Unknown = 0;
        /// ISO/IEC 8859-1, also what a name without a character set is in.
        Iso8859_1 = 1;
        /// ISO/IEC 8859-2.
        Iso8859_2 = 3;
        /// ISO/IEC 8859-3.
        Iso8859_3 = 4;
        /// ISO/IEC 8859-4.
        Iso8859_4 = 5;
        /// ISO/IEC 8859-5.
        Iso8859_5 = 6;
        /// ISO/IEC 8859-7.
        Iso8859_7 = 7;
        /// ISO/IEC 10646 BMPString: UTF-16 code units, high octet first.
        Bmp = 8;
        /// ISO/IEC 10646 in UTF-8.
        Utf8 = 9;
    }
}

sequence! {
    /// A name and its character set.
    NameSet {
        /// The name.
        data: NameData => req own;
        /// The character set; ISO/IEC 8859-1 if there is none.
        character_set: CharacterSet => opt own;
    }
}

choice! {
    /// A name and whether it may be shown.
    Name {
        /// May be shown.
        Allowed(NameData) => imp 0;
        /// May be shown; with a character set.
        AllowedExtended(NameSet) => imp 1;
        /// May not be shown to the user.
        Restricted(NameData) => imp 2;
        /// May not be shown to the user; with a character set.
        RestrictedExtended(NameSet) => imp 3;
        /// There is none.
        NotAvailable(Null) => imp 4;
        /// May not be shown, and is withheld.
        RestrictedWithheld(Null) => imp 7;
    }
}

impl Name {
    /// Whether it may be shown to the user.
    #[must_use]
    pub const fn may_be_shown(&self) -> bool {
        matches!(self, Name::Allowed(_) | Name::AllowedExtended(_))
    }

    /// Its text, whether it may be shown or not. `None` if it is not here, or in a character set that
    /// this crate has no table of (ISO/IEC 8859-2 to -7 with octets above 127).
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let (data, set) = match self {
            Name::Allowed(data) | Name::Restricted(data) => (data, CharacterSet::Iso8859_1),
            Name::AllowedExtended(set) | Name::RestrictedExtended(set) => (
                &set.data,
                set.character_set.unwrap_or(CharacterSet::Iso8859_1),
            ),
            Name::NotAvailable(_) | Name::RestrictedWithheld(_) => return None,
        };
        let octets = data.as_slice();
        match set {
            CharacterSet::Utf8 => String::from_utf8(octets.to_vec()).ok(),
            CharacterSet::Bmp => {
                let units = octets.chunks(2).map(|pair| {
                    pair.iter()
                        .fold(0u16, |unit, octet| (unit << 8) | u16::from(*octet))
                });
                char::decode_utf16(units).collect::<Result<_, _>>().ok()
            }
            CharacterSet::Iso8859_1 | CharacterSet::Unknown => {
                Some(octets.iter().copied().map(char::from).collect())
            }
            _ if octets.is_ascii() => String::from_utf8(octets.to_vec()).ok(),
            _ => None,
        }
    }
}

sequence! {
    /// A name with something behind it (extensions).
    NameSequence {
        /// The name.
        name: Name => req own;
    }
}

choice! {
    /// The argument of the name operations.
    NameArgument {
        /// A name by itself.
        Plain(Name) => own;
        /// A name with extensions.
        Sequence(NameSequence) => own;
    }
}

impl NameArgument {
    /// The name.
    #[must_use]
    pub const fn name(&self) -> &Name {
        match self {
            Self::Plain(name) => name,
            Self::Sequence(sequence) => &sequence.name,
        }
    }
}
