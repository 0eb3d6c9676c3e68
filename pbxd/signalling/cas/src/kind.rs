// SPDX-License-Identifier: MIT OR Apache-2.0
//! Kinds of trunk.

use crate::line::{Code, EM_ROBBED_BIT, Line, OFFICE_ROBBED_BIT, STATION_ROBBED_BIT};
use crate::table::{Kinds, TABLES, Transition};

/// A kind of trunk and which end of it we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Loop start, the office's end (FXS).
    LoopOffice,
    /// Loop start, the station's end (FXO).
    LoopStation,
    /// Loop start with forward disconnect, the office's end (FXS).
    ForwardDisconnectOffice,
    /// Loop start with forward disconnect, the station's end (FXO).
    ForwardDisconnectStation,
    /// Ground start, the office's end (FXS).
    GroundOffice,
    /// Ground start, the station's end (FXO).
    GroundStation,
    /// E&M immediate start.
    EmImmediate,
    /// E&M wink start; feature group B is that with its own digits.
    EmWink,
    /// E&M delay dial.
    EmDelayDial,
    /// Feature group D: wink start, digits, acknowledgement wink.
    FeatureGroupD,
    /// CAMA as for E911: wink start, called digits, off hook asks for the calling number.
    Cama,
}

const fn bit(kind: Kind) -> Kinds {
    Kinds(1 << kind as u16)
}

/// Loop start.
pub const LS: Kinds = bit(Kind::LoopOffice).and(bit(Kind::LoopStation));
/// Loop start with forward disconnect.
pub const FD: Kinds = bit(Kind::ForwardDisconnectOffice).and(bit(Kind::ForwardDisconnectStation));
/// Ground start.
pub const GS: Kinds = bit(Kind::GroundOffice).and(bit(Kind::GroundStation));
/// Immediate start.
pub const IMM: Kinds = bit(Kind::EmImmediate);
/// Plain wink start.
pub const WINK: Kinds = bit(Kind::EmWink);
/// Delay dial.
pub const DELAY: Kinds = bit(Kind::EmDelayDial);
/// Feature group D.
pub const FGD: Kinds = bit(Kind::FeatureGroupD);
/// CAMA.
pub const CAMA: Kinds = bit(Kind::Cama);
/// Those with a wink for start signal.
pub const WINKS: Kinds = WINK.and(FGD).and(CAMA);
/// E&M but for CAMA.
pub const NOT_CAMA: Kinds = WINK.and(IMM).and(DELAY).and(FGD);
/// We give way when both ends seize.
pub const YIELD: Kinds = Kinds(1 << 14);
/// We do not.
pub const HOLD: Kinds = Kinds(1 << 15);
/// Every kind.
pub const ALL: Kinds = Kinds(0x3FFF);

/// What to call the kinds in the documentation.
pub const NAMES: [(Kinds, &str); 10] = [
    (LS, "loop start"),
    (FD, "forward disconnect"),
    (GS, "ground start"),
    (IMM, "immediate"),
    (WINK, "wink"),
    (DELAY, "delay dial"),
    (FGD, "feature group D"),
    (CAMA, "CAMA"),
    (YIELD, "gives way"),
    (HOLD, "holds"),
];

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 11] = [
        Kind::LoopOffice,
        Kind::LoopStation,
        Kind::ForwardDisconnectOffice,
        Kind::ForwardDisconnectStation,
        Kind::GroundOffice,
        Kind::GroundStation,
        Kind::EmImmediate,
        Kind::EmWink,
        Kind::EmDelayDial,
        Kind::FeatureGroupD,
        Kind::Cama,
    ];

    /// The kind at the other end.
    #[must_use]
    pub const fn far(self) -> Kind {
        match self {
            Kind::LoopOffice => Kind::LoopStation,
            Kind::LoopStation => Kind::LoopOffice,
            Kind::ForwardDisconnectOffice => Kind::ForwardDisconnectStation,
            Kind::ForwardDisconnectStation => Kind::ForwardDisconnectOffice,
            Kind::GroundOffice => Kind::GroundStation,
            Kind::GroundStation => Kind::GroundOffice,
            same => same,
        }
    }

    /// It alone, as a set.
    #[must_use]
    pub const fn kinds(self) -> Kinds {
        bit(self)
    }

    /// Its transitions.
    #[must_use]
    pub const fn table(self) -> &'static [Transition] {
        match self.idle() {
            Line::OnHook | Line::OffHook => TABLES[0].1,
            Line::Feed | Line::Ring | Line::Open => TABLES[1].1,
            Line::LoopOpen | Line::LoopClosed | Line::RingGround => TABLES[2].1,
        }
    }

    /// What it shows when nothing goes on.
    #[must_use]
    pub const fn idle(self) -> Line {
        match self {
            Kind::LoopOffice | Kind::ForwardDisconnectOffice => Line::Feed,
            Kind::GroundOffice => Line::Open,
            Kind::LoopStation | Kind::ForwardDisconnectStation | Kind::GroundStation => {
                Line::LoopOpen
            }
            _ => Line::OnHook,
        }
    }

    /// What it shows when it is off hook, between dial pulses.
    #[must_use]
    pub const fn off_hook(self) -> Line {
        match self.idle() {
            Line::LoopOpen => Line::LoopClosed,
            Line::OnHook => Line::OffHook,
            other => other,
        }
    }

    /// The robbed bits that it sends.
    #[must_use]
    pub const fn robbed_bits(self) -> Code {
        match self.idle() {
            Line::OnHook | Line::OffHook => EM_ROBBED_BIT,
            Line::Feed | Line::Ring | Line::Open => OFFICE_ROBBED_BIT,
            Line::LoopOpen | Line::LoopClosed | Line::RingGround => STATION_ROBBED_BIT,
        }
    }
}
