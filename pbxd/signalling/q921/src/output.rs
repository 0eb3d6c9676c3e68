// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a link tells the line below and layer 3 above.

use thiserror::Error;

/// One thing to do for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send these octets in one HDLC frame (the FCS is HDLC's).
    Frame(Vec<u8>),
    /// Tell layer 3.
    Indication(Indication),
}

/// What layer 3 and management hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Indication {
    /// Multiple-frame operation is established (DL-ESTABLISH confirm or indication). While it already
    /// was, this is a reset: messages in either direction may be lost.
    Established,
    /// Multiple-frame operation has ended (DL-RELEASE), or an attempt that layer 3 asked for failed.
    Released,
    /// A layer 3 message, in sequence.
    Data(Vec<u8>),
    /// An unacknowledged layer 3 message.
    UnitData(Vec<u8>),
    /// MDL-ERROR with its code.
    Error(ErrorCode),
    /// The peer speaks as our own side does: both ends are configured alike, or the line is looped.
    /// Given once for each time we begin to establish.
    SameSide,
}

/// The MDL-ERROR codes of Q.921.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// Unsolicited supervisory response with F = 1.
    A,
    /// Unsolicited DM with F = 1.
    B,
    /// Unsolicited UA with F = 1.
    C,
    /// Unsolicited UA with F = 0.
    D,
    /// DM with F = 0 in multiple-frame operation.
    E,
    /// The peer re-established the link.
    F,
    /// SABME went unanswered N200 times.
    G,
    /// DISC went unanswered N200 times.
    H,
    /// Status enquiry went unanswered N200 times.
    I,
    /// N(R) error.
    J,
    /// FRMR received.
    K,
    /// Undefined frame.
    L,
    /// Information field where none is permitted.
    M,
    /// Frame of the wrong size.
    N,
    /// Information field longer than N201.
    O,
}

impl ErrorCode {
    /// The code letter.
    pub const fn letter(self) -> char {
        match self {
            ErrorCode::A => 'A',
            ErrorCode::B => 'B',
            ErrorCode::C => 'C',
            ErrorCode::D => 'D',
            ErrorCode::E => 'E',
            ErrorCode::F => 'F',
            ErrorCode::G => 'G',
            ErrorCode::H => 'H',
            ErrorCode::I => 'I',
            ErrorCode::J => 'J',
            ErrorCode::K => 'K',
            ErrorCode::L => 'L',
            ErrorCode::M => 'M',
            ErrorCode::N => 'N',
            ErrorCode::O => 'O',
        }
    }

    /// What happened, for people.
    pub const fn text(self) -> &'static str {
        match self {
            ErrorCode::A => "unsolicited supervisory response",
            ErrorCode::B => "unsolicited DM, final bit set",
            ErrorCode::C => "unsolicited UA, final bit set",
            ErrorCode::D => "unsolicited UA, final bit clear",
            ErrorCode::E => "DM while established",
            ErrorCode::F => "peer re-established the link",
            ErrorCode::G => "no answer to SABME",
            ErrorCode::H => "no answer to DISC",
            ErrorCode::I => "no answer to status enquiry",
            ErrorCode::J => "N(R) outside the window",
            ErrorCode::K => "peer rejected a frame (FRMR)",
            ErrorCode::L => "undefined frame",
            ErrorCode::M => "information field not permitted",
            ErrorCode::N => "frame of wrong size",
            ErrorCode::O => "information field longer than N201",
        }
    }
}

impl core::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} ({})", self.letter(), self.text())
    }
}

/// Why a request of layer 3 was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RequestError {
    /// The link is not in multiple-frame operation (nor recovering it).
    #[error("data link not established")]
    NotEstablished,
    /// Layer 1 is down.
    #[error("layer 1 is down")]
    LayerOneDown,
    /// The transmit queue is full.
    #[error("transmit queue full ({0} frames)")]
    QueueFull(usize),
    /// The message is longer than N201.
    #[error("message of {length} octets, N201 is {limit}")]
    TooLong {
        /// Octets given.
        length: usize,
        /// N201.
        limit: usize,
    },
}
