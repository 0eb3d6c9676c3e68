// SPDX-License-Identifier: MIT OR Apache-2.0
//! Method names. They are case-sensitive.

use core::fmt;

use crate::chars::is_token_str;

macro_rules! methods {
    ($($variant:ident $text:literal $doc:literal,)*) => {
        /// A SIP method.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Method {
            $(#[doc = $doc] $variant,)*
            /// A method this crate has no name for. Always a `token`; made by
            /// [`Method::parse`], which never puts a known name here.
            Other(Box<str>),
        }

        impl Method {
            /// Every method with a variant of its own.
            pub const KNOWN: &'static [Method] = &[$(Method::$variant,)*];

            /// The name as it stands on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Method::$variant => $text,)*
                    Method::Other(name) => name,
                }
            }

            /// Reads a method name.
            ///
            /// # Errors
            /// [`BadMethod`] if the text is not a token.
            pub fn parse(text: &str) -> Result<Self, BadMethod> {
                match text {
                    $($text => Ok(Method::$variant),)*
                    other if is_token_str(other) => Ok(Method::Other(other.into())),
                    _ => Err(BadMethod),
                }
            }
        }
    };
}

methods! {
    Invite "INVITE" "Sets up or changes a session (RFC 3261).",
    Ack "ACK" "Confirms the final response to an INVITE (RFC 3261).",
    Bye "BYE" "Ends a session (RFC 3261).",
    Cancel "CANCEL" "Gives up a pending INVITE (RFC 3261).",
    Options "OPTIONS" "Asks for capabilities (RFC 3261).",
    Register "REGISTER" "Binds contacts (RFC 3261).",
    Prack "PRACK" "Acknowledges a provisional response (RFC 3262).",
    Subscribe "SUBSCRIBE" "Asks for event state (RFC 6665).",
    Notify "NOTIFY" "Reports event state (RFC 6665).",
    Publish "PUBLISH" "Publishes event state (RFC 3903).",
    Info "INFO" "Carries application data in a dialog (RFC 6086).",
    Refer "REFER" "Asks the peer to call someone (RFC 3515).",
    Message "MESSAGE" "Carries an instant message (RFC 3428).",
    Update "UPDATE" "Changes a session before or after its answer (RFC 3311).",
}

/// The text is not a method name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a method name: expected a token")]
pub struct BadMethod;

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
