// SPDX-License-Identifier: MIT OR Apache-2.0
//! Progress indicator.

use crate::codec::{CodingStandard, Content, DecodeError, Location, Reader, coded};

coded! {
    /// What a progress indicator says.
    ProgressDescription {
        /// 1: the call is not end-to-end ISDN; more progress information may be in-band.
        NotEndToEndIsdn = 1,
        /// 2: the destination is not ISDN.
        DestinationNotIsdn = 2,
        /// 3: the origination is not ISDN.
        OriginNotIsdn = 3,
        /// 4: the call has returned to the ISDN.
        ReturnedToIsdn = 4,
        /// 5: interworking changed the telecommunication service.
        ServiceChange = 5,
        /// 8: in-band information or an appropriate pattern is now available.
        InBand = 8,
    }
}

/// The progress indicator element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgressIndicator {
    /// Whose coding.
    pub coding: CodingStandard,
    /// Where it arose.
    pub location: Location,
    /// What it says.
    pub description: ProgressDescription,
}

impl ProgressIndicator {
    /// In the ITU-T coding.
    pub const fn new(location: Location, description: ProgressDescription) -> Self {
        ProgressIndicator {
            coding: CodingStandard::Itu,
            location,
            description,
        }
    }

    /// Whether the B channel may carry tones or announcements from here on: descriptions 1 and 8.
    pub const fn in_band(&self) -> bool {
        matches!(
            self.description,
            ProgressDescription::NotEndToEndIsdn | ProgressDescription::InBand
        )
    }
}

impl Content for ProgressIndicator {
    const ID: u8 = super::id::PROGRESS_INDICATOR;
    const NAME: &'static str = "progress indicator";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(Self::NAME, contents);
        let first = reader.octet("location")?;
        let second = reader.octet("progress description")?;
        reader.end()?;
        Ok(ProgressIndicator {
            coding: CodingStandard::from_code(first >> 5 & 3),
            location: Location::from_code(first & 0x0f),
            description: ProgressDescription::from_code(second & 0x7f),
        })
    }

    fn encode(&self) -> Vec<u8> {
        vec![
            0x80 | (self.coding.code() & 3) << 5 | self.location.code() & 0x0f,
            0x80 | self.description.code() & 0x7f,
        ]
    }
}
