// SPDX-License-Identifier: MIT OR Apache-2.0
//! Advice of charge (ECMA-212).

use crate::address::PartyNumber;
use crate::ber::schema::{choice, enumerated, sequence};
use crate::ber::{List, Null};
use crate::charge::{ChargingAssociation, RateList, RecordedCurrency};

enumerated! {
    /// Which advice.
    AdviceMode ENUMERATED {
        /// Rates.
        Rate = 0;
        /// Rates, and so far.
        RateInterim = 1;
        /// Rates, and in all.
        RateFinal = 2;
        /// So far.
        Interim = 3;
        /// In all.
        Final = 4;
        /// So far, and in all.
        InterimFinal = 5;
        /// Everything.
        All = 6;
    }
}

enumerated! {
    /// Who pays, and for what. While a call lasts only the first two occur.
    BillingId ENUMERATED {
        /// Normal.
        Normal = 0;
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

enumerated! {
    /// Whether charging goes on.
    ChargingOption ENUMERATED {
        /// Free.
        Free = 0;
        /// Goes on.
        Continue = 1;
        /// Stops.
        Stop = 2;
    }
}

enumerated! {
    /// How the call was diverted.
    DiversionType ENUMERATED {
        /// Unconditionally.
        Unconditional = 0;
        /// On busy.
        Busy = 1;
        /// On no reply.
        NoReply = 2;
        /// Deflected.
        Deflection = 3;
    }
}

sequence! {
    /// Asks for advice.
    Request {
        /// Which modes would do.
        modes: List<AdviceMode, 7> => req own;
    }
}

sequence! {
    /// Which advice there will be.
    Answer {
        /// The mode.
        mode: AdviceMode => req own;
    }
}

choice! {
    /// Rates, if known.
    RateChoice {
        /// Not known.
        NotAvailable(Null) => own;
        /// Rates.
        Rates(RateList) => own;
    }
}

sequence! {
    /// Rates.
    Rates {
        /// The rates.
        rates: RateChoice => req own;
    }
}

sequence! {
    /// A recorded charge.
    Recorded {
        /// How much.
        recorded: RecordedCurrency => req imp 1;
        /// Who pays.
        billing: BillingId => opt imp 2;
    }
}

choice! {
    /// A charge, if known.
    Charge {
        /// Not known.
        NotAvailable(Null) => imp 0;
        /// Free.
        Free(Null) => imp 1;
        /// So much.
        Charge(Recorded) => own;
    }
}

sequence! {
    /// The charge so far.
    Interim {
        /// The charge.
        charge: Charge => req own;
    }
}

sequence! {
    /// The charge in all.
    Final {
        /// The charge.
        charge: Charge => req own;
        /// What it belongs to.
        association: ChargingAssociation => opt own;
    }
}

sequence! {
    /// A call was completed.
    Complete {
        /// Who pays.
        charged_user: PartyNumber => req own;
        /// What the charge belongs to.
        association: ChargingAssociation => opt own;
    }
}

sequence! {
    /// Whether charging goes on.
    CompleteAnswer {
        /// Whether it does.
        option: ChargingOption => req own;
    }
}

sequence! {
    /// Asks for the charge of a diverted leg.
    Diverted {
        /// Who diverted.
        diverting_user: PartyNumber => req own;
        /// What the charge belongs to.
        association: ChargingAssociation => opt own;
        /// How.
        kind: DiversionType => req own;
    }
}
