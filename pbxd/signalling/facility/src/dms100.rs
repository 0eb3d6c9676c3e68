// SPDX-License-Identifier: MIT OR Apache-2.0
//! Services of DMS-100 exchanges, as observed: the text is not open. Codes and shapes are those that
//! libpri's `rosetest` shows of itself.

use crate::ber::Implicit;
use crate::ber::schema::sequence;
use crate::operation::operations;

sequence! {
    /// Release link trunk: joins the call of the message with another one.
    ThirdParty {
        /// The other call's identifier.
        call_id: u32 => req imp 0;
        /// A reason, 0 to 255.
        reason: u8 => opt imp 1;
    }
}

/// The identifier that a DMS-100 gives to a call.
pub type CallId = Implicit<0, u32>;

operations! {
    /// The operations of DMS-100 exchanges.
    Dms100 {
        /// Release link trunk: asks for the call's identifier.
        OperationIndication = [1], Result, () => Option<CallId>;
        /// Release link trunk: joins two calls.
        ThirdParty = [2], Result, ThirdParty => ();
    }
}
