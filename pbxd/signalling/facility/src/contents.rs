// SPDX-License-Identifier: MIT OR Apache-2.0
//! The contents of a Facility information element (Q.932, ECMA-165; ASN.1 read, clauses not checked).

use crate::address::PartyNumber;
use crate::ber::schema::{enumerated, sequence};
use crate::ber::{Asn1, Element, Reader, Tag, Writer};
use crate::component::Component;
use crate::error::{Error, Fault, ValueError};

/// Octets that the contents of one information element of codeset 0 may have.
pub const MAX_CONTENTS: usize = 255;

/// Components that are read from one element.
pub const MAX_COMPONENTS: usize = 16;

/// The protocol profile in the first octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Remote operations (octet 0x91).
    Rose,
    /// Networking extensions, which remote operations may follow (octet 0x9F).
    NetworkingExtensions,
}

impl Profile {
    const fn octet(self) -> u8 {
        match self {
            Profile::Rose => 0x91,
            Profile::NetworkingExtensions => 0x9F,
        }
    }
}

enumerated! {
    /// Which exchange an entity is.
    EntityType ENUMERATED {
        /// The one at the end.
        EndPinx = 0;
        /// Any.
        AnyPinx = 1;
    }
}

enumerated! {
    /// What to do with invocations that are not recognised.
    Interpretation ENUMERATED {
        /// Ignore them.
        Discard = 0;
        /// Clear the call.
        ClearCall = 1;
        /// Reject them; also what holds if nothing is said.
        Reject = 2;
    }
}

sequence! {
    /// Network facility extension: from which exchange to which.
    NetworkExtension {
        /// Which exchange it is from.
        source: EntityType => req imp 0;
        /// That exchange's number.
        source_address: PartyNumber => opt exp 1;
        /// Which exchange it is for.
        destination: EntityType => req imp 2;
        /// That exchange's number.
        destination_address: PartyNumber => opt exp 3;
    }
}

impl NetworkExtension {
    /// From end to end.
    #[must_use]
    pub fn end_to_end() -> Self {
        NetworkExtension {
            source: EntityType::EndPinx,
            source_address: None,
            destination: EntityType::EndPinx,
            destination_address: None,
            more: crate::ber::More::default(),
        }
    }
}

/// The contents of a Facility information element, from its protocol profile on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The protocol profile.
    pub profile: Profile,
    /// Network facility extension.
    pub extension: Option<NetworkExtension>,
    /// Network protocol profile: what protocol follows, if not remote operations.
    pub network_profile: Option<u8>,
    /// What to do with invocations that are not recognised.
    pub interpretation: Option<Interpretation>,
    /// The components.
    pub components: Vec<Component>,
}

/// A component that cannot be read, beside others that can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadComponent {
    /// Its invoke identifier, if that can be read.
    pub id: Option<i16>,
    /// Whether it is an element of another kind than components are.
    pub unrecognized: bool,
    /// Whether it is itself a Reject, which is never answered.
    pub is_reject: bool,
    /// What is wrong.
    pub error: Error,
}

/// What [`Contents::decode`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// What could be read.
    pub contents: Contents,
    /// Components that could not be.
    pub bad: Vec<BadComponent>,
}

const EXTENSION: Tag = Tag::context(10);
const INTERPRETATION: Tag = Tag::context(11);
const NETWORK_PROFILE: Tag = Tag::context(18);

impl Contents {
    /// Components of the profile that ETSI's services have.
    #[must_use]
    pub fn rose(components: Vec<Component>) -> Self {
        Contents {
            profile: Profile::Rose,
            extension: None,
            network_profile: None,
            interpretation: None,
            components,
        }
    }

    /// The octets of the element's contents.
    ///
    /// # Errors
    /// They do not fit into one element.
    pub fn encode(&self) -> Result<Vec<u8>, ValueError> {
        let mut writer = Writer::new();
        writer.raw(&[self.profile.octet()]);
        if let Some(extension) = &self.extension {
            extension.write(&mut writer, Some(EXTENSION));
        }
        if let Some(profile) = self.network_profile {
            profile.write(&mut writer, Some(NETWORK_PROFILE));
        }
        if let Some(interpretation) = self.interpretation {
            interpretation.write(&mut writer, Some(INTERPRETATION));
        }
        for component in &self.components {
            component.write(&mut writer);
        }
        let octets = writer.finish();
        if octets.len() > MAX_CONTENTS {
            return Err(ValueError::TooLong {
                length: octets.len(),
                most: MAX_CONTENTS,
            });
        }
        Ok(octets)
    }

    /// Reads the contents of a Facility information element. A component that is wrong inside does
    /// not hide its neighbours.
    ///
    /// # Errors
    /// Another protocol profile, or elements that are cut short.
    pub fn decode(octets: &[u8]) -> Result<Decoded, Error> {
        let (profile, rest) = profile(octets)?;
        let mut decoded = Decoded {
            contents: Contents {
                profile,
                ..Contents::rose(Vec::new())
            },
            bad: Vec::new(),
        };
        let mut reader = Reader::new(rest);
        let mut count = 0;
        while let Some(element) = reader.read("Facility")? {
            count += 1;
            if count > MAX_COMPONENTS {
                let most = MAX_COMPONENTS;
                return Err(element.error("Facility", Fault::Long { most }));
            }
            decoded.element(&element)?;
        }
        Ok(decoded)
    }
}

impl Decoded {
    fn element(&mut self, element: &Element<'_>) -> Result<(), Error> {
        let contents = &mut self.contents;
        match element.tag {
            EXTENSION => contents.extension = Some(NetworkExtension::read(element)?),
            NETWORK_PROFILE => contents.network_profile = Some(u8::read(element)?),
            INTERPRETATION => contents.interpretation = Some(Interpretation::read(element)?),
            tag => match Component::read(element) {
                Ok(component) => contents.components.push(component),
                Err(error) => self.bad.push(BadComponent {
                    id: Component::identifier(element),
                    unrecognized: !Component::accepts(tag),
                    is_reject: tag == Tag::context(4),
                    error,
                }),
            },
        }
        Ok(())
    }
}

fn profile(octets: &[u8]) -> Result<(Profile, &[u8]), Error> {
    let fail = |fault| Error {
        what: "protocol profile",
        at: 0,
        fault,
    };
    let (first, rest) = octets.split_first().ok_or_else(|| fail(Fault::Missing))?;
    // Bits 8 to 6 are 100; some senders leave bit 8 out of what they mean, so only 5 to 1 count.
    match first & 0x1F {
        0x11 => Ok((Profile::Rose, rest)),
        0x1F => Ok((Profile::NetworkingExtensions, rest)),
        _ => Err(fail(Fault::Form)),
    }
}
