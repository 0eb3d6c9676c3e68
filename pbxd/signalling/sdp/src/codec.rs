// SPDX-License-Identifier: MIT OR Apache-2.0
//! The codecs, and the sets of telephone events.

use core::fmt;

/// An audio codec that Tandem serves: one octet a sample, 8,000 samples a second, one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 mu-law, static payload type 0.
    Pcmu,
    /// G.711 A-law, static payload type 8.
    Pcma,
}

impl Codec {
    /// The payload type that RFC 3551 assigns.
    #[must_use]
    pub const fn static_payload_type(self) -> u8 {
        match self {
            Codec::Pcmu => 0,
            Codec::Pcma => 8,
        }
    }

    /// The encoding name in `a=rtpmap`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Codec::Pcmu => "PCMU",
            Codec::Pcma => "PCMA",
        }
    }

    /// The codec that a payload type stands for without `a=rtpmap`.
    #[must_use]
    pub const fn of_static(payload_type: u8) -> Option<Self> {
        match payload_type {
            0 => Some(Codec::Pcmu),
            8 => Some(Codec::Pcma),
            _ => None,
        }
    }

    /// The codec of an encoding name, in any case.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Codec::Pcmu, Codec::Pcma]
            .into_iter()
            .find(|c| c.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of the telephone events 0 to 15 (digits 0-9, `*`, `#`, A-D) of RFC 4733. Other events
/// are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventSet(u16);

impl EventSet {
    /// Events 0 to 15: what Tandem takes, and what `a=fmtp` left out means.
    pub const DTMF: EventSet = EventSet(0xFFFF);

    /// Reads the list of `a=fmtp`, such as `0-11,16`. Items that are no number or range are
    /// skipped.
    #[must_use]
    pub fn parse(list: &str) -> Self {
        let mut set = 0;
        for item in list.split(',') {
            let (first, last) = match item.split_once('-') {
                Some((first, last)) => (first, last),
                None => (item, item),
            };
            if let (Ok(first), Ok(last)) = (first.trim().parse::<u8>(), last.trim().parse::<u8>()) {
                for event in first..=last.min(15) {
                    set |= 1 << event.min(15);
                }
            }
        }
        EventSet(set)
    }

    /// Whether the set holds `event`.
    #[must_use]
    pub const fn contains(self, event: u8) -> bool {
        event < 16 && self.0 & (1 << event) != 0
    }

    /// Whether the twelve keys of a telephone are all in the set.
    #[must_use]
    pub const fn has_keypad(self) -> bool {
        self.0 & 0x0FFF == 0x0FFF
    }
}
