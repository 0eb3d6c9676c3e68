// SPDX-License-Identifier: MIT OR Apache-2.0
//! Diversion (EN 300 207-1).

use super::{BasicService, Q931Elements};
use crate::address::{
    Address, PartyNumber, PartySubaddress, PresentedAddressScreened, PresentedNumberUnscreened,
};
use crate::ber::schema::{choice, enumerated, sequence};
use crate::ber::{Null, SetOf};

enumerated! {
    /// Why a call is diverted.
    DiversionReason ENUMERATED {
        /// Not known.
        Unknown = 0;
        /// Unconditionally.
        Unconditional = 1;
        /// Busy.
        Busy = 2;
        /// No reply.
        NoReply = 3;
        /// Deflected while alerting.
        DeflectedAlerting = 4;
        /// Deflected at once.
        DeflectedImmediately = 5;
    }
}

enumerated! {
    /// A kind of diversion.
    Procedure ENUMERATED {
        /// Unconditional.
        Unconditional = 0;
        /// On busy.
        Busy = 1;
        /// On no reply.
        NoReply = 2;
    }
}

enumerated! {
    /// What the calling user is told.
    SubscriptionOption ENUMERATED {
        /// Nothing.
        NoNotification = 0;
        /// That the call was diverted.
        WithoutNumber = 1;
        /// Where to.
        WithNumber = 2;
    }
}

choice! {
    /// Whose diversion.
    ServedUser {
        /// That of one number.
        Number(PartyNumber) => own;
        /// That of all numbers of the access.
        All(Null) => own;
    }
}

sequence! {
    /// Activates.
    Activate {
        /// Which kind.
        procedure: Procedure => req own;
        /// For which service.
        service: BasicService => req own;
        /// Where to.
        to: Address => req own;
        /// Whose.
        served_user: ServedUser => req own;
        /// Seconds until no reply.
        no_reply_timer: u8 => opt own;
    }
}

sequence! {
    /// Tells of an activation.
    Activated {
        /// Which kind.
        procedure: Procedure => req own;
        /// For which service.
        service: BasicService => req own;
        /// Where to.
        to: Address => req own;
        /// Whose.
        served_user: ServedUser => req own;
    }
}

sequence! {
    /// Names a registration, to end it or because it ended.
    Registration {
        /// Which kind.
        procedure: Procedure => req own;
        /// For which service.
        service: BasicService => req own;
        /// Whose.
        served_user: ServedUser => req own;
    }
}

sequence! {
    /// Asks for registrations.
    Interrogate {
        /// Which kind.
        procedure: Procedure => req own;
        /// For which service.
        service: BasicService => def(BasicService::All) own;
        /// Whose.
        served_user: ServedUser => req own;
    }
}

sequence! {
    /// One registration.
    Entry {
        /// Whose.
        served_user: ServedUser => req own;
        /// For which service.
        service: BasicService => req own;
        /// Which kind.
        procedure: Procedure => req own;
        /// Where to.
        to: Address => req own;
    }
}

/// Registrations.
pub type RegistrationList = SetOf<Entry, 29>;
/// The numbers of an access.
pub type NumberList = SetOf<PartyNumber, 99>;

sequence! {
    /// To the served user: a call was diverted from it.
    DiversionInformation {
        /// Why.
        reason: DiversionReason => req own;
        /// For which service.
        service: BasicService => req own;
        /// The served user's subaddress.
        served_subaddress: PartySubaddress => opt own;
        /// Who calls.
        calling: PresentedAddressScreened => opt exp 0;
        /// Who was called first.
        original_called: PresentedNumberUnscreened => opt exp 1;
        /// Who diverted last.
        last_diverting: PresentedNumberUnscreened => opt exp 2;
        /// Why that one diverted.
        last_reason: DiversionReason => opt exp 3;
        /// User-user information.
        user_information: Q931Elements => opt own;
    }
}

sequence! {
    /// Deflects a call.
    CallDeflection {
        /// Where to.
        to: Address => req own;
        /// Whether the calling user may be shown it.
        presentation_allowed: bool => opt own;
    }
}

sequence! {
    /// Asks the network to reroute a call.
    CallRerouteing {
        /// Why.
        reason: DiversionReason => req own;
        /// Where to.
        called: Address => req own;
        /// How often it was diverted, 1 to 5.
        counter: u8 => req own;
        /// The call's elements.
        elements: Q931Elements => req own;
        /// Who diverts.
        last_rerouteing: PresentedNumberUnscreened => req exp 1;
        /// What the calling user is told.
        subscription: SubscriptionOption => def(SubscriptionOption::NoNotification) exp 2;
        /// The calling user's subaddress.
        calling_subaddress: PartySubaddress => opt exp 3;
    }
}

sequence! {
    /// To the calling user: the call is being diverted.
    DivertingLegInformation1 {
        /// Why.
        reason: DiversionReason => req own;
        /// What the calling user is told.
        subscription: SubscriptionOption => req own;
        /// Where to.
        diverted_to: PresentedNumberUnscreened => opt own;
    }
}

sequence! {
    /// To the diverted-to user: the call was diverted.
    DivertingLegInformation2 {
        /// How often, 1 to 5.
        counter: u8 => req own;
        /// Why, the last time.
        reason: DiversionReason => req own;
        /// Who diverted last.
        diverting: PresentedNumberUnscreened => opt exp 1;
        /// Who was called first.
        original_called: PresentedNumberUnscreened => opt exp 2;
    }
}
