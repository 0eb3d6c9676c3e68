// SPDX-License-Identifier: MIT OR Apache-2.0
//! Call transfer (ECMA-178) and path replacement (ECMA-176).

use super::Pss1Elements;
use crate::address::{
    PartyNumber, PartySubaddress, PresentedAddressScreened, PresentedNumberScreened,
};
use crate::ber::Numeric;
use crate::ber::schema::{enumerated, sequence};
use crate::name::Name;

/// The identity of a call at its exchange.
pub type CallIdentity = Numeric<1, 4>;

enumerated! {
    /// Which end of the transferred call.
    EndDesignation ENUMERATED {
        /// The primary one.
        Primary = 0;
        /// The secondary one.
        Secondary = 1;
    }
}

enumerated! {
    /// The state of the other call.
    CallStatus ENUMERATED {
        /// Answered.
        Answered = 0;
        /// Alerting.
        Alerting = 1;
    }
}

sequence! {
    /// A call and the number that leads to it.
    Identity {
        /// The call.
        call: CallIdentity => req own;
        /// The number.
        rerouteing: PartyNumber => req own;
    }
}

sequence! {
    /// A call.
    IdentityOnly {
        /// The call.
        call: CallIdentity => req own;
    }
}

sequence! {
    /// The transferred call was answered.
    Active {
        /// By whom.
        connected: PresentedAddressScreened => req own;
        /// Elements of the basic call.
        elements: Pss1Elements => opt own;
        /// The name.
        name: Name => opt own;
    }
}

sequence! {
    /// The call was transferred.
    Complete {
        /// Which end this is.
        end: EndDesignation => req own;
        /// The new party.
        redirection: PresentedNumberScreened => req own;
        /// Elements of the basic call.
        elements: Pss1Elements => opt own;
        /// The name of the new party.
        name: Name => opt own;
        /// The state of the other call.
        status: CallStatus => def(CallStatus::Answered) own;
    }
}

sequence! {
    /// The other party has changed.
    Update {
        /// The new party.
        redirection: PresentedNumberScreened => req own;
        /// Its name.
        name: Name => opt own;
        /// Elements of the basic call.
        elements: Pss1Elements => opt own;
    }
}

sequence! {
    /// The other party's subaddress.
    Subaddress {
        /// The subaddress.
        subaddress: PartySubaddress => req own;
    }
}
