// SPDX-License-Identifier: MIT OR Apache-2.0
//! Elements as they stand in a message, with the codeset they stand in.

use super::Truncated;
use crate::ie::id;

/// One information element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// The codeset it stands in, 0 to 7.
    pub codeset: u8,
    /// Its identifier; a single-octet element is all identifier (0x80 and above).
    pub id: u8,
    /// Its contents; at most 255 octets are encoded. Empty for a single octet.
    pub contents: Vec<u8>,
}

impl Element {
    /// An element of codeset 0 with contents.
    pub fn variable(id: u8, contents: Vec<u8>) -> Self {
        Element {
            codeset: 0,
            id: id & 0x7f,
            contents,
        }
    }

    /// A single-octet element of codeset 0.
    pub fn single(id: u8) -> Self {
        Element {
            codeset: 0,
            id: id | 0x80,
            contents: Vec::new(),
        }
    }

    /// Whether it is one octet long.
    pub const fn is_single(&self) -> bool {
        self.id & 0x80 != 0
    }

    /// Whether it is a shift to another codeset.
    pub const fn is_shift(&self) -> bool {
        self.id & 0xf0 == id::SHIFT
    }
}

/// The elements of a message in their order. Shifts are elements too, so that the order on the line
/// is kept exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elements {
    list: Vec<Element>,
}

impl Elements {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Element> {
        self.list.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many, shifts included.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The contents of the variable-length elements of codeset 0 with this identifier.
    pub fn contents(&self, id: u8) -> impl Iterator<Item = &[u8]> {
        self.list
            .iter()
            .filter(move |element| element.codeset == 0 && element.id == id)
            .map(|element| element.contents.as_slice())
    }

    /// Whether codeset 0 has this element.
    pub fn has(&self, id: u8) -> bool {
        self.contents(id).next().is_some()
    }

    /// Puts an element of codeset 0 in: a single octet in front, others in ascending order of
    /// identifiers, behind equal ones and before anything of another codeset.
    pub fn insert(&mut self, element: Element) {
        let at = self
            .list
            .iter()
            .position(|other| {
                other.is_shift()
                    || other.codeset != 0
                    || if element.is_single() {
                        !other.is_single()
                    } else {
                        !other.is_single() && other.id > element.id
                    }
            })
            .unwrap_or(self.list.len());
        self.list.insert(
            at,
            Element {
                codeset: 0,
                ..element
            },
        );
    }

    /// Puts an element of any codeset behind all others, with a non-locking shift if it is not of
    /// the codeset that holds there.
    pub fn append(&mut self, element: Element) {
        let holds = self.list.iter().fold(0, |codeset, element| {
            if element.is_shift() && element.id & 8 == 0 {
                codeset.max(element.id & 7)
            } else {
                codeset
            }
        });
        if element.codeset != holds {
            self.list.push(Element {
                codeset: holds,
                id: id::SHIFT | 8 | element.codeset & 7,
                contents: Vec::new(),
            });
        }
        self.list.push(element);
    }

    pub(super) fn decode(mut octets: &[u8]) -> (Elements, Option<Truncated>) {
        let mut list = Vec::new();
        let mut locked = 0;
        let mut once = None;
        while let Some((&id, rest)) = octets.split_first() {
            octets = rest;
            let codeset = once.take().unwrap_or(locked);
            if id & 0xf0 == id::SHIFT {
                list.push(Element {
                    codeset,
                    id,
                    contents: Vec::new(),
                });
                if id & 8 != 0 {
                    once = Some(id & 7);
                } else if id & 7 > locked {
                    // A locking shift may only go up; one that does not is without effect.
                    locked = id & 7;
                }
                continue;
            }
            let mut contents = Vec::new();
            if id & 0x80 == 0 {
                let claimed = octets.first().map_or(0, |length| usize::from(*length));
                let Some(found) = octets.get(1..1 + claimed).filter(|_| !octets.is_empty()) else {
                    let truncated = Truncated {
                        codeset,
                        id,
                        claimed,
                        left: octets.len().saturating_sub(1),
                    };
                    return (Elements { list }, Some(truncated));
                };
                contents.extend_from_slice(found);
                octets = octets.get(1 + claimed..).unwrap_or_default();
            }
            list.push(Element {
                codeset,
                id,
                contents,
            });
        }
        (Elements { list }, None)
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        for element in &self.list {
            out.push(element.id);
            if !element.is_single() {
                let contents = element.contents.get(..255).unwrap_or(&element.contents);
                out.push(contents.len() as u8);
                out.extend_from_slice(contents);
            }
        }
    }
}
