// SPDX-License-Identifier: MIT OR Apache-2.0
//! Numbers and subaddresses of the parties.

use crate::codec::{Content, DecodeError, Reader, coded};

coded! {
    /// Type of number.
    TypeOfNumber {
        /// Unknown.
        Unknown = 0,
        /// International.
        International = 1,
        /// National.
        National = 2,
        /// Network specific.
        NetworkSpecific = 3,
        /// Subscriber.
        Subscriber = 4,
        /// Abbreviated.
        Abbreviated = 6,
    }
}

coded! {
    /// Numbering plan.
    NumberingPlan {
        /// Unknown.
        Unknown = 0,
        /// E.164 (ISDN and telephony).
        Isdn = 1,
        /// X.121 (data).
        Data = 3,
        /// F.69 (telex).
        Telex = 4,
        /// National standard.
        National = 8,
        /// Private.
        Private = 9,
    }
}

coded! {
    /// Whether a number may be shown.
    Presentation {
        /// It may.
        Allowed = 0,
        /// It may not.
        Restricted = 1,
        /// There is none, because of interworking.
        NotAvailable = 2,
    }
}

coded! {
    /// Who vouches for a number.
    Screening {
        /// Given by the user, not screened.
        UserNotScreened = 0,
        /// Given by the user, verified and passed.
        UserVerified = 1,
        /// Given by the user, verified and failed.
        UserFailed = 2,
        /// Given by the network.
        Network = 3,
    }
}

coded! {
    /// Why a call was redirected.
    RedirectionReason {
        /// Unknown.
        Unknown = 0,
        /// Call forwarding busy.
        Busy = 1,
        /// Call forwarding no reply.
        NoReply = 2,
        /// Call deflection.
        Deflection = 4,
        /// Called terminal out of order.
        OutOfOrder = 9,
        /// Call forwarding by the called terminal.
        ByTerminal = 10,
        /// Call forwarding unconditional.
        Unconditional = 15,
    }
}

/// A number with what may be done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyNumber {
    /// Type of number.
    pub type_of_number: TypeOfNumber,
    /// Numbering plan.
    pub plan: NumberingPlan,
    /// Presentation and screening; `None` where the octet is absent (which means presentation
    /// allowed, user-provided and not screened).
    pub shown: Option<(Presentation, Screening)>,
    /// The digits in IA5.
    pub digits: String,
}

impl PartyNumber {
    /// A number of unknown type in the ISDN plan, presentation allowed.
    pub fn new(digits: &str) -> Self {
        PartyNumber {
            type_of_number: TypeOfNumber::Unknown,
            plan: NumberingPlan::Isdn,
            shown: Some((Presentation::Allowed, Screening::UserNotScreened)),
            digits: digits.to_owned(),
        }
    }

    /// The presentation that holds, given or by default.
    pub fn presentation(&self) -> Presentation {
        self.shown.map_or(Presentation::Allowed, |shown| shown.0)
    }

    /// The screening that holds, given or by default.
    pub fn screening(&self) -> Screening {
        self.shown
            .map_or(Screening::UserNotScreened, |shown| shown.1)
    }

    fn decode(reader: &mut Reader<'_>) -> Result<(Self, Option<RedirectionReason>), DecodeError> {
        let group = reader.group("type of number")?;
        let (&first, rest) = group.split_first().unwrap_or((&0, &[]));
        let shown = rest.first().map(|octet| {
            (
                Presentation::from_code(octet >> 5 & 3),
                Screening::from_code(octet & 3),
            )
        });
        let reason = rest
            .get(1)
            .map(|octet| RedirectionReason::from_code(octet & 0x0f));
        Ok((
            PartyNumber {
                type_of_number: TypeOfNumber::from_code(first >> 4 & 7),
                plan: NumberingPlan::from_code(first & 0x0f),
                shown,
                digits: reader.text()?,
            },
            reason,
        ))
    }

    fn encode(&self, reason: Option<RedirectionReason>) -> Vec<u8> {
        let mut group = vec![type_and_plan(self.type_of_number, self.plan)];
        let shown = self
            .shown
            .or(reason.map(|_| (self.presentation(), self.screening())));
        if let Some((presentation, screening)) = shown {
            group.push((presentation.code() & 3) << 5 | screening.code() & 3);
        }
        if let Some(reason) = reason {
            group.push(reason.code() & 0x0f);
        }
        if let Some(last) = group.last_mut() {
            *last |= 0x80;
        }
        group.extend_from_slice(self.digits.as_bytes());
        group
    }
}

fn type_and_plan(type_of_number: TypeOfNumber, plan: NumberingPlan) -> u8 {
    (type_of_number.code() & 7) << 4 | plan.code() & 0x0f
}

/// Called party number, or as many of its digits as are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalledNumber {
    /// Type of number.
    pub type_of_number: TypeOfNumber,
    /// Numbering plan.
    pub plan: NumberingPlan,
    /// The digits in IA5.
    pub digits: String,
}

impl CalledNumber {
    /// A number of unknown type in the ISDN plan.
    pub fn new(digits: &str) -> Self {
        CalledNumber {
            type_of_number: TypeOfNumber::Unknown,
            plan: NumberingPlan::Isdn,
            digits: digits.to_owned(),
        }
    }
}

impl Content for CalledNumber {
    const ID: u8 = super::id::CALLED_NUMBER;
    const NAME: &'static str = "called party number";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(Self::NAME, contents);
        let first = reader.octet("type of number")?;
        if first & 0x80 == 0 {
            return Err(reader.value(first, "octet 3 with its extension bit set"));
        }
        Ok(CalledNumber {
            type_of_number: TypeOfNumber::from_code(first >> 4 & 7),
            plan: NumberingPlan::from_code(first & 0x0f),
            digits: reader.text()?,
        })
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = vec![0x80 | type_and_plan(self.type_of_number, self.plan)];
        out.extend_from_slice(self.digits.as_bytes());
        out
    }
}

macro_rules! party {
    ($(#[$doc:meta])* $name:ident, $id:ident, $text:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub PartyNumber);

        impl Content for $name {
            const ID: u8 = super::id::$id;
            const NAME: &'static str = $text;

            fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
                let mut reader = Reader::new(Self::NAME, contents);
                PartyNumber::decode(&mut reader).map(|(number, _)| $name(number))
            }

            fn encode(&self) -> Vec<u8> {
                self.0.encode(None)
            }
        }
    };
}

party! {
    /// Calling party number.
    CallingNumber, CALLING_NUMBER, "calling party number"
}
party! {
    /// Connected number.
    ConnectedNumber, CONNECTED_NUMBER, "connected number"
}

/// Redirecting number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectingNumber {
    /// The number that redirected.
    pub number: PartyNumber,
    /// Why, where it is said.
    pub reason: Option<RedirectionReason>,
}

impl Content for RedirectingNumber {
    const ID: u8 = super::id::REDIRECTING_NUMBER;
    const NAME: &'static str = "redirecting number";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(Self::NAME, contents);
        let (number, reason) = PartyNumber::decode(&mut reader)?;
        Ok(RedirectingNumber { number, reason })
    }

    fn encode(&self) -> Vec<u8> {
        self.number.encode(self.reason)
    }
}

/// A subaddress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subaddress {
    /// 0 NSAP, 2 user specified.
    pub kind: u8,
    /// With BCD: the number of address signals is odd.
    pub odd: bool,
    /// The information, as it stands on the line.
    pub information: Vec<u8>,
}

macro_rules! subaddress {
    ($(#[$doc:meta])* $name:ident, $id:ident, $text:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub Subaddress);

        impl Content for $name {
            const ID: u8 = super::id::$id;
            const NAME: &'static str = $text;

            fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
                let mut reader = Reader::new(Self::NAME, contents);
                let first = reader.octet("type of subaddress")?;
                if first & 0x80 == 0 {
                    return Err(reader.value(first, "octet 3 with its extension bit set"));
                }
                Ok($name(Subaddress {
                    kind: first >> 4 & 7,
                    odd: first & 8 != 0,
                    information: reader.rest().to_vec(),
                }))
            }

            fn encode(&self) -> Vec<u8> {
                let odd = if self.0.odd { 8 } else { 0 };
                let mut out = vec![0x80 | (self.0.kind & 7) << 4 | odd];
                out.extend_from_slice(&self.0.information);
                out
            }
        }
    };
}

subaddress! {
    /// Called party subaddress.
    CalledSubaddress, CALLED_SUBADDRESS, "called party subaddress"
}
subaddress! {
    /// Calling party subaddress.
    CallingSubaddress, CALLING_SUBADDRESS, "calling party subaddress"
}
subaddress! {
    /// Connected subaddress.
    ConnectedSubaddress, CONNECTED_SUBADDRESS, "connected subaddress"
}
