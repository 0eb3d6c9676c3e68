// SPDX-License-Identifier: MIT OR Apache-2.0
//! Parts of samples.

use facility::address::{
    Address, AddressScreened, Digits, NumberScreened, PartyNumber, PartySubaddress,
    PresentedAddressScreened, PresentedNumberScreened, PresentedNumberUnscreened,
    PrivatePartyNumber, PrivateTypeOfNumber, PublicPartyNumber, PublicTypeOfNumber,
    ScreeningIndicator, UserSpecifiedSubaddress,
};
use facility::ber::{List, More, Octets, Text, Time};
use facility::charge::{
    Amount, ChargedItem, ChargingType, DurationCurrency, FlatRateCurrency, Interval, ItemRate,
    Multiplier, Rate, RateList, RecordedCurrency, Scale, VolumeRateCurrency, VolumeUnit,
};
use facility::etsi::{Q931Elements, waiting::Arrival};
use facility::name::{CharacterSet, Name, NameArgument, NameSet};

pub(crate) fn none() -> More {
    More::default()
}

pub(crate) fn digits(text: &str) -> Digits {
    Digits::new(text).unwrap()
}

pub(crate) fn public() -> PartyNumber {
    PartyNumber::Public(PublicPartyNumber {
        type_of_number: PublicTypeOfNumber::International,
        digits: digits("4930123456"),
        more: none(),
    })
}

pub(crate) fn private() -> PartyNumber {
    PartyNumber::Private(PrivatePartyNumber {
        type_of_number: PrivateTypeOfNumber::Local,
        digits: digits("4711"),
        more: none(),
    })
}

pub(crate) fn unknown() -> PartyNumber {
    PartyNumber::Unknown(digits("5551234"))
}

pub(crate) fn nsap() -> PartySubaddress {
    PartySubaddress::Nsap(Octets::new(&[0x50, 0x31, 0x32]).unwrap())
}

pub(crate) fn own_subaddress() -> PartySubaddress {
    PartySubaddress::UserSpecified(UserSpecifiedSubaddress {
        information: Octets::new(b"\x12\x30").unwrap(),
        odd: Some(true),
        more: none(),
    })
}

pub(crate) fn address() -> Address {
    Address {
        number: public(),
        subaddress: Some(nsap()),
        more: none(),
    }
}

pub(crate) fn unscreened() -> PresentedNumberUnscreened {
    PresentedNumberUnscreened::Allowed(public())
}

pub(crate) fn hidden() -> PresentedNumberUnscreened {
    PresentedNumberUnscreened::RestrictedButKnown(private())
}

pub(crate) fn screened() -> PresentedNumberScreened {
    PresentedNumberScreened::Allowed(NumberScreened {
        number: unknown(),
        screening: ScreeningIndicator::UserProvidedVerifiedAndPassed,
        more: none(),
    })
}

pub(crate) fn screened_address() -> PresentedAddressScreened {
    PresentedAddressScreened::Allowed(AddressScreened {
        number: public(),
        screening: ScreeningIndicator::NetworkProvided,
        subaddress: Some(own_subaddress()),
        more: none(),
    })
}

pub(crate) fn elements() -> Q931Elements {
    // Bearer capability: speech, 64 kbit/s, A-law.
    Q931Elements(Octets::new(&[0x04, 0x03, 0x80, 0x90, 0xA3]).unwrap())
}

pub(crate) fn name() -> Name {
    Name::Allowed(Octets::new(b"ALICE").unwrap())
}

pub(crate) fn hidden_name() -> Name {
    Name::RestrictedExtended(NameSet {
        data: Octets::new("Zo\u{eb}".as_bytes()).unwrap(),
        character_set: Some(CharacterSet::Utf8),
        more: none(),
    })
}

pub(crate) fn name_argument() -> NameArgument {
    NameArgument::Plain(name())
}

pub(crate) fn currency() -> Text<0, 10> {
    Text::new("EUR").unwrap()
}

pub(crate) fn amount() -> Amount {
    Amount {
        amount: 16_777_215,
        multiplier: Multiplier::Hundredth,
        more: none(),
    }
}

pub(crate) fn interval() -> Interval {
    Interval {
        length: 60,
        scale: Scale::Second,
        more: none(),
    }
}

pub(crate) fn recorded() -> RecordedCurrency {
    RecordedCurrency {
        currency: currency(),
        amount: amount(),
        more: none(),
    }
}

pub(crate) fn rates() -> RateList {
    let rate = |item, rate| ItemRate {
        item,
        rate,
        more: none(),
    };
    List::new(vec![
        rate(
            ChargedItem::BasicCommunication,
            Rate::Duration(DurationCurrency {
                currency: currency(),
                amount: amount(),
                charging: ChargingType::Step,
                time: interval(),
                granularity: Some(interval()),
                more: none(),
            }),
        ),
        rate(
            ChargedItem::CallSetup,
            Rate::Flat(FlatRateCurrency {
                currency: currency(),
                amount: amount(),
                more: none(),
            }),
        ),
        rate(
            ChargedItem::UserToUserInformation,
            Rate::Volume(VolumeRateCurrency {
                currency: currency(),
                amount: amount(),
                unit: VolumeUnit::Message,
                more: none(),
            }),
        ),
        rate(ChargedItem::CallAttempt, Rate::SpecialCode(3)),
    ])
    .unwrap()
}

pub(crate) fn time() -> Arrival {
    Time::new("20261122050000Z").unwrap()
}
