// SPDX-License-Identifier: MIT OR Apache-2.0
//! The elements with little structure.

use crate::codec::{CodingStandard, Content, DecodeError, Reader, coded};

/// Call state: what STATUS reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallStateElement {
    /// Whose coding.
    pub coding: CodingStandard,
    /// The state's number, 0 to 63; with the global call reference 0, 61 or 62.
    pub value: u8,
}

impl Content for CallStateElement {
    const ID: u8 = super::id::CALL_STATE;
    const NAME: &'static str = "call state";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(Self::NAME, contents);
        let octet = reader.octet("call state")?;
        reader.end()?;
        Ok(CallStateElement {
            coding: CodingStandard::from_code(octet >> 6),
            value: octet & 0x3f,
        })
    }

    fn encode(&self) -> Vec<u8> {
        vec![(self.coding.code() & 3) << 6 | self.value & 0x3f]
    }
}

coded! {
    /// What RESTART restarts.
    RestartClass {
        /// The channels in the channel identification.
        Channels = 0,
        /// One interface: the one named, or the one of the D channel.
        Interface = 6,
        /// All interfaces that the D channel controls.
        AllInterfaces = 7,
    }
}

/// Restart indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestartIndicator(pub RestartClass);

impl Content for RestartIndicator {
    const ID: u8 = super::id::RESTART_INDICATOR;
    const NAME: &'static str = "restart indicator";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(Self::NAME, contents);
        let octet = reader.octet("class")?;
        reader.end()?;
        match RestartClass::from_code(octet & 7) {
            RestartClass::Other(_) => Err(reader.value(octet, "class 0, 6 or 7")),
            class => Ok(RestartIndicator(class)),
        }
    }

    fn encode(&self) -> Vec<u8> {
        vec![0x80 | self.0.code() & 7]
    }
}

/// Notification indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Description: 0 user suspended, 1 user resumed, 2 bearer service change, others by
    /// supplementary services.
    pub description: u8,
    /// The description is extended by the first octets of `rest`.
    pub extended: bool,
    /// What follows the description, as it stands on the line.
    pub rest: Vec<u8>,
}

impl Content for Notification {
    const ID: u8 = super::id::NOTIFICATION_INDICATOR;
    const NAME: &'static str = "notification indicator";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(Self::NAME, contents);
        let first = reader.octet("notification description")?;
        let extended = first & 0x80 == 0;
        if extended {
            reader.clone().group("extended notification description")?;
        }
        Ok(Notification {
            description: first & 0x7f,
            extended,
            rest: reader.rest().to_vec(),
        })
    }

    fn encode(&self) -> Vec<u8> {
        let last = if self.extended { 0 } else { 0x80 };
        let mut out = vec![last | self.description & 0x7f];
        out.extend_from_slice(&self.rest);
        out
    }
}

/// Date and time, fields as on the line (year modulo 100).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTime {
    /// Year modulo 100.
    pub year: u8,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day, 1 to 31.
    pub day: u8,
    /// Hour, minute and second, as many of them as are given.
    pub time: Vec<u8>,
}

impl Content for DateTime {
    const ID: u8 = super::id::DATE_TIME;
    const NAME: &'static str = "date/time";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(Self::NAME, contents);
        let year = reader.octet("year")?;
        let month = reader.octet("month")?;
        let day = reader.octet("day")?;
        let mut time = Vec::new();
        while time.len() < 3 && reader.peek().is_some() {
            time.push(reader.octet("time")?);
        }
        reader.end()?;
        Ok(DateTime {
            year,
            month,
            day,
            time,
        })
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = vec![self.year, self.month, self.day];
        out.extend(self.time.iter().take(3));
        out
    }
}

/// Keypad facility: digits in IA5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keypad(pub String);

impl Content for Keypad {
    const ID: u8 = super::id::KEYPAD_FACILITY;
    const NAME: &'static str = "keypad facility";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        Reader::new(Self::NAME, contents).text().map(Keypad)
    }

    fn encode(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }
}

macro_rules! opaque {
    ($(#[$doc:meta])* $name:ident, $id:ident, $text:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub Vec<u8>);

        impl Content for $name {
            const ID: u8 = super::id::$id;
            const NAME: &'static str = $text;

            fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
                Ok($name(contents.to_vec()))
            }

            fn encode(&self) -> Vec<u8> {
                self.0.clone()
            }
        }
    };
}

opaque! {
    /// Display: text for people, its character set a matter of the network.
    Display, DISPLAY, "display"
}
opaque! {
    /// Facility: supplementary service components, not looked into.
    Facility, FACILITY, "facility"
}

/// User-user information.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserUser {
    /// Protocol discriminator (4 IA5 characters).
    pub protocol: u8,
    /// The information.
    pub information: Vec<u8>,
}

impl Content for UserUser {
    const ID: u8 = super::id::USER_USER;
    const NAME: &'static str = "user-user";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(Self::NAME, contents);
        Ok(UserUser {
            protocol: reader.octet("protocol discriminator")?,
            information: reader.rest().to_vec(),
        })
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = vec![self.protocol];
        out.extend_from_slice(&self.information);
        out
    }
}
