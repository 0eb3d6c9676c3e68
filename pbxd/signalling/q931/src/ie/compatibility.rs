// SPDX-License-Identifier: MIT OR Apache-2.0
//! High and low layer compatibility.

use crate::codec::{CodingStandard, Content, DecodeError, Reader};

/// What the terminals are to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HighLayerCompatibility {
    /// Whose coding.
    pub coding: CodingStandard,
    /// Interpretation, 4 first (or only) characteristics.
    pub interpretation: u8,
    /// Presentation method, 1 the high layer profile.
    pub method: u8,
    /// High layer characteristics: 1 telephony, 4 facsimile group 2/3.
    pub characteristics: u8,
    /// Extended characteristics, where given.
    pub extended: Option<u8>,
}

impl Content for HighLayerCompatibility {
    const ID: u8 = super::id::HIGH_LAYER_COMPATIBILITY;
    const NAME: &'static str = "high layer compatibility";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(Self::NAME, contents);
        let first = reader.octet("interpretation")?;
        let second = reader.octet("high layer characteristics")?;
        let extended = if second & 0x80 == 0 {
            Some(reader.octet("extended characteristics")? & 0x7f)
        } else {
            None
        };
        reader.end()?;
        Ok(HighLayerCompatibility {
            coding: CodingStandard::from_code(first >> 5 & 3),
            interpretation: first >> 2 & 7,
            method: first & 3,
            characteristics: second & 0x7f,
            extended,
        })
    }

    fn encode(&self) -> Vec<u8> {
        let first = 0x80 | (self.coding.code() & 3) << 5;
        let mut out = vec![first | (self.interpretation & 7) << 2 | self.method & 3];
        match self.extended {
            None => out.push(0x80 | self.characteristics),
            Some(extended) => {
                out.extend_from_slice(&[self.characteristics & 0x7f, 0x80 | extended]);
            }
        }
        out
    }
}

/// What the terminals' lower layers are, passed through as it stands on the line (its layout is that
/// of the bearer capability with octets for negotiation).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LowLayerCompatibility {
    /// The contents, at least two octets.
    pub octets: Vec<u8>,
}

impl Content for LowLayerCompatibility {
    const ID: u8 = super::id::LOW_LAYER_COMPATIBILITY;
    const NAME: &'static str = "low layer compatibility";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(Self::NAME, contents);
        reader.group("transfer capability")?;
        reader.octet("transfer rate")?;
        Ok(LowLayerCompatibility {
            octets: contents.to_vec(),
        })
    }

    fn encode(&self) -> Vec<u8> {
        self.octets.clone()
    }
}
