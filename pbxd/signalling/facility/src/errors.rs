// SPDX-License-Identifier: MIT OR Apache-2.0
//! The services' own errors, by name.

use crate::operation::Code;
use crate::service::Dialect;

macro_rules! errors {
    ($($(#[$meta:meta])* $name:ident = [$($code:literal)+] $($dialect:ident)+;)*) => {
        /// Why an operation failed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ServiceError {
            $($(#[$meta])* $name,)*
            /// An error without a name here.
            Other(Code),
        }

        impl ServiceError {
            /// Those with names.
            pub const ALL: &'static [ServiceError] = &[$(ServiceError::$name),*];

            /// Its code.
            #[must_use]
            pub const fn code(self) -> Code {
                match self {
                    $(Self::$name => $crate::operation::code!($($code)+),)*
                    Self::Other(code) => code,
                }
            }

            /// The dialects that have it.
            #[must_use]
            pub const fn dialects(self) -> &'static [Dialect] {
                match self {
                    $(Self::$name => &[$(Dialect::$dialect),+],)*
                    Self::Other(_) => Dialect::ALL,
                }
            }
        }
    };
}

impl ServiceError {
    /// The error with a code in a dialect.
    #[must_use]
    pub fn from_code(dialect: Dialect, code: Code) -> Self {
        let known = match dialect {
            Dialect::Qsig => code.first_edition(),
            _ => code,
        };
        Self::ALL
            .iter()
            .copied()
            .find(|error| error.code() == known && error.dialects().contains(&dialect))
            .unwrap_or(Self::Other(code))
    }
}

errors! {
    /// The user has not subscribed.
    NotSubscribed = [0] Etsi Qsig;
    /// The network refuses.
    RejectedByNetwork = [1] Etsi Qsig;
    /// The user refuses.
    RejectedByUser = [2] Etsi Qsig;
    /// Not available.
    NotAvailable = [3] Etsi Qsig;
    /// Not implemented.
    NotImplemented = [4] Etsi;
    /// Too little is said.
    InsufficientInformation = [5] Qsig;
    /// The served user's number is not valid.
    InvalidServedUserNumber = [6] Etsi Qsig;
    /// Not in this state of the call.
    InvalidCallState = [7] Etsi Qsig;
    /// The basic service is not provided.
    BasicServiceNotProvided = [8] Etsi Qsig;
    /// Not an incoming call.
    NotIncomingCall = [9] Etsi Qsig;
    /// Not together with another service.
    InteractionNotAllowed = [10] Etsi Qsig;
    /// No resources.
    ResourceUnavailable = [11] Etsi Qsig;
    /// The number to divert to is not valid.
    InvalidDivertedToNumber = [12] Etsi Qsig;
    /// The number to divert to is a special service.
    SpecialServiceNumber = [14] Etsi Qsig;
    /// The number to divert to is the served user's.
    DiversionToServedUser = [15] Etsi Qsig;
    /// The call was accepted already.
    IncomingCallAccepted = [23] Etsi;
    /// Diverted too often.
    TooManyDiversions = [24] Etsi Qsig;
    /// The call failed.
    CallFailure = [25] Qsig;
    /// No charging information.
    NoChargingInformation = [26] Etsi;
    /// A procedural error.
    ProceduralError = [43] Qsig;
    /// Diversion is not activated.
    NotActivated = [46] Etsi;
    /// The request was accepted already.
    RequestAlreadyAccepted = [48] Etsi;
    /// Temporarily unavailable.
    TemporarilyUnavailable = [1000] Qsig;
    /// Both ends propose a path replacement.
    Collision = [1001] Qsig;
    /// The criteria can never be met.
    CriteriaPermanentlyUnachievable = [1002] Qsig;
    /// The criteria cannot be met now.
    CriteriaTemporarilyUnachievable = [1003] Qsig;
    /// The rerouteing number is not valid.
    InvalidRerouteingNumber = [1004] Qsig;
    /// No call has that identity.
    UnrecognizedCallIdentity = [1005] Qsig;
    /// The new call could not be set up.
    EstablishmentFailure = [1006] Qsig;
    /// Not authorised.
    NotAuthorized = [1007] Qsig;
    /// Not specified; an extension says more.
    Unspecified = [1008] Qsig;
    /// The user is not busy.
    NotBusy = [1009] Qsig;
    /// Completion refused for now.
    ShortTermRejection = [1010] Qsig;
    /// Completion refused.
    LongTermRejection = [1011] Qsig;
    /// The other user is busy again.
    RemoteUserBusyAgain = [1012] Qsig;
    /// No request matches.
    FailureToMatch = [1013] Qsig;
    /// Another network is in between.
    FailedDueToInterworking = [1014] Qsig;
    /// The call is free.
    FreeOfCharge = [1016] Qsig;
    /// The network did not give that link identifier.
    LinkIdNotAssigned = [0 4 0 369 1 21] Etsi;
    /// No such call linkage.
    InvalidCallLinkage = [0 4 0 359 1 20] Etsi;
    /// No such reference.
    InvalidCcbsReference = [0 4 0 359 1 21] Etsi;
    /// Completion refused.
    LongTermDenial = [0 4 0 359 1 22] Etsi;
    /// Completion refused for now.
    ShortTermDenial = [0 4 0 359 1 23] Etsi;
    /// Completion is activated already.
    CcbsAlreadyActivated = [0 4 0 359 1 24] Etsi;
    /// Another terminal accepted already.
    AlreadyAccepted = [0 4 0 359 1 25] Etsi;
    /// Too many requests.
    OutgoingQueueFull = [0 4 0 359 1 26] Etsi;
    /// The call did not fail for a busy user.
    FailureNotBusy = [0 4 0 359 1 27] Etsi;
    /// The call that completes comes too early.
    NotReadyForCall = [0 4 0 359 1 28] Etsi;
    /// Completion refused at the T reference point.
    PrivateLongTermDenial = [0 4 0 359 2 20] Etsi;
    /// Completion refused for now at the T reference point.
    PrivateShortTermDenial = [0 4 0 359 2 21] Etsi;
    /// The receiving user's number is not valid.
    InvalidReceivingUser = [0 4 0 745 1 10] Etsi;
    /// The receiving user has not subscribed.
    ReceivingUserNotSubscribed = [0 4 0 745 1 11] Etsi;
    /// The controlling user is not registered.
    ControllingUserNotRegistered = [0 4 0 745 1 12] Etsi;
    /// The indication was not delivered.
    IndicationNotDelivered = [0 4 0 745 1 13] Etsi;
    /// Too many controlling users.
    TooManyControllingUsers = [0 4 0 745 1 14] Etsi;
    /// Too many indications.
    TooManyInstances = [0 4 0 745 1 15] Etsi;
}
