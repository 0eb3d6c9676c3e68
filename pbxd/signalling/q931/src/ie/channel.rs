// SPDX-License-Identifier: MIT OR Apache-2.0
//! Channel identification: which B channels a message speaks of.

use crate::Slots;
use crate::codec::{CodingStandard, Content, DecodeError, Reader};

/// Channel type "B-channel units".
pub const UNIT_B: u8 = 3;

/// Which channel is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// No channel.
    None,
    /// Any channel.
    Any,
    /// B1 (1) or B2 (2) of a basic interface, or the reserved value 2 of a primary one.
    Basic(u8),
    /// These channels of a primary interface.
    Channels {
        /// Whose coding.
        coding: CodingStandard,
        /// The channel type, [`UNIT_B`] for B channels.
        unit: u8,
        /// Which.
        list: ChannelList,
    },
    /// "As indicated" on a primary interface, with nothing following: the whole interface, as some
    /// RESTART messages have it.
    Unnamed,
}

/// How channels are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelList {
    /// By number, each 0 to 127.
    Numbers(Vec<u8>),
    /// By slot map as on the line: four octets on an E1 (slot 31 first), three on a T1 (slot 24
    /// first).
    Map(Vec<u8>),
}

/// The channel identification element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelIdentification {
    /// Interface identifier, 7 bits an octet, where one is given.
    pub interface: Option<Vec<u8>>,
    /// A primary-rate interface ("other interface" in the coding).
    pub primary: bool,
    /// Only this channel will do; otherwise it is preferred.
    pub exclusive: bool,
    /// The D channel is meant.
    pub d_channel: bool,
    /// The channel.
    pub selection: Selection,
}

impl ChannelIdentification {
    /// One B channel of this primary interface.
    pub fn slot(slot: u8, exclusive: bool) -> Self {
        Self::numbers(vec![slot], exclusive)
    }

    /// B channels of this primary interface, by number.
    pub fn numbers(numbers: Vec<u8>, exclusive: bool) -> Self {
        ChannelIdentification {
            interface: None,
            primary: true,
            exclusive,
            d_channel: false,
            selection: Selection::Channels {
                coding: CodingStandard::Itu,
                unit: UNIT_B,
                list: ChannelList::Numbers(numbers),
            },
        }
    }

    /// Any channel of this primary interface.
    pub fn any() -> Self {
        ChannelIdentification {
            interface: None,
            primary: true,
            exclusive: false,
            d_channel: false,
            selection: Selection::Any,
        }
    }

    /// The B channels named, as a set of slots; `None` if it names none, names channels of another
    /// type, or a slot above 31.
    pub fn slots(&self) -> Option<Slots> {
        let Selection::Channels {
            unit: UNIT_B, list, ..
        } = &self.selection
        else {
            return None;
        };
        match list {
            ChannelList::Numbers(numbers) => {
                let mut slots = Slots::NONE;
                for &number in numbers {
                    if number > 31 {
                        return None;
                    }
                    slots.insert(number);
                }
                Some(slots)
            }
            ChannelList::Map(map) => match *map.as_slice() {
                [a, b, c, d] => Some(Slots::from_bits(u32::from_be_bytes([a, b, c, d]))),
                [a, b, c] => Some(Slots::from_bits(u32::from_be_bytes([0, a, b, c]) << 1)),
                _ => None,
            },
        }
    }

    /// The one B channel named, if it is exactly one.
    pub fn single(&self) -> Option<u8> {
        let slots = self.slots()?;
        let mut each = slots.iter();
        let first = each.next()?;
        each.next().is_none().then_some(first)
    }
}

impl Content for ChannelIdentification {
    const ID: u8 = super::id::CHANNEL_IDENTIFICATION;
    const NAME: &'static str = "channel identification";

    fn decode(contents: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(Self::NAME, contents);
        let first = reader.octet("channel selection")?;
        if first & 0x80 == 0 {
            return Err(reader.value(first, "octet 3 with its extension bit set"));
        }
        let interface = if first & 0x40 != 0 {
            let group = reader.group("interface identifier")?;
            Some(group.iter().map(|o| o & 0x7f).collect())
        } else {
            None
        };
        let primary = first & 0x20 != 0;
        let selection = match (first & 3, primary) {
            (0, _) => Selection::None,
            (3, _) => Selection::Any,
            (1, true) if reader.peek().is_some() => {
                let octet = reader.octet("channel type")?;
                if octet & 0x80 == 0 {
                    return Err(reader.value(octet, "octet 3.2 with its extension bit set"));
                }
                let octets = reader.rest();
                if octets.is_empty() {
                    reader.octet("a channel number or slot map")?;
                }
                let list = if octet & 0x10 != 0 {
                    ChannelList::Map(octets.to_vec())
                } else {
                    ChannelList::Numbers(octets.iter().map(|o| o & 0x7f).collect())
                };
                Selection::Channels {
                    coding: CodingStandard::from_code(octet >> 5 & 3),
                    unit: octet & 0x0f,
                    list,
                }
            }
            (1, true) => Selection::Unnamed,
            (which, _) => Selection::Basic(which),
        };
        reader.end()?;
        Ok(ChannelIdentification {
            interface,
            primary,
            exclusive: first & 8 != 0,
            d_channel: first & 4 != 0,
            selection,
        })
    }

    fn encode(&self) -> Vec<u8> {
        let which = match &self.selection {
            Selection::None => 0,
            Selection::Any => 3,
            Selection::Basic(which) => which & 3,
            Selection::Channels { .. } | Selection::Unnamed => 1,
        };
        let mut out = vec![
            0x80 | if self.interface.is_some() { 0x40 } else { 0 }
                | if self.primary { 0x20 } else { 0 }
                | if self.exclusive { 8 } else { 0 }
                | if self.d_channel { 4 } else { 0 }
                | which,
        ];
        if let Some(interface) = &self.interface {
            extended(&mut out, interface);
        }
        if let Selection::Channels { coding, unit, list } = &self.selection {
            let octet = 0x80 | (coding.code() & 3) << 5 | unit & 0x0f;
            match list {
                ChannelList::Numbers(numbers) => {
                    out.push(octet);
                    extended(&mut out, numbers);
                }
                ChannelList::Map(map) => {
                    out.push(octet | 0x10);
                    out.extend_from_slice(map);
                }
            }
        }
        out
    }
}

/// Octets of 7 bits, the last with its extension bit set.
fn extended(out: &mut Vec<u8>, values: &[u8]) {
    if let Some((last, before)) = values.split_last() {
        out.extend(before.iter().map(|value| value & 0x7f));
        out.push(last | 0x80);
    }
}
