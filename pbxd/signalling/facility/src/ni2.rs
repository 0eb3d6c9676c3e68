// SPDX-License-Identifier: MIT OR Apache-2.0
//! Services of NI-2 exchanges, as observed: the text is not open. Codes and shapes are
//! those that libpri's `rosetest` shows of itself.

use crate::ber::Null;
use crate::ber::schema::{enumerated, sequence};
use crate::name::NameArgument;
use crate::operation::operations;

enumerated! {
    /// What information will follow the SETUP.
    Following ENUMERATED {
        /// As seen in the SETUP of an NI-2 exchange whose caller's name comes later in a FACILITY.
        Name = 7;
    }
}

sequence! {
    /// Two-B-channel transfer: joins the call of the message with another one.
    InitiateTransfer {
        /// The other call's reference.
        call_reference: i32 => req own;
    }
}

operations! {
    /// The operations of NI-2 exchanges.
    Ni2 {
        /// Name of the calling user, as in QSIG.
        CallingName = [0], None, NameArgument => ();
        /// Name of the called user, as in QSIG.
        CalledName = [1], None, NameArgument => ();
        /// Name of the connected user, as in QSIG.
        ConnectedName = [2], None, NameArgument => ();
        /// Name of the busy user, as in QSIG.
        BusyName = [3], None, NameArgument => ();
        /// The caller's name will follow.
        InformationFollowing = [1 2 840 10005 0 4], None, Option<Following> => ();
        /// Two-B-channel transfer.
        InitiateTransfer = [1 2 840 10005 0 8], Result, InitiateTransfer => Option<Null>;
    }
}
