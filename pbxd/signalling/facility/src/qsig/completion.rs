// SPDX-License-Identifier: MIT OR Apache-2.0
//! Completion of calls to a busy user and on no reply (ECMA-186).

use super::Pss1Elements;
use crate::address::{PartyNumber, PartySubaddress, PresentedNumberUnscreened};
use crate::ber::schema::{choice, sequence};
use crate::ber::{Null, Raw};

choice! {
    /// Nothing, or extensions of a manufacturer.
    Nothing {
        /// Nothing.
        Nothing(Null) => own;
        /// One extension.
        Single(Raw) => imp 14;
        /// Several.
        Multiple(Raw) => imp 15;
    }
}

sequence! {
    /// Asks for completion.
    Request {
        /// Who asks.
        number_a: PresentedNumberUnscreened => req own;
        /// Whom to call.
        number_b: PartyNumber => req own;
        /// The call's elements.
        service: Pss1Elements => req own;
        /// Subaddress of who asks.
        subaddress_a: PartySubaddress => opt exp 10;
        /// Subaddress of whom to call.
        subaddress_b: PartySubaddress => opt exp 11;
        /// Whether the service may be retained.
        can_retain_service: bool => def(false) imp 12;
        /// Whether the signalling connection is to be retained.
        retain_connection: bool => opt imp 13;
    }
}

sequence! {
    /// The request was taken.
    Accepted {
        /// No path will be reserved.
        no_path_reservation: bool => def(false) imp 0;
        /// The service is retained.
        retain_service: bool => def(false) imp 1;
    }
}

sequence! {
    /// Which request.
    Full {
        /// Who asked.
        number_a: PartyNumber => req own;
        /// Whom to call.
        number_b: PartyNumber => req own;
        /// The call's elements.
        service: Pss1Elements => req own;
        /// Subaddress of who asked.
        subaddress_a: PartySubaddress => opt exp 10;
        /// Subaddress of whom to call.
        subaddress_b: PartySubaddress => opt exp 11;
    }
}

choice! {
    /// Which request, unless the signalling connection says it.
    Identified {
        /// By its numbers.
        Full(Full) => imp 0;
        /// By the connection.
        Connection(Null) => own;
        /// By the connection, with one extension.
        Single(Raw) => imp 14;
        /// By the connection, with several.
        Multiple(Raw) => imp 15;
    }
}
