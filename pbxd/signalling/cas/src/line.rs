// SPDX-License-Identifier: MIT OR Apache-2.0
//! States of a line and the bits that stand for them.

use tdm_line::abcd::Abcd;

/// What one end shows the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    /// E&M: on hook.
    OnHook,
    /// E&M: off hook.
    OffHook,
    /// From the office: battery; with ground start, tip ground.
    Feed,
    /// From the office: ringing.
    Ring,
    /// From the office: no battery; with ground start, no tip ground, which is its idle state.
    Open,
    /// From the station: loop open.
    LoopOpen,
    /// From the station: loop closed.
    LoopClosed,
    /// From the station: ring ground.
    RingGround,
}

/// Which bits stand for a state, and which of the four are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The state.
    pub line: Line,
    /// Its bits, A highest, as they are sent.
    pub bits: u8,
    /// The bits that count when they are received.
    pub mask: u8,
}

const fn row(line: Line, bits: u8, mask: u8) -> Row {
    Row { line, bits, mask }
}

/// The bits of both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    rows: [Option<Row>; 3],
}

/// Robbed-bit E&M: all bits follow the hook; A is looked at.
pub const EM_ROBBED_BIT: Code = Code::em(0b0000, 0b1111, 0b1000);

/// Robbed bits from the office (FXS side): A is tip ground (0 grounded), B ringing (0 on); C and D
/// repeat them. (As the manuals of several makers of channel banks have it; clause not checked.)
pub const OFFICE_ROBBED_BIT: Code = Code {
    rows: [
        Some(row(Line::Feed, 0b0101, 0b1100)),
        Some(row(Line::Ring, 0b0000, 0b1100)),
        Some(row(Line::Open, 0b1111, 0b1100)),
    ],
};

/// Robbed bits from the station (FXO side): A is the loop (1 closed), B ring ground (0 grounded); C
/// and D repeat them. B is looked at only while the loop is open.
pub const STATION_ROBBED_BIT: Code = Code {
    rows: [
        Some(row(Line::LoopClosed, 0b1111, 0b1000)),
        Some(row(Line::RingGround, 0b0000, 0b1100)),
        Some(row(Line::LoopOpen, 0b0101, 0b1100)),
    ],
};

impl Code {
    /// E&M with other bits, as on E1. `mask` says which bits are looked at.
    #[must_use]
    pub const fn em(on_hook: u8, off_hook: u8, mask: u8) -> Code {
        Code {
            rows: [
                Some(row(Line::OnHook, on_hook & 0x0F, mask & 0x0F)),
                Some(row(Line::OffHook, off_hook & 0x0F, mask & 0x0F)),
                None,
            ],
        }
    }

    /// The rows.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().flatten()
    }

    /// The bits of a state, if the code has it.
    #[must_use]
    pub fn bits(&self, line: Line) -> Option<Abcd> {
        let row = self.rows().find(|row| row.line == line)?;
        Some(Abcd::from_bits(row.bits))
    }

    /// The state that bits stand for, if they stand for any.
    #[must_use]
    pub fn line(&self, bits: Abcd) -> Option<Line> {
        let row = self
            .rows()
            .find(|row| (bits.bits() ^ row.bits) & row.mask == 0)?;
        Some(row.line)
    }
}
