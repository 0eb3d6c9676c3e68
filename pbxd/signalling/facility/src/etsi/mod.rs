// SPDX-License-Identifier: MIT OR Apache-2.0
//! The ETSI services on top of EN 300 196-1, and those that ITU-T took over from them.

pub mod charge;
pub mod completion;
pub mod diversion;
pub mod transfer;
pub mod waiting;

use crate::ber::Implicit;
use crate::ber::Octets;
use crate::ber::schema::{enumerated, sequence};
use crate::operation::operations;

enumerated! {
    /// A basic service that a supplementary service is about.
    BasicService ENUMERATED {
        /// All.
        All = 0;
        /// Speech.
        Speech = 1;
        /// Unrestricted digital information.
        UnrestrictedDigital = 2;
        /// 3.1 kHz audio.
        Audio3k1Hz = 3;
        /// Unrestricted digital information with tones and announcements.
        UnrestrictedDigitalWithTones = 4;
        /// Multirate.
        Multirate = 5;
        /// Telephony, 3.1 kHz.
        Telephony3k1Hz = 32;
        /// Teletex.
        Teletex = 33;
        /// Telefax group 4 class 1.
        TelefaxGroup4 = 34;
        /// Videotex, syntax-based.
        Videotex = 35;
        /// Videotelephony.
        Videotelephony = 36;
        /// Telefax group 2 or 3.
        TelefaxGroup2And3 = 37;
        /// Telephony, 7 kHz.
        Telephony7kHz = 38;
    }
}

/// Q.931 elements embedded in a service's message (`[APPLICATION 0]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Q931Elements(pub Octets<0, 255>);

impl crate::ber::Asn1 for Q931Elements {
    const NAME: &'static str = "Q931InformationElement";

    fn accepts(tag: crate::ber::Tag) -> bool {
        tag == crate::ber::Tag::application(0)
    }

    fn write(&self, writer: &mut crate::ber::Writer, tag: Option<crate::ber::Tag>) {
        let tag = tag.unwrap_or(crate::ber::Tag::application(0));
        self.0.write(writer, Some(tag));
    }

    fn read(element: &crate::ber::Element<'_>) -> Result<Self, crate::Error> {
        Octets::read(element).map(Q931Elements)
    }
}

sequence! {
    /// A request for user-to-user signalling.
    UserUserRequest {
        /// The service, 1 to 3.
        service: u8 => req imp 1;
        /// Whether the call may go on without.
        preferred: bool => req imp 2;
    }
}

enumerated! {
    /// How compatible a user must be to be asked for its status.
    CompatibilityMode ENUMERATED {
        /// All basic services.
        AllBasicServices = 0;
        /// One basic service.
        OneOrMoreBasicServices = 1;
    }
}

enumerated! {
    /// The status of a user.
    UserStatus ENUMERATED {
        /// Compatible and free.
        CompatibleAndFree = 0;
        /// Compatible and busy.
        CompatibleAndBusy = 1;
        /// Not compatible.
        Incompatible = 2;
    }
}

sequence! {
    /// Asks for the status of a user.
    StatusRequest {
        /// How compatible.
        mode: CompatibilityMode => req own;
        /// Bearer capability and compatibility elements.
        elements: Q931Elements => req own;
    }
}

/// The identifier of a call linkage (0 to 127) or a call completion (CCBS) reference.
pub type Reference = u8;

/// A link identifier of the explicit call transfer.
pub type LinkId = i16;

/// Something that stands alone under a context tag.
pub type Tagged<const N: u16, T> = Implicit<N, T>;

operations! {
    /// The operations of the ETSI services.
    ///
    /// Codes and types are those of the ASN.1 modules of the standards named with each; clauses not
    /// checked.
    Etsi {
        /// User-to-user signalling (EN 300 286-1).
        UserUserService = [1], Result, UserUserRequest => ();
        /// Malicious call identification (EN 300 130-1).
        MaliciousCallIdentification = [3], Result, () => ();
        /// Three-party: join (EN 300 188-1).
        BeginThreeParty = [4], Result, () => ();
        /// Three-party: part (EN 300 188-1).
        EndThreeParty = [5], Result, () => ();
        /// Explicit call transfer, implicit form: the calls of one user (EN 300 369-1).
        TransferExecute = [6], Result, () => ();
        /// Activates diversion (EN 300 207-1, as are all of diversion).
        ActivateDiversion = [7], Result, diversion::Activate => ();
        /// Deactivates diversion.
        DeactivateDiversion = [8], Result, diversion::Registration => ();
        /// Diversion was activated.
        DiversionActivated = [9], None, diversion::Activated => ();
        /// Diversion was deactivated.
        DiversionDeactivated = [10], None, diversion::Registration => ();
        /// Asks for diversion.
        InterrogateDiversion = [11], Result, diversion::Interrogate => diversion::RegistrationList;
        /// A call was diverted from the served user.
        DiversionInformation = [12], None, diversion::DiversionInformation => ();
        /// Deflects a call.
        CallDeflection = [13], Result, diversion::CallDeflection => ();
        /// Asks the network to reroute a call.
        CallRerouteing = [14], Result, diversion::CallRerouteing => ();
        /// Diverting leg information 2: to the diverted-to user.
        DivertingLegInformation2 = [15], None, diversion::DivertingLegInformation2 => ();
        /// Asks for the served user's numbers.
        InterrogateServedUserNumbers = [17], Result, () => diversion::NumberList;
        /// Diverting leg information 1: to the calling user.
        DivertingLegInformation1 = [18], None, diversion::DivertingLegInformation1 => ();
        /// Diverting leg information 3: whether the diverted-to number may be shown.
        DivertingLegInformation3 = [19], None, bool => ();
        /// Asks for advice of charge (EN 300 182-1, as are all of advice of charge).
        ChargingRequest = [30], Result, charge::ChargingCase => charge::ChargingAnswer;
        /// AOC-S: rates.
        AocSCurrency = [31], None, charge::Rates => ();
        /// AOC-S: a special charging arrangement.
        AocSSpecialArrangement = [32], None, charge::SpecialArrangement => ();
        /// AOC-D: money so far.
        AocDCurrency = [33], None, charge::DuringCurrency => ();
        /// AOC-D: charging units so far.
        AocDUnits = [34], None, charge::DuringUnits => ();
        /// AOC-E: money in all.
        AocECurrency = [35], None, charge::EndCurrency => ();
        /// AOC-E: charging units in all.
        AocEUnits = [36], None, charge::EndUnits => ();
        /// Asks for the status of a user (EN 300 196-1; code as rosetest shows it).
        StatusRequest = [0 4 0 196 9 1], Result, StatusRequest => UserStatus;
        /// Explicit call transfer by link identifier (EN 300 369-1, as are the five below).
        ExplicitTransferExecute = [0 4 0 369 1 1], Result, LinkId => ();
        /// Asks for the other party's subaddress.
        RequestSubaddress = [0 4 0 369 1 2], None, () => ();
        /// The other party's subaddress.
        SubaddressTransfer = [0 4 0 369 1 3], None, crate::address::PartySubaddress => ();
        /// Asks for a link identifier.
        TransferLinkIdRequest = [0 4 0 369 1 4], Result, () => LinkId;
        /// The other party has changed.
        TransferInform = [0 4 0 369 1 5], None, transfer::Inform => ();
        /// Looks for a loop.
        TransferLoopTest = [0 4 0 369 1 6], Result, i16 => transfer::LoopResult;
        /// Keeps what is known of a call that failed, for completion (EN 300 359-1, as are all of CCBS).
        CallInformationRetain = [0 4 0 359 1 1], None, Reference => ();
        /// Asks for completion to a busy user.
        CcbsRequest = [0 4 0 359 1 2], Result, Reference => completion::Accepted;
        /// Withdraws a request.
        CcbsDeactivate = [0 4 0 359 1 3], Result, Reference => ();
        /// Asks for requests.
        CcbsInterrogate = [0 4 0 359 1 4], Result, completion::Interrogate => completion::Requests;
        /// A request has ended.
        CcbsErase = [0 4 0 359 1 5], None, completion::Erase => ();
        /// The other user is free.
        CcbsRemoteUserFree = [0 4 0 359 1 6], None, completion::Notice => ();
        /// The call that completes.
        CcbsCall = [0 4 0 359 1 7], ErrorOnly, Reference => ();
        /// Asks whether the served user is free.
        CcbsStatusRequest = [0 4 0 359 1 8], Result, completion::StatusRequest => bool;
        /// The other user is free, but the served user is busy.
        CcbsBFree = [0 4 0 359 1 9], None, completion::Notice => ();
        /// Forgets what was kept of a call.
        EraseCallLinkage = [0 4 0 359 1 10], None, Reference => ();
        /// Stop alerting: another terminal took the recall.
        CcbsStopAlerting = [0 4 0 359 1 11], None, Reference => ();
        /// CCBS at the T reference point: request (EN 300 359-1, as are the five below).
        CcbsTRequest = [0 4 0 359 2 1], Result, completion::PrivateRequest => bool;
        /// The call that completes.
        CcbsTCall = [0 4 0 359 2 2], None, () => ();
        /// The calling user is busy.
        CcbsTSuspend = [0 4 0 359 2 3], None, () => ();
        /// The calling user is free again.
        CcbsTResume = [0 4 0 359 2 4], None, () => ();
        /// The called user is free.
        CcbsTRemoteUserFree = [0 4 0 359 2 5], None, () => ();
        /// CCBS is available.
        CcbsTAvailable = [0 4 0 359 2 6], None, () => ();
        /// Completion on no reply (EN 301 065-1; codes as rosetest shows them): request.
        CcnrRequest = [0 4 0 1065 1 1], Result, Reference => completion::Accepted;
        /// Completion on no reply: asks for requests.
        CcnrInterrogate = [0 4 0 1065 1 2], Result, completion::Interrogate => completion::Requests;
        /// Completion on no reply at the T reference point.
        CcnrTRequest = [0 4 0 1065 2 1], Result, completion::PrivateRequest => bool;
        /// Message waiting (EN 300 745-1, as are the two below): activates the indication.
        MwiActivate = [0 4 0 745 1 1], Result, waiting::Activate => ();
        /// Deactivates the indication.
        MwiDeactivate = [0 4 0 745 1 2], Result, waiting::Deactivate => ();
        /// Indicates waiting messages to the user.
        MwiIndicate = [0 4 0 745 1 3], None, waiting::Indicate => ();
    }
}
