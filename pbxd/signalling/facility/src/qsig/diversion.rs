// SPDX-License-Identifier: MIT OR Apache-2.0
//! Call diversion (ECMA-174).

use super::Pss1Elements;
use crate::address::{
    Address, PartyNumber, PartySubaddress, PresentedNumberScreened, PresentedNumberUnscreened,
};
use crate::ber::SetOf;
use crate::ber::schema::sequence;
use crate::etsi::BasicService;
use crate::name::Name;

pub use crate::etsi::diversion::{DiversionReason, Procedure, SubscriptionOption};

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
        served_user: PartyNumber => req own;
        /// Who activates.
        activating_user: PartyNumber => req own;
    }
}

sequence! {
    /// Deactivates.
    Deactivate {
        /// Which kind.
        procedure: Procedure => req own;
        /// For which service.
        service: BasicService => req own;
        /// Whose.
        served_user: PartyNumber => req own;
        /// Who deactivates.
        deactivating_user: PartyNumber => req own;
    }
}

sequence! {
    /// Asks.
    Interrogate {
        /// Which kind.
        procedure: Procedure => req own;
        /// For which service.
        service: BasicService => def(BasicService::All) own;
        /// Whose.
        served_user: PartyNumber => req own;
        /// Who asks.
        interrogating_user: PartyNumber => req own;
    }
}

sequence! {
    /// One registration.
    Entry {
        /// Whose.
        served_user: PartyNumber => req own;
        /// For which service.
        service: BasicService => req own;
        /// Which kind.
        procedure: Procedure => req own;
        /// Where to.
        to: Address => req own;
        /// Whether others may activate it.
        remote_enabled: bool => def(false) own;
    }
}

/// Registrations.
pub type RegistrationList = SetOf<Entry, 29>;

sequence! {
    /// Asks whether a number may be diverted to.
    CheckRestriction {
        /// Whose.
        served_user: PartyNumber => req own;
        /// For which service.
        service: BasicService => req own;
        /// Where to.
        to: PartyNumber => req own;
    }
}

sequence! {
    /// Asks for rerouteing.
    CallRerouteing {
        /// Why.
        reason: DiversionReason => req own;
        /// Why, the first time.
        original_reason: DiversionReason => opt imp 0;
        /// Where to.
        called: Address => req own;
        /// How often it was diverted, 1 to 15.
        counter: u8 => req own;
        /// The call's elements.
        elements: Pss1Elements => req own;
        /// Who diverts.
        last_rerouteing: PresentedNumberUnscreened => req exp 1;
        /// What the calling user is told.
        subscription: SubscriptionOption => req imp 2;
        /// The calling user's subaddress.
        calling_subaddress: PartySubaddress => opt exp 3;
        /// Who calls.
        calling: PresentedNumberScreened => req exp 4;
        /// The calling user's name.
        calling_name: Name => opt exp 5;
        /// Who was called first.
        original_called: PresentedNumberUnscreened => opt exp 6;
        /// The name of who diverts.
        redirecting_name: Name => opt exp 7;
        /// The name of who was called first.
        original_called_name: Name => opt exp 8;
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
        nominated: PartyNumber => req own;
    }
}

sequence! {
    /// To the diverted-to user: the call was diverted.
    DivertingLegInformation2 {
        /// How often, 1 to 15.
        counter: u8 => req own;
        /// Why, the last time.
        reason: DiversionReason => req own;
        /// Why, the first time.
        original_reason: DiversionReason => opt imp 0;
        /// Who diverted last.
        diverting: PresentedNumberUnscreened => opt exp 1;
        /// Who was called first.
        original_called: PresentedNumberUnscreened => opt exp 2;
        /// The name of who diverted last.
        redirecting_name: Name => opt exp 3;
        /// The name of who was called first.
        original_called_name: Name => opt exp 4;
    }
}

sequence! {
    /// Whether the diverted-to number may be shown.
    DivertingLegInformation3 {
        /// Whether it may.
        presentation_allowed: bool => req own;
        /// The name of the diverted-to user.
        redirection_name: Name => opt exp 0;
    }
}
