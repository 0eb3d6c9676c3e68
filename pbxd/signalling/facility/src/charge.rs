// SPDX-License-Identifier: MIT OR Apache-2.0
//! Money, time and rates, as both the ETSI and the QSIG advice of charge have them (EN 300 182-1,
//! ECMA-212; ASN.1 read, clauses not checked).

use crate::address::PartyNumber;
use crate::ber::schema::{choice, enumerated, sequence};
use crate::ber::{List, Null, Text};

/// A currency's name, as the network writes it.
pub type Currency = Text<0, 10>;

enumerated! {
    /// What an amount is multiplied with.
    Multiplier ENUMERATED {
        /// 0.001.
        Thousandth = 0;
        /// 0.01.
        Hundredth = 1;
        /// 0.1.
        Tenth = 2;
        /// 1.
        One = 3;
        /// 10.
        Ten = 4;
        /// 100.
        Hundred = 5;
        /// 1,000.
        Thousand = 6;
    }
}

enumerated! {
    /// The unit of a time.
    Scale ENUMERATED {
        /// 0.01 s.
        HundredthSecond = 0;
        /// 0.1 s.
        TenthSecond = 1;
        /// 1 s.
        Second = 2;
        /// 10 s.
        TenSeconds = 3;
        /// A minute.
        Minute = 4;
        /// An hour.
        Hour = 5;
        /// A day.
        Day = 6;
    }
}

enumerated! {
    /// What is charged for.
    ChargedItem ENUMERATED {
        /// The basic call.
        BasicCommunication = 0;
        /// The attempt.
        CallAttempt = 1;
        /// The setting up.
        CallSetup = 2;
        /// User-to-user information.
        UserToUserInformation = 3;
        /// A supplementary service.
        SupplementaryService = 4;
    }
}

enumerated! {
    /// How a duration is charged.
    ChargingType ENUMERATED {
        /// Continuously.
        Continuous = 0;
        /// In steps.
        Step = 1;
    }
}

enumerated! {
    /// The unit of a volume.
    VolumeUnit ENUMERATED {
        /// Octets.
        Octet = 0;
        /// Segments.
        Segment = 1;
        /// Messages.
        Message = 2;
    }
}

sequence! {
    /// An amount of money.
    Amount {
        /// The amount, 0 to 16,777,215.
        amount: u32 => req imp 1;
        /// What it is multiplied with.
        multiplier: Multiplier => req imp 2;
    }
}

sequence! {
    /// A span of time.
    Interval {
        /// How many units.
        length: u32 => req imp 1;
        /// The unit.
        scale: Scale => req imp 2;
    }
}

sequence! {
    /// Money for a duration.
    DurationCurrency {
        /// The currency.
        currency: Currency => req imp 1;
        /// The amount for each `time`.
        amount: Amount => req imp 2;
        /// Continuously or in steps.
        charging: ChargingType => req imp 3;
        /// The time that `amount` is for.
        time: Interval => req imp 4;
        /// The granularity.
        granularity: Interval => opt imp 5;
    }
}

sequence! {
    /// A flat rate.
    FlatRateCurrency {
        /// The currency.
        currency: Currency => req imp 1;
        /// The amount.
        amount: Amount => req imp 2;
    }
}

sequence! {
    /// Money for a volume.
    VolumeRateCurrency {
        /// The currency.
        currency: Currency => req imp 1;
        /// The amount.
        amount: Amount => req imp 2;
        /// The unit that it is for.
        unit: VolumeUnit => req imp 3;
    }
}

choice! {
    /// A rate.
    Rate {
        /// By duration.
        Duration(DurationCurrency) => imp 1;
        /// Flat.
        Flat(FlatRateCurrency) => imp 2;
        /// By volume.
        Volume(VolumeRateCurrency) => imp 3;
        /// By a code that network and user have agreed on.
        SpecialCode(u8) => own;
        /// Free.
        Free(Null) => imp 4;
        /// Not known.
        NotAvailable(Null) => imp 5;
        /// Free from the beginning (QSIG only).
        FreeFromBeginning(Null) => imp 6;
    }
}

sequence! {
    /// The rate of one item.
    ItemRate {
        /// The item.
        item: ChargedItem => req own;
        /// Its rate.
        rate: Rate => req own;
    }
}

/// Rates of several items.
pub type RateList = List<ItemRate, 10>;

sequence! {
    /// What was recorded.
    RecordedCurrency {
        /// The currency.
        currency: Currency => req imp 1;
        /// The amount.
        amount: Amount => req imp 2;
    }
}

choice! {
    /// What a charge belongs to.
    ChargingAssociation {
        /// Calls of this number.
        Number(PartyNumber) => exp 0;
        /// A call that was given this identifier.
        Identifier(i16) => own;
    }
}
