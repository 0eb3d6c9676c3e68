// SPDX-License-Identifier: MIT OR Apache-2.0
//! Message types.

macro_rules! kinds {
    ($($variant:ident = $value:literal, $text:literal;)*) => {
        /// A message type.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum MessageType {
            $(#[doc = $text] $variant,)*
            /// A type without a name here.
            Other(u8),
        }

        impl MessageType {
            /// Every type with a name.
            pub const NAMED: &'static [MessageType] = &[$(MessageType::$variant,)*];

            /// From the code.
            pub const fn from_code(code: u8) -> Self {
                match code {
                    $($value => MessageType::$variant,)*
                    other => MessageType::Other(other),
                }
            }

            /// The code.
            pub const fn code(self) -> u8 {
                match self {
                    $(MessageType::$variant => $value,)*
                    MessageType::Other(other) => other,
                }
            }

            /// The name as the standard writes it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(MessageType::$variant => $text,)*
                    MessageType::Other(_) => "unknown message",
                }
            }
        }
    };
}

kinds! {
    Alerting = 0x01, "ALERTING";
    CallProceeding = 0x02, "CALL PROCEEDING";
    Progress = 0x03, "PROGRESS";
    Setup = 0x05, "SETUP";
    Connect = 0x07, "CONNECT";
    SetupAcknowledge = 0x0d, "SETUP ACKNOWLEDGE";
    ConnectAcknowledge = 0x0f, "CONNECT ACKNOWLEDGE";
    UserInformation = 0x20, "USER INFORMATION";
    SuspendReject = 0x21, "SUSPEND REJECT";
    ResumeReject = 0x22, "RESUME REJECT";
    Hold = 0x24, "HOLD";
    Suspend = 0x25, "SUSPEND";
    Resume = 0x26, "RESUME";
    HoldAcknowledge = 0x28, "HOLD ACKNOWLEDGE";
    SuspendAcknowledge = 0x2d, "SUSPEND ACKNOWLEDGE";
    ResumeAcknowledge = 0x2e, "RESUME ACKNOWLEDGE";
    HoldReject = 0x30, "HOLD REJECT";
    Retrieve = 0x31, "RETRIEVE";
    RetrieveAcknowledge = 0x33, "RETRIEVE ACKNOWLEDGE";
    RetrieveReject = 0x37, "RETRIEVE REJECT";
    Disconnect = 0x45, "DISCONNECT";
    Restart = 0x46, "RESTART";
    Release = 0x4d, "RELEASE";
    RestartAcknowledge = 0x4e, "RESTART ACKNOWLEDGE";
    ReleaseComplete = 0x5a, "RELEASE COMPLETE";
    Segment = 0x60, "SEGMENT";
    Facility = 0x62, "FACILITY";
    Register = 0x64, "REGISTER";
    Notify = 0x6e, "NOTIFY";
    StatusEnquiry = 0x75, "STATUS ENQUIRY";
    CongestionControl = 0x79, "CONGESTION CONTROL";
    Information = 0x7b, "INFORMATION";
    Status = 0x7d, "STATUS";
}

impl core::fmt::Display for MessageType {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            MessageType::Other(code) => write!(f, "unknown message {code:#04x}"),
            known => f.write_str(known.name()),
        }
    }
}
