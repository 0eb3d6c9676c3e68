// SPDX-License-Identifier: MIT OR Apache-2.0
//! Completion of calls to a busy user (EN 300 359-1) and on no reply (EN 301 065-1).

use super::{Q931Elements, Reference};
use crate::address::{Address, PartyNumber, PartySubaddress};
use crate::ber::List;
use crate::ber::schema::{enumerated, sequence};

enumerated! {
    /// Who is recalled.
    RecallMode ENUMERATED {
        /// All terminals of the access.
        Global = 0;
        /// The one that asked.
        Specific = 1;
    }
}

enumerated! {
    /// Why a request ended.
    EraseReason ENUMERATED {
        /// Normal or not said.
        Normal = 0;
        /// T-CCBS2 ended.
        TimerT2 = 1;
        /// T-CCBS3 ended.
        TimerT3 = 2;
        /// The basic call failed.
        CallFailed = 3;
    }
}

sequence! {
    /// A request was taken.
    Accepted {
        /// Who will be recalled.
        recall: RecallMode => req own;
        /// The request's reference.
        reference: Reference => req own;
    }
}

sequence! {
    /// Asks for requests.
    Interrogate {
        /// One of them.
        reference: Reference => opt own;
        /// Those of this number.
        number: PartyNumber => opt own;
    }
}

sequence! {
    /// One request.
    CallInformation {
        /// Whom it calls.
        address: Address => req own;
        /// The call's elements.
        elements: Q931Elements => req own;
        /// Its reference.
        reference: Reference => req own;
        /// The calling user's subaddress.
        subaddress: PartySubaddress => opt own;
    }
}

sequence! {
    /// The requests asked for.
    Requests {
        /// Who will be recalled.
        recall: RecallMode => req own;
        /// The requests.
        calls: List<CallInformation, 5> => opt own;
    }
}

sequence! {
    /// A request has ended.
    Erase {
        /// Who would have been recalled.
        recall: RecallMode => req own;
        /// Its reference.
        reference: Reference => req own;
        /// Whom it called.
        address: Address => req own;
        /// The call's elements.
        elements: Q931Elements => req own;
        /// Why.
        reason: EraseReason => req own;
    }
}

sequence! {
    /// The other user is free.
    Notice {
        /// Who is recalled.
        recall: RecallMode => req own;
        /// The request's reference.
        reference: Reference => req own;
        /// Whom it calls.
        address: Address => req own;
        /// The call's elements.
        elements: Q931Elements => req own;
    }
}

sequence! {
    /// Asks whether the served user is free.
    StatusRequest {
        /// Who would be recalled.
        recall: RecallMode => req own;
        /// The request's reference.
        reference: Reference => req own;
        /// The call's elements.
        elements: Q931Elements => req own;
    }
}

sequence! {
    /// A request from a private network.
    PrivateRequest {
        /// Whom to call.
        destination: Address => req own;
        /// The call's elements.
        elements: Q931Elements => req own;
        /// Whether retention is supported.
        retention: bool => def(false) imp 1;
        /// Whether the calling number may be shown.
        presentation_allowed: bool => opt imp 2;
        /// Who calls.
        originating: Address => opt own;
    }
}
