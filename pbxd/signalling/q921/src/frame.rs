// SPDX-License-Identifier: MIT OR Apache-2.0
//! The LAPD frame between its flags, without the frame check sequence.
//!
//! [`Frame`] borrows its information field from the received octets and can only hold legal values,
//! so encoding cannot fail; [`Frame::decode`] says precisely what is wrong with anything else.

use crate::{ErrorCode, Sequence};
use thiserror::Error;

/// Octets of address and control in an I or S frame.
pub const NUMBERED_HEADER: usize = 4;
/// Octets of address and control in a U frame.
pub const UNNUMBERED_HEADER: usize = 3;
/// Octets of the FRMR information field in modulo 128 operation.
pub const FRMR_INFORMATION: usize = 5;

/// The poll/final bit of an unnumbered control octet.
const PF: u8 = 0x10;

/// Service access point, terminal and direction of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// Service access point identifier, 0 to 63 (0 call control, 63 management).
    pub sapi: u8,
    /// The command/response bit as it stands on the line; its sense depends on the side.
    pub cr: bool,
    /// Terminal endpoint identifier, 0 to 127 (127 is the group TEI).
    pub tei: u8,
}

/// Which supervisory frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supervisory {
    /// Receive ready.
    Rr,
    /// Receive not ready.
    Rnr,
    /// Reject: send again from N(R).
    Rej,
}

/// Which unnumbered frame, and what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unnumbered<'a> {
    /// Set asynchronous balanced mode extended: establish multiple-frame operation.
    Sabme,
    /// Disconnected mode.
    Dm,
    /// Unnumbered information.
    Ui(&'a [u8]),
    /// Disconnect.
    Disc,
    /// Unnumbered acknowledgement.
    Ua,
    /// Frame reject with its five information octets.
    Frmr([u8; FRMR_INFORMATION]),
    /// Exchange identification.
    Xid(&'a [u8]),
}

/// The control field and what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control<'a> {
    /// Numbered information.
    Information {
        /// N(S), the number of this frame.
        ns: Sequence,
        /// N(R), the number of the next frame expected from the receiver of this one.
        nr: Sequence,
        /// Poll bit.
        poll: bool,
        /// The information field.
        information: &'a [u8],
    },
    /// Supervision of the numbered flow.
    Supervisory {
        /// Which.
        kind: Supervisory,
        /// N(R).
        nr: Sequence,
        /// Poll bit of a command, final bit of a response.
        pf: bool,
    },
    /// Control of the link itself, and unnumbered information.
    Unnumbered {
        /// Which.
        kind: Unnumbered<'a>,
        /// Poll bit of a command, final bit of a response.
        pf: bool,
    },
}

/// One LAPD frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Whom it concerns.
    pub address: Address,
    /// What it says.
    pub control: Control<'a>,
}

/// Why octets are not a LAPD frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// Too few octets for the address and control fields.
    #[error("frame of {length} octets, at least {needed} expected")]
    Short {
        /// Octets there are.
        length: usize,
        /// Octets this kind of frame needs.
        needed: usize,
    },
    /// The address field is not two octets long.
    #[error("address octet {octet} is {value:#04x}: extension bit must be {expected}")]
    AddressExtension {
        /// Which octet, counted from 1.
        octet: u8,
        /// Its value.
        value: u8,
        /// What its lowest bit must be.
        expected: u8,
    },
    /// No frame has this control octet.
    #[error("control octet {0:#04x} is not defined")]
    UndefinedControl(u8),
    /// An information field where none may stand.
    #[error(
        "{length} octets of information in a frame with control octet {control:#04x}, which carries none"
    )]
    InformationNotPermitted {
        /// The control octet.
        control: u8,
        /// Octets too many.
        length: usize,
    },
    /// FRMR with an information field of the wrong length.
    #[error("FRMR with {0} octets of information, {FRMR_INFORMATION} expected")]
    FrmrLength(usize),
}

impl DecodeError {
    /// The data link error that the receiver reports, `None` where such a frame is discarded without
    /// notice (an invalid frame in the sense of Q.921).
    pub fn error_code(&self) -> Option<ErrorCode> {
        match self {
            DecodeError::Short { .. } | DecodeError::AddressExtension { .. } => None,
            DecodeError::UndefinedControl(_) => Some(ErrorCode::L),
            DecodeError::InformationNotPermitted { .. } => Some(ErrorCode::M),
            DecodeError::FrmrLength(_) => Some(ErrorCode::N),
        }
    }
}

impl Address {
    /// Reads the two address octets.
    ///
    /// # Errors
    /// [`DecodeError::Short`] or [`DecodeError::AddressExtension`].
    pub fn decode(octets: &[u8]) -> Result<Address, DecodeError> {
        let (&[first, second], _) = octets.split_first_chunk().ok_or(DecodeError::Short {
            length: octets.len(),
            needed: UNNUMBERED_HEADER,
        })?;
        if first & 1 != 0 {
            return Err(DecodeError::AddressExtension {
                octet: 1,
                value: first,
                expected: 0,
            });
        }
        if second & 1 == 0 {
            return Err(DecodeError::AddressExtension {
                octet: 2,
                value: second,
                expected: 1,
            });
        }
        Ok(Address {
            sapi: first >> 2,
            cr: first & 2 != 0,
            tei: second >> 1,
        })
    }

    fn encode(self) -> [u8; 2] {
        [
            (self.sapi & 0x3f) << 2 | u8::from(self.cr) << 1,
            (self.tei & 0x7f) << 1 | 1,
        ]
    }
}

impl<'a> Frame<'a> {
    /// Reads the octets between the flags, without the frame check sequence.
    ///
    /// # Errors
    /// [`DecodeError`], which also says what the receiver reports ([`DecodeError::error_code`]).
    pub fn decode(octets: &'a [u8]) -> Result<Frame<'a>, DecodeError> {
        let address = Address::decode(octets)?;
        let short = |needed| DecodeError::Short {
            length: octets.len(),
            needed,
        };
        let (&control, rest) = octets
            .get(2..)
            .and_then(<[u8]>::split_first)
            .ok_or(short(UNNUMBERED_HEADER))?;
        let control = if control & 0x03 == 0x03 {
            unnumbered(control, rest)?
        } else {
            let (&second, information) = rest.split_first().ok_or(short(NUMBERED_HEADER))?;
            let nr = Sequence::new(second >> 1);
            let pf = second & 1 != 0;
            if control & 1 == 0 {
                Control::Information {
                    ns: Sequence::new(control >> 1),
                    nr,
                    poll: pf,
                    information,
                }
            } else {
                let kind = match control {
                    0x01 => Supervisory::Rr,
                    0x05 => Supervisory::Rnr,
                    0x09 => Supervisory::Rej,
                    other => return Err(DecodeError::UndefinedControl(other)),
                };
                no_information(control, information)?;
                Control::Supervisory { kind, nr, pf }
            }
        };
        Ok(Frame { address, control })
    }

    /// The octets between the flags, without the frame check sequence.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(NUMBERED_HEADER + self.information().len());
        out.extend_from_slice(&self.address.encode());
        match self.control {
            Control::Information { ns, nr, poll, .. } => {
                out.extend_from_slice(&[ns.get() << 1, nr.get() << 1 | u8::from(poll)]);
            }
            Control::Supervisory { kind, nr, pf } => {
                let control = match kind {
                    Supervisory::Rr => 0x01,
                    Supervisory::Rnr => 0x05,
                    Supervisory::Rej => 0x09,
                };
                out.extend_from_slice(&[control, nr.get() << 1 | u8::from(pf)]);
            }
            Control::Unnumbered { kind, pf } => {
                let control = match kind {
                    Unnumbered::Sabme => 0x6f,
                    Unnumbered::Dm => 0x0f,
                    Unnumbered::Ui(_) => 0x03,
                    Unnumbered::Disc => 0x43,
                    Unnumbered::Ua => 0x63,
                    Unnumbered::Frmr(_) => 0x87,
                    Unnumbered::Xid(_) => 0xaf,
                };
                out.push(control | if pf { PF } else { 0 });
            }
        }
        out.extend_from_slice(self.information());
        out
    }

    /// The information field, empty where the frame has none.
    pub fn information(&self) -> &[u8] {
        match &self.control {
            Control::Information { information, .. } => information,
            Control::Unnumbered { kind, .. } => match kind {
                Unnumbered::Ui(information) | Unnumbered::Xid(information) => information,
                Unnumbered::Frmr(information) => information,
                _ => &[],
            },
            Control::Supervisory { .. } => &[],
        }
    }
}

fn unnumbered(control: u8, information: &[u8]) -> Result<Control<'_>, DecodeError> {
    let kind = match control & !PF {
        0x6f => Unnumbered::Sabme,
        0x0f => Unnumbered::Dm,
        0x03 => Unnumbered::Ui(information),
        0x43 => Unnumbered::Disc,
        0x63 => Unnumbered::Ua,
        0x87 => Unnumbered::Frmr(
            information
                .try_into()
                .map_err(|_| DecodeError::FrmrLength(information.len()))?,
        ),
        0xaf => Unnumbered::Xid(information),
        _ => return Err(DecodeError::UndefinedControl(control)),
    };
    if matches!(
        kind,
        Unnumbered::Sabme | Unnumbered::Dm | Unnumbered::Disc | Unnumbered::Ua
    ) {
        no_information(control, information)?;
    }
    Ok(Control::Unnumbered {
        kind,
        pf: control & PF != 0,
    })
}

fn no_information(control: u8, information: &[u8]) -> Result<(), DecodeError> {
    if information.is_empty() {
        Ok(())
    } else {
        Err(DecodeError::InformationNotPermitted {
            control,
            length: information.len(),
        })
    }
}
