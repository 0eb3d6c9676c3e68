// SPDX-License-Identifier: MIT OR Apache-2.0
//! Numbers and addresses as services carry them (Q.932 and EN 300 196-1 addressing data elements;
//! ASN.1 read, clauses not checked). Presentation and screening are kept apart.

use crate::ber::schema::{choice, enumerated, sequence};
use crate::ber::{Null, Numeric, Octets};

/// The digits of a number.
pub type Digits = Numeric<1, 20>;

enumerated! {
    /// Type of a number of the public numbering plan (E.164).
    PublicTypeOfNumber ENUMERATED {
        /// Not known.
        Unknown = 0;
        /// International.
        International = 1;
        /// National.
        National = 2;
        /// Specific to the network.
        NetworkSpecific = 3;
        /// Subscriber.
        Subscriber = 4;
        /// Abbreviated.
        Abbreviated = 6;
    }
}

enumerated! {
    /// Type of a number of a private numbering plan.
    PrivateTypeOfNumber ENUMERATED {
        /// Not known.
        Unknown = 0;
        /// Level 2 regional.
        Level2Regional = 1;
        /// Level 1 regional.
        Level1Regional = 2;
        /// Specific to the private network.
        NetworkSpecific = 3;
        /// Local.
        Local = 4;
        /// Abbreviated.
        Abbreviated = 6;
    }
}

enumerated! {
    /// Who vouches for a number.
    ScreeningIndicator ENUMERATED {
        /// Provided by the user, not screened.
        UserProvidedNotScreened = 0;
        /// Provided by the user, verified and passed.
        UserProvidedVerifiedAndPassed = 1;
        /// Provided by the user, verified and failed.
        UserProvidedVerifiedAndFailed = 2;
        /// Provided by the network.
        NetworkProvided = 3;
    }
}

sequence! {
    /// A number of the public numbering plan.
    PublicPartyNumber {
        /// Its type.
        type_of_number: PublicTypeOfNumber => req own;
        /// Its digits.
        digits: Digits => req own;
    }
}

sequence! {
    /// A number of a private numbering plan.
    PrivatePartyNumber {
        /// Its type.
        type_of_number: PrivateTypeOfNumber => req own;
        /// Its digits.
        digits: Digits => req own;
    }
}

choice! {
    /// A number with its numbering plan.
    PartyNumber {
        /// Plan not known.
        Unknown(Digits) => imp 0;
        /// Public (E.164).
        Public(PublicPartyNumber) => imp 1;
        /// An NSAP address.
        Nsap(Octets<1, 20>) => imp 2;
        /// Data (X.121).
        Data(Digits) => imp 3;
        /// Telex (F.69).
        Telex(Digits) => imp 4;
        /// Private.
        Private(PrivatePartyNumber) => imp 5;
        /// National standard.
        NationalStandard(Digits) => imp 8;
    }
}

impl PartyNumber {
    /// The digits, if it is made of digits.
    #[must_use]
    pub fn digits(&self) -> Option<&str> {
        match self {
            Self::Unknown(digits)
            | Self::Data(digits)
            | Self::Telex(digits)
            | Self::NationalStandard(digits) => Some(digits.as_str()),
            Self::Public(number) => Some(number.digits.as_str()),
            Self::Private(number) => Some(number.digits.as_str()),
            Self::Nsap(_) => None,
        }
    }
}

sequence! {
    /// A subaddress of the user's own making.
    UserSpecifiedSubaddress {
        /// Its octets.
        information: Octets<1, 20> => req own;
        /// Whether it has an odd number of digits.
        odd: bool => opt own;
    }
}

choice! {
    /// A subaddress.
    PartySubaddress {
        /// Of the user's own making.
        UserSpecified(UserSpecifiedSubaddress) => own;
        /// NSAP.
        Nsap(Octets<1, 20>) => own;
    }
}

sequence! {
    /// A number and perhaps a subaddress.
    Address {
        /// The number.
        number: PartyNumber => req own;
        /// The subaddress.
        subaddress: PartySubaddress => opt own;
    }
}

sequence! {
    /// A number and who vouches for it.
    NumberScreened {
        /// The number.
        number: PartyNumber => req own;
        /// Who vouches for it.
        screening: ScreeningIndicator => req own;
    }
}

sequence! {
    /// A number, who vouches for it, and perhaps a subaddress.
    AddressScreened {
        /// The number.
        number: PartyNumber => req own;
        /// Who vouches for it.
        screening: ScreeningIndicator => req own;
        /// The subaddress.
        subaddress: PartySubaddress => opt own;
    }
}

macro_rules! presented {
    ($($(#[$meta:meta])* $name:ident $type:ident $tagging:ident;)*) => {$(
        choice! {
            $(#[$meta])*
            $name {
                /// May be shown.
                Allowed($type) => $tagging 0;
                /// May not be shown, and is withheld.
                Restricted(Null) => imp 1;
                /// Lost where networks meet.
                NotAvailable(Null) => imp 2;
                /// May not be shown to the user, and is here for those who may know.
                RestrictedButKnown($type) => $tagging 3;
            }
        }
    )*};
}

presented! {
    /// A screened address and whether it may be shown.
    PresentedAddressScreened AddressScreened imp;
    /// An address and whether it may be shown.
    PresentedAddressUnscreened Address imp;
    /// A screened number and whether it may be shown.
    PresentedNumberScreened NumberScreened imp;
    /// A number and whether it may be shown.
    PresentedNumberUnscreened PartyNumber exp;
}
