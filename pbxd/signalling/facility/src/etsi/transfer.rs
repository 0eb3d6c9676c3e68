// SPDX-License-Identifier: MIT OR Apache-2.0
//! Explicit call transfer (EN 300 369-1).

use crate::address::PresentedNumberUnscreened;
use crate::ber::schema::{enumerated, sequence};

enumerated! {
    /// The state of the other call.
    CallStatus ENUMERATED {
        /// Alerting.
        Alerting = 0;
        /// Active.
        Active = 1;
    }
}

enumerated! {
    /// What a search for a loop found.
    LoopResult ENUMERATED {
        /// Too little is known.
        InsufficientInformation = 0;
        /// No loop.
        NoLoop = 1;
        /// Both ends transfer at once.
        SimultaneousTransfer = 2;
    }
}

sequence! {
    /// The other party has changed.
    Inform {
        /// The state of the new call.
        status: CallStatus => req own;
        /// The new party.
        redirection: PresentedNumberUnscreened => opt own;
    }
}
