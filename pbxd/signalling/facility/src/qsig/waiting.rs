// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message waiting indication (ECMA-242).

use crate::address::PartyNumber;
use crate::ber::schema::{choice, sequence};
use crate::ber::{List, Numeric};
use crate::etsi::BasicService;
use crate::etsi::waiting::Arrival;

choice! {
    /// A message centre.
    MessageCentre {
        /// By number.
        Integer(u16) => imp 0;
        /// By telephone number.
        Number(PartyNumber) => exp 1;
        /// By digits.
        Digits(Numeric<1, 10>) => imp 2;
    }
}

sequence! {
    /// There are messages.
    Activate {
        /// For whom.
        served_user: PartyNumber => req own;
        /// Of which service.
        service: BasicService => req own;
        /// Where.
        centre: MessageCentre => opt own;
        /// How many.
        messages: u16 => opt imp 3;
        /// From whom.
        originating: PartyNumber => opt exp 4;
        /// When.
        time: Arrival => opt own;
        /// Priority, 0 (highest) to 9.
        priority: u8 => opt imp 5;
    }
}

sequence! {
    /// There are none; also the argument of the interrogation.
    Deactivate {
        /// For whom.
        served_user: PartyNumber => req own;
        /// Of which service.
        service: BasicService => req own;
        /// Where.
        centre: MessageCentre => opt own;
    }
}

sequence! {
    /// The messages of one service.
    State {
        /// Which service.
        service: BasicService => req own;
        /// Where.
        centre: MessageCentre => opt own;
        /// How many.
        messages: u16 => opt imp 3;
        /// From whom.
        originating: PartyNumber => opt exp 4;
        /// When.
        time: Arrival => opt own;
        /// Priority, 0 (highest) to 9.
        priority: u8 => opt imp 5;
    }
}

/// The messages of several services.
pub type States = List<State, 10>;
