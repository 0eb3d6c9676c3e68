// SPDX-License-Identifier: MIT OR Apache-2.0
//! The QSIG services. Extensions of manufacturers stay in each type's `more`.

pub mod charge;
pub mod completion;
pub mod diversion;
pub mod transfer;
pub mod waiting;

use crate::ber::schema::choice;
use crate::ber::{Null, Raw};
use crate::name::NameArgument;
use crate::operation::operations;

/// Q.931 elements embedded in a service's message.
pub type Pss1Elements = crate::etsi::Q931Elements;

choice! {
    /// Nothing, or extensions of a manufacturer.
    Dummy {
        /// Nothing.
        Nothing(Null) => own;
        /// One extension.
        Single(Raw) => imp 1;
        /// Several.
        Multiple(Raw) => imp 2;
    }
}

operations! {
    /// The operations of the QSIG services.
    ///
    /// Codes and types are those of the ASN.1 modules of the standards named with each; clauses not
    /// checked.
    Qsig {
        /// Name of the calling user (ECMA-164, as are the three below).
        CallingName = [0], None, NameArgument => ();
        /// Name of the called user.
        CalledName = [1], None, NameArgument => ();
        /// Name of the connected user.
        ConnectedName = [2], None, NameArgument => ();
        /// Name of the busy user.
        BusyName = [3], None, NameArgument => ();
        /// Path replacement (ECMA-176, as are the three below and the invitation): proposes.
        PathReplacePropose = [4], ErrorOnly, transfer::Identity => ();
        /// Sets up the new path.
        PathReplaceSetup = [5], Result, transfer::IdentityOnly => Dummy;
        /// Sets up the new path, keeping part of the old one.
        PathReplaceRetain = [6], Result, transfer::Identity => Dummy;
        /// Call transfer (ECMA-178, as are the seven below): asks for an identity.
        CallTransferIdentify = [7], Result, Dummy => transfer::Identity;
        /// Gives up.
        CallTransferAbandon = [8], None, Dummy => ();
        /// Asks to call the other party.
        CallTransferInitiate = [9], Result, transfer::Identity => Dummy;
        /// Stands in the call to the other party.
        CallTransferSetup = [10], Result, transfer::IdentityOnly => Dummy;
        /// The transferred call was answered.
        CallTransferActive = [11], None, transfer::Active => ();
        /// The call was transferred.
        CallTransferComplete = [12], None, transfer::Complete => ();
        /// The other party has changed.
        CallTransferUpdate = [13], None, transfer::Update => ();
        /// The other party's subaddress.
        SubaddressTransfer = [14], None, transfer::Subaddress => ();
        /// Activates diversion (ECMA-174, as are the eight below).
        ActivateDiversion = [15], Result, diversion::Activate => Dummy;
        /// Deactivates diversion.
        DeactivateDiversion = [16], Result, diversion::Deactivate => Dummy;
        /// Asks for diversion.
        InterrogateDiversion = [17], Result, diversion::Interrogate => diversion::RegistrationList;
        /// Asks whether a number may be diverted to.
        CheckRestriction = [18], Result, diversion::CheckRestriction => Dummy;
        /// Asks for rerouteing.
        CallRerouteing = [19], Result, diversion::CallRerouteing => Dummy;
        /// Diverting leg information 1: to the calling user.
        DivertingLegInformation1 = [20], None, diversion::DivertingLegInformation1 => ();
        /// Diverting leg information 2: to the diverted-to user.
        DivertingLegInformation2 = [21], None, diversion::DivertingLegInformation2 => ();
        /// Diverting leg information 3: whether the diverted-to number may be shown.
        DivertingLegInformation3 = [22], None, diversion::DivertingLegInformation3 => ();
        /// The diverted leg of a diversion on no reply failed.
        DivertedLegFailed = [23], None, Dummy => ();
        /// Completion on no reply (ECMA-186, as are all of completion): asks for it.
        CcnrRequest = [27], Result, completion::Request => completion::Accepted;
        /// Withdraws.
        CcCancel = [28], None, completion::Identified => ();
        /// The other user is free.
        CcExecutionPossible = [29], None, completion::Identified => ();
        /// Reserves a path.
        CcPathReserve = [30], Result, completion::Nothing => completion::Nothing;
        /// Rings the other user.
        CcRingout = [31], ErrorOnly, completion::Nothing => ();
        /// The calling user is busy.
        CcSuspend = [32], None, completion::Nothing => ();
        /// The calling user is free again.
        CcResume = [33], None, completion::Nothing => ();
        /// Completion to a busy user: asks for it.
        CcbsRequest = [40], Result, completion::Request => completion::Accepted;
        /// Advice of charge (ECMA-212, as are the six below): asks for it.
        ChargeRequest = [59], Result, charge::Request => charge::Answer;
        /// Asks for the final charge.
        GetFinalCharge = [60], None, Dummy => ();
        /// The charge in all.
        AocFinal = [61], None, charge::Final => ();
        /// The charge so far.
        AocInterim = [62], None, charge::Interim => ();
        /// Rates.
        AocRate = [63], None, charge::Rates => ();
        /// The call was completed: who pays on?
        AocComplete = [64], Result, charge::Complete => charge::CompleteAnswer;
        /// Asks for the charge of the diverted leg.
        AocDivertedCharge = [65], None, charge::Diverted => ();
        /// Message waiting (ECMA-242, as are the two below): there are messages.
        MwiActivate = [80], Result, waiting::Activate => Dummy;
        /// There are none.
        MwiDeactivate = [81], Result, waiting::Deactivate => Dummy;
        /// Asks.
        MwiInterrogate = [82], Result, waiting::Deactivate => waiting::States;
        /// Invites the other end to propose a path replacement.
        PathReplaceInvite = [86], ErrorOnly, Dummy => ();
    }
}
