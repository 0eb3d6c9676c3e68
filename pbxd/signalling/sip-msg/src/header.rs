// SPDX-License-Identifier: MIT OR Apache-2.0
//! Header names, their compact forms, and whether a header is a list.

/// How many values a header may have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arity {
    /// One value; a second field is an error wherever the header matters.
    One,
    /// A comma-separated list, which may be spread over several fields.
    Many,
    /// Several fields, but commas belong to the value (credentials, opaque text).
    Repeated,
}

macro_rules! headers {
    ($($variant:ident $name:literal $compact:literal $arity:ident,)*) => {
        /// A header this crate knows by name. All others are reached by their text, see
        /// [`Message::named`](crate::Message::named).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Header {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        const TABLE: &[(Header, &str, &str, Arity)] =
            &[$((Header::$variant, $name, $compact, Arity::$arity),)*];

        impl Header {
            /// The name as it is usually written.
            pub const fn name(self) -> &'static str {
                match self { $(Header::$variant => $name,)* }
            }

            const fn arity(self) -> Arity {
                match self { $(Header::$variant => Arity::$arity,)* }
            }
        }
    };
}

headers! {
    Via "Via" "v" Many,
    From "From" "f" One,
    To "To" "t" One,
    CallId "Call-ID" "i" One,
    CSeq "CSeq" "" One,
    MaxForwards "Max-Forwards" "" One,
    Contact "Contact" "m" Many,
    Route "Route" "" Many,
    RecordRoute "Record-Route" "" Many,
    ContentLength "Content-Length" "l" One,
    ContentType "Content-Type" "c" One,
    ContentEncoding "Content-Encoding" "e" Many,
    ContentDisposition "Content-Disposition" "" One,
    Allow "Allow" "" Many,
    AllowEvents "Allow-Events" "u" Many,
    Accept "Accept" "" Many,
    AcceptEncoding "Accept-Encoding" "" Many,
    AcceptLanguage "Accept-Language" "" Many,
    Supported "Supported" "k" Many,
    Require "Require" "" Many,
    ProxyRequire "Proxy-Require" "" Many,
    Unsupported "Unsupported" "" Many,
    Expires "Expires" "" One,
    MinExpires "Min-Expires" "" One,
    RetryAfter "Retry-After" "" One,
    Reason "Reason" "" Many,
    Warning "Warning" "" Many,
    UserAgent "User-Agent" "" One,
    Server "Server" "" One,
    Subject "Subject" "s" One,
    Date "Date" "" One,
    Timestamp "Timestamp" "" One,
    Event "Event" "o" One,
    SubscriptionState "Subscription-State" "" One,
    ReferTo "Refer-To" "r" One,
    ReferredBy "Referred-By" "b" One,
    Replaces "Replaces" "" One,
    SessionExpires "Session-Expires" "x" One,
    MinSe "Min-SE" "" One,
    RSeq "RSeq" "" One,
    RAck "RAck" "" One,
    PAssertedIdentity "P-Asserted-Identity" "" Many,
    PPreferredIdentity "P-Preferred-Identity" "" Many,
    PEarlyMedia "P-Early-Media" "" Many,
    Privacy "Privacy" "" One,
    Diversion "Diversion" "" Many,
    HistoryInfo "History-Info" "" Many,
    RemotePartyId "Remote-Party-ID" "" Many,
    Authorization "Authorization" "" Repeated,
    ProxyAuthorization "Proxy-Authorization" "" Repeated,
    WwwAuthenticate "WWW-Authenticate" "" Repeated,
    ProxyAuthenticate "Proxy-Authenticate" "" Repeated,
    AuthenticationInfo "Authentication-Info" "" Many,
    MimeVersion "MIME-Version" "" One,
    Path "Path" "" Many,
    ServiceRoute "Service-Route" "" Many,
}

impl Header {
    /// Every known header.
    pub fn all() -> impl Iterator<Item = Header> {
        TABLE.iter().map(|row| row.0)
    }

    /// Looks a name up, long or compact, in any case.
    pub fn from_name(name: &str) -> Option<Header> {
        // The compact names all have one letter, the long ones more.
        TABLE
            .iter()
            .find(|(_, long, compact, _)| {
                if name.len() == 1 {
                    compact.eq_ignore_ascii_case(name)
                } else {
                    long.eq_ignore_ascii_case(name)
                }
            })
            .map(|row| row.0)
    }

    /// The one-letter form, if there is one.
    pub fn compact(self) -> Option<&'static str> {
        TABLE
            .iter()
            .find(|row| row.0 == self)
            .map(|row| row.2)
            .filter(|c| !c.is_empty())
    }

    /// Whether the value is a comma-separated list that may be spread over several fields.
    pub fn is_list(self) -> bool {
        self.arity() == Arity::Many
    }

    /// Whether a second field of this name is an error.
    pub fn is_single(self) -> bool {
        self.arity() == Arity::One
    }
}
