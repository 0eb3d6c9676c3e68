// SPDX-License-Identifier: MIT OR Apache-2.0
//! Advice of charge (EN 300 182-1).

use crate::ber::schema::{choice, enumerated, sequence};
use crate::ber::{List, Null};
use crate::charge::{ChargingAssociation, RateList, RecordedCurrency};

enumerated! {
    /// Which advice is asked for.
    ChargingCase ENUMERATED {
        /// AOC-S, at call set-up.
        AtSetup = 0;
        /// AOC-D, during the call.
        During = 1;
        /// AOC-E, at its end.
        AtEnd = 2;
    }
}

enumerated! {
    /// Whether a charge is so far or in all.
    ChargeKind ENUMERATED {
        /// So far.
        Subtotal = 0;
        /// In all.
        Total = 1;
    }
}

enumerated! {
    /// Who pays, and for what. During a call only the first three occur.
    BillingId ENUMERATED {
        /// Normal.
        Normal = 0;
        /// Reverse charging.
        Reverse = 1;
        /// Credit card.
        CreditCard = 2;
        /// Call forwarding unconditional.
        ForwardingUnconditional = 3;
        /// Call forwarding busy.
        ForwardingBusy = 4;
        /// Call forwarding no reply.
        ForwardingNoReply = 5;
        /// Call deflection.
        Deflection = 6;
        /// Call transfer.
        Transfer = 7;
    }
}

choice! {
    /// The answer to a request for advice.
    ChargingAnswer {
        /// Rates.
        Rates(RateList) => own;
        /// A special charging arrangement.
        SpecialArrangement(u8) => own;
        /// It will follow.
        Follows(Null) => own;
    }
}

choice! {
    /// AOC-S.
    Rates {
        /// Not known.
        NotAvailable(Null) => own;
        /// Rates.
        Rates(RateList) => own;
    }
}

choice! {
    /// AOC-S by arrangement.
    SpecialArrangement {
        /// Not known.
        NotAvailable(Null) => own;
        /// Its number, 1 to 10.
        Arrangement(u8) => own;
    }
}

choice! {
    /// A number of units that may not be known.
    UnitCount {
        /// So many.
        Units(u32) => own;
        /// Not known.
        NotAvailable(Null) => own;
    }
}

sequence! {
    /// Charging units of one type.
    RecordedUnits {
        /// How many.
        count: UnitCount => req own;
        /// Their type, 1 to 16.
        type_of_unit: u8 => opt own;
    }
}

/// Charging units of several types.
pub type UnitList = List<RecordedUnits, 32>;

sequence! {
    /// Money during the call.
    DuringMoney {
        /// How much.
        recorded: RecordedCurrency => req imp 1;
        /// So far or in all.
        kind: ChargeKind => req imp 2;
        /// Who pays.
        billing: BillingId => opt imp 3;
    }
}

sequence! {
    /// Charging units during the call.
    DuringCount {
        /// How many.
        recorded: UnitList => req imp 1;
        /// So far or in all.
        kind: ChargeKind => req imp 2;
        /// Who pays.
        billing: BillingId => opt imp 3;
    }
}

choice! {
    /// AOC-D in money.
    DuringCurrency {
        /// Not known.
        NotAvailable(Null) => own;
        /// So much.
        Charge(DuringMoney) => own;
        /// Free.
        Free(Null) => imp 1;
    }
}

choice! {
    /// AOC-D in charging units.
    DuringUnits {
        /// Not known.
        NotAvailable(Null) => own;
        /// So many.
        Charge(DuringCount) => own;
        /// Free.
        Free(Null) => imp 1;
    }
}

sequence! {
    /// Money at the end.
    EndMoney {
        /// How much.
        recorded: RecordedCurrency => req imp 1;
        /// Who pays.
        billing: BillingId => opt imp 2;
    }
}

sequence! {
    /// Charging units at the end.
    EndCount {
        /// How many.
        recorded: UnitList => req imp 1;
        /// Who pays.
        billing: BillingId => opt imp 2;
    }
}

choice! {
    /// Money, or free.
    MoneyOrFree {
        /// So much.
        Charge(EndMoney) => own;
        /// Free.
        Free(Null) => imp 1;
    }
}

choice! {
    /// Charging units, or free.
    CountOrFree {
        /// So many.
        Charge(EndCount) => own;
        /// Free.
        Free(Null) => imp 1;
    }
}

sequence! {
    /// AOC-E in money, and what it belongs to.
    EndMoneyInformation {
        /// The charge.
        charge: MoneyOrFree => req own;
        /// What it belongs to.
        association: ChargingAssociation => opt own;
    }
}

sequence! {
    /// AOC-E in charging units, and what it belongs to.
    EndCountInformation {
        /// The charge.
        charge: CountOrFree => req own;
        /// What it belongs to.
        association: ChargingAssociation => opt own;
    }
}

choice! {
    /// AOC-E in money.
    EndCurrency {
        /// Not known.
        NotAvailable(Null) => own;
        /// The charge.
        Information(EndMoneyInformation) => own;
    }
}

choice! {
    /// AOC-E in charging units.
    EndUnits {
        /// Not known.
        NotAvailable(Null) => own;
        /// The charge.
        Information(EndCountInformation) => own;
    }
}
