// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message waiting indication (EN 300 745-1).

use super::BasicService;
use crate::address::PartyNumber;
use crate::ber::Time;
use crate::ber::schema::{enumerated, sequence};

/// When a message arrived.
pub type Arrival = Time<1, 20>;

enumerated! {
    /// What became of a message.
    MessageStatus ENUMERATED {
        /// Added.
        Added = 0;
        /// Removed.
        Removed = 1;
    }
}

enumerated! {
    /// When the user is told.
    InvocationMode ENUMERATED {
        /// With its next call.
        Deferred = 0;
        /// At once.
        Immediate = 1;
        /// Both.
        Combined = 2;
    }
}

sequence! {
    /// One message.
    MessageId {
        /// Its reference.
        reference: u16 => req own;
        /// What became of it.
        status: MessageStatus => req own;
    }
}

sequence! {
    /// Activates the indication.
    Activate {
        /// Whose.
        receiving_user: PartyNumber => req own;
        /// For which service.
        service: BasicService => req own;
        /// Who activates.
        controlling_user: PartyNumber => opt exp 1;
        /// How many messages wait.
        messages: u16 => opt exp 2;
        /// The number that the controlling user gave.
        controlling_user_provided: PartyNumber => opt exp 3;
        /// When the message came.
        time: Arrival => opt exp 4;
        /// Which message.
        message: MessageId => opt exp 5;
        /// When to tell.
        mode: InvocationMode => opt exp 6;
    }
}

sequence! {
    /// Deactivates the indication.
    Deactivate {
        /// Whose.
        receiving_user: PartyNumber => req own;
        /// For which service.
        service: BasicService => req own;
        /// Who deactivates.
        controlling_user: PartyNumber => opt own;
        /// When to tell.
        mode: InvocationMode => opt own;
    }
}

sequence! {
    /// Indicates waiting messages.
    Indicate {
        /// Who activated it.
        controlling_user: PartyNumber => opt exp 1;
        /// For which service.
        service: BasicService => opt exp 2;
        /// How many messages wait.
        messages: u16 => opt exp 3;
        /// The number that the controlling user gave.
        controlling_user_provided: PartyNumber => opt exp 4;
        /// When the message came.
        time: Arrival => opt exp 5;
        /// Which message.
        message: MessageId => opt exp 6;
    }
}
