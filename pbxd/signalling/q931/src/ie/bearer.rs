// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bearer capability.

use crate::codec::{CodingStandard, Content, DecodeError, Reader, coded};

coded! {
    /// Information transfer capability.
    Capability {
        /// Speech.
        Speech = 0x00,
        /// Unrestricted digital information.
        UnrestrictedDigital = 0x08,
        /// Restricted digital information.
        RestrictedDigital = 0x09,
        /// 3.1 kHz audio.
        Audio3k1 = 0x10,
        /// Unrestricted digital information with tones and announcements (once 7 kHz audio).
        DigitalWithTones = 0x11,
        /// Video.
        Video = 0x18,
    }
}

coded! {
    /// User information layer 1 protocol.
    Layer1Protocol {
        /// V.110 rate adaption.
        V110 = 0x01,
        /// G.711 µ-law.
        MuLaw = 0x02,
        /// G.711 A-law.
        ALaw = 0x03,
        /// G.721 ADPCM.
        G721 = 0x04,
        /// H.221 and H.242.
        H221 = 0x05,
        /// Rate adaption that is not standardised.
        NonItu = 0x07,
        /// V.120 rate adaption.
        V120 = 0x08,
        /// X.31 HDLC flag stuffing.
        X31 = 0x09,
    }
}

/// Layer 1 of the user information.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer1 {
    /// The protocol.
    pub protocol: Layer1Protocol,
    /// Octets 5a to 5d as they stand on the line; empty for speech.
    pub parameters: Vec<u8>,
}

/// What a call needs of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// Whose coding.
    pub coding: CodingStandard,
    /// Speech, audio or data.
    pub capability: Capability,
    /// Transfer mode, 0 circuit, 2 packet.
    pub mode: u8,
    /// Transfer rate, 0x10 64 kbit/s, 0x18 multirate.
    pub rate: u8,
    /// What octet 4 is extended by: the rate multiplier with multirate.
    pub rate_extension: Vec<u8>,
    /// Layer 1.
    pub layer1: Option<Layer1>,
    /// Layers 2 and 3 as they stand on the line.
    pub layers2and3: Vec<u8>,
}

impl Bearer {
    /// Circuit mode at 64 kbit/s.
    pub fn circuit64(capability: Capability, protocol: Option<Layer1Protocol>) -> Self {
        Bearer {
            coding: CodingStandard::Itu,
            capability,
            mode: 0,
            rate: 0x10,
            rate_extension: Vec::new(),
            layer1: protocol.map(|protocol| Layer1 {
                protocol,
                parameters: Vec::new(),
            }),
            layers2and3: Vec::new(),
        }
    }

    /// Speech in A-law, the usual call on an E1.
    pub fn speech_alaw() -> Self {
        Self::circuit64(Capability::Speech, Some(Layer1Protocol::ALaw))
    }

    /// 3.1 kHz audio in A-law.
    pub fn audio_alaw() -> Self {
        Self::circuit64(Capability::Audio3k1, Some(Layer1Protocol::ALaw))
    }

    /// Unrestricted digital information.
    pub fn data64() -> Self {
        Self::circuit64(Capability::UnrestrictedDigital, None)
    }
}

impl Content for Bearer {
    const ID: u8 = super::id::BEARER_CAPABILITY;
    const NAME: &'static str = "bearer capability";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(Self::NAME, contents);
        let capability = reader.octet("transfer capability")?;
        if capability & 0x80 == 0 {
            return Err(reader.value(capability, "octet 3 with its extension bit set"));
        }
        let rate = reader.octet("transfer rate")?;
        let mut rate_extension = Vec::new();
        if rate & 0x80 == 0 {
            rate_extension.extend_from_slice(reader.group("octet 4a")?);
        } else if rate & 0x1f == 0x18 {
            rate_extension.push(reader.octet("rate multiplier")?);
        }
        let layer1 = match reader.peek() {
            Some(octet) if octet & 0x60 == 0x20 => {
                let group = reader.group("octet 5a")?;
                let (first, parameters) = group.split_first().unwrap_or((&octet, &[]));
                Some(Layer1 {
                    protocol: Layer1Protocol::from_code(first & 0x1f),
                    parameters: parameters.to_vec(),
                })
            }
            _ => None,
        };
        if let Some(octet) = reader.peek().filter(|o| o & 0x60 < 0x40) {
            return Err(reader.value(octet, "layer 2 or layer 3"));
        }
        Ok(Bearer {
            coding: CodingStandard::from_code(capability >> 5 & 3),
            capability: Capability::from_code(capability & 0x1f),
            mode: rate >> 5 & 3,
            rate: rate & 0x1f,
            rate_extension,
            layer1,
            layers2and3: reader.rest().to_vec(),
        })
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = vec![0x80 | (self.coding.code() & 3) << 5 | self.capability.code() & 0x1f];
        let rate = (self.mode & 3) << 5 | self.rate & 0x1f;
        // The rate multiplier is an octet of its own, and no extension of octet 4.
        let multiplier = usize::from(self.rate == 0x18);
        let extended = self.rate_extension.len() > multiplier;
        out.push(if extended { rate } else { rate | 0x80 });
        out.extend_from_slice(&self.rate_extension);
        if let Some(layer1) = &self.layer1 {
            let first = 0x20 | layer1.protocol.code() & 0x1f;
            let extended = !layer1.parameters.is_empty();
            out.push(if extended { first } else { first | 0x80 });
            out.extend_from_slice(&layer1.parameters);
        }
        out.extend_from_slice(&self.layers2and3);
        out
    }
}
