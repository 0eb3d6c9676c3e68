// SPDX-License-Identifier: MIT OR Apache-2.0
//! Causes: the values of Q.850 with their names, and the cause element that carries them.

use crate::codec::{CodingStandard, Content, DecodeError, Location, Reader};

/// A cause value, 1 to 127.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CauseValue(pub u8);

macro_rules! causes {
    ($($name:ident = $value:literal, $text:literal;)*) => {
        impl CauseValue {
            $(
                #[doc = concat!("Cause ", stringify!($value), ": ", $text, ".")]
                pub const $name: CauseValue = CauseValue($value);
            )*

            /// The name of the value in Q.850; empty for a value that has none.
            pub const fn name(self) -> &'static str {
                match self.0 {
                    $($value => $text,)*
                    _ => "",
                }
            }

            /// Every value with a name.
            pub const NAMED: &'static [CauseValue] = &[$(CauseValue($value),)*];
        }
    };
}

causes! {
    UNALLOCATED = 1, "unallocated (unassigned) number";
    NO_ROUTE_TRANSIT = 2, "no route to specified transit network";
    NO_ROUTE = 3, "no route to destination";
    SPECIAL_TONE = 4, "send special information tone";
    MISDIALLED_TRUNK_PREFIX = 5, "misdialled trunk prefix";
    CHANNEL_UNACCEPTABLE = 6, "channel unacceptable";
    AWARDED_ESTABLISHED = 7, "call awarded and being delivered in an established channel";
    PREEMPTION = 8, "preemption";
    PREEMPTION_RESERVED = 9, "preemption, circuit reserved for reuse";
    PORTED = 14, "query on release: ported number";
    NORMAL_CLEARING = 16, "normal call clearing";
    USER_BUSY = 17, "user busy";
    NO_USER_RESPONDING = 18, "no user responding";
    NO_ANSWER = 19, "no answer from user (user alerted)";
    SUBSCRIBER_ABSENT = 20, "subscriber absent";
    REJECTED = 21, "call rejected";
    NUMBER_CHANGED = 22, "number changed";
    REDIRECTION = 23, "redirection to new destination";
    FEATURE_AT_DESTINATION = 24, "call rejected due to feature at the destination";
    EXCHANGE_ROUTING_ERROR = 25, "exchange routing error";
    NON_SELECTED_USER = 26, "non-selected user clearing";
    DESTINATION_OUT_OF_ORDER = 27, "destination out of order";
    INVALID_NUMBER_FORMAT = 28, "invalid number format (address incomplete)";
    FACILITY_REJECTED = 29, "facility rejected";
    STATUS_ENQUIRY_RESPONSE = 30, "response to STATUS ENQUIRY";
    NORMAL_UNSPECIFIED = 31, "normal, unspecified";
    NO_CIRCUIT = 34, "no circuit or channel available";
    NETWORK_OUT_OF_ORDER = 38, "network out of order";
    FRAME_MODE_OUT_OF_SERVICE = 39, "permanent frame mode connection out of service";
    FRAME_MODE_OPERATIONAL = 40, "permanent frame mode connection operational";
    TEMPORARY_FAILURE = 41, "temporary failure";
    CONGESTION = 42, "switching equipment congestion";
    ACCESS_INFORMATION_DISCARDED = 43, "access information discarded";
    CHANNEL_NOT_AVAILABLE = 44, "requested circuit or channel not available";
    PRECEDENCE_BLOCKED = 46, "precedence call blocked";
    RESOURCE_UNAVAILABLE = 47, "resource unavailable, unspecified";
    QUALITY_UNAVAILABLE = 49, "quality of service not available";
    NOT_SUBSCRIBED = 50, "requested facility not subscribed";
    OUTGOING_BARRED_CUG = 53, "outgoing calls barred within CUG";
    INCOMING_BARRED_CUG = 55, "incoming calls barred within CUG";
    BEARER_NOT_AUTHORIZED = 57, "bearer capability not authorized";
    BEARER_NOT_AVAILABLE = 58, "bearer capability not presently available";
    INCONSISTENT_ACCESS = 62, "inconsistency in designated outgoing access information and subscriber class";
    SERVICE_NOT_AVAILABLE = 63, "service or option not available, unspecified";
    BEARER_NOT_IMPLEMENTED = 65, "bearer capability not implemented";
    CHANNEL_TYPE_NOT_IMPLEMENTED = 66, "channel type not implemented";
    FACILITY_NOT_IMPLEMENTED = 69, "requested facility not implemented";
    RESTRICTED_DIGITAL_ONLY = 70, "only restricted digital information bearer capability is available";
    SERVICE_NOT_IMPLEMENTED = 79, "service or option not implemented, unspecified";
    INVALID_CALL_REFERENCE = 81, "invalid call reference value";
    CHANNEL_DOES_NOT_EXIST = 82, "identified channel does not exist";
    SUSPENDED_OTHER_IDENTITY = 83, "a suspended call exists, but this call identity does not";
    CALL_IDENTITY_IN_USE = 84, "call identity in use";
    NO_CALL_SUSPENDED = 85, "no call suspended";
    SUSPENDED_CALL_CLEARED = 86, "call having the requested call identity has been cleared";
    NOT_MEMBER_OF_CUG = 87, "user not member of CUG";
    INCOMPATIBLE_DESTINATION = 88, "incompatible destination";
    NON_EXISTENT_CUG = 90, "non-existent CUG";
    INVALID_TRANSIT_NETWORK = 91, "invalid transit network selection";
    INVALID_MESSAGE = 95, "invalid message, unspecified";
    MANDATORY_MISSING = 96, "mandatory information element is missing";
    MESSAGE_TYPE_UNKNOWN = 97, "message type non-existent or not implemented";
    MESSAGE_INCOMPATIBLE = 98, "message not compatible with call state or message type non-existent or not implemented";
    ELEMENT_UNKNOWN = 99, "information element or parameter non-existent or not implemented";
    INVALID_CONTENTS = 100, "invalid information element contents";
    MESSAGE_NOT_COMPATIBLE = 101, "message not compatible with call state";
    TIMER_EXPIRY = 102, "recovery on timer expiry";
    PARAMETER_PASSED_ON = 103, "parameter non-existent or not implemented, passed on";
    PARAMETER_DISCARDED = 110, "message with unrecognized parameter, discarded";
    PROTOCOL_ERROR = 111, "protocol error, unspecified";
    INTERWORKING = 127, "interworking, unspecified";
}

impl core::fmt::Display for CauseValue {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.name() {
            "" => write!(f, "{}", self.0),
            name => write!(f, "{} ({name})", self.0),
        }
    }
}

/// The cause element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Whose coding.
    pub coding: CodingStandard,
    /// Where it arose.
    pub location: Location,
    /// The recommendation octet where one is given (0 Q.931, 3 X.21, 4 X.25).
    pub recommendation: Option<u8>,
    /// The value.
    pub value: CauseValue,
    /// Diagnostics, as they stand on the line.
    pub diagnostics: Vec<u8>,
}

impl Cause {
    /// A cause of the ITU-T coding without diagnostics.
    pub fn new(location: Location, value: CauseValue) -> Self {
        Cause {
            coding: CodingStandard::Itu,
            location,
            recommendation: None,
            value,
            diagnostics: Vec::new(),
        }
    }

    /// With diagnostics.
    #[must_use]
    pub fn with_diagnostics(mut self, diagnostics: &[u8]) -> Self {
        self.diagnostics = diagnostics.to_vec();
        self
    }
}

impl Content for Cause {
    const ID: u8 = 0x08;
    const NAME: &'static str = "cause";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(Self::NAME, contents);
        let first = reader.octet("location")?;
        let recommendation = if first & 0x80 == 0 {
            Some(reader.octet("recommendation")? & 0x7f)
        } else {
            None
        };
        let value = reader.octet("cause value")?;
        if value & 0x80 == 0 {
            return Err(reader.value(value, "a cause value with its extension bit set"));
        }
        Ok(Cause {
            coding: CodingStandard::from_code(first >> 5 & 3),
            location: Location::from_code(first & 0x0f),
            recommendation,
            value: CauseValue(value & 0x7f),
            diagnostics: reader.rest().to_vec(),
        })
    }

    fn encode(&self) -> Vec<u8> {
        let first = (self.coding.code() & 3) << 5 | self.location.code() & 0x0f;
        let mut out = Vec::new();
        match self.recommendation {
            None => out.push(first | 0x80),
            Some(recommendation) => out.extend_from_slice(&[first, recommendation | 0x80]),
        }
        out.push(self.value.0 | 0x80);
        out.extend_from_slice(&self.diagnostics);
        out
    }
}
