// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the line brings: validity first, then the state decides.

use super::{Link, OUTPUT_LIMIT};
use crate::frame::{Address, Control, Frame, Unnumbered};
use crate::{ErrorCode, Indication, State};
use core::time::Duration;

/// The group TEI, to which unnumbered information may be broadcast.
const GROUP_TEI: u8 = 127;

impl Link {
    /// One frame from the line, between its flags and without FCS, the FCS having been right.
    pub fn input_frame(&mut self, now: Duration, octets: &[u8]) {
        self.counters.frames_received += 1;
        if !self.layer1 {
            self.counters.layer1_down += 1;
            return;
        }
        if self.outputs.len() >= OUTPUT_LIMIT {
            self.counters.outputs_full += 1;
            return;
        }
        match Address::decode(octets) {
            Ok(address) if !self.is_ours(address, octets) => {
                self.counters.other_address += 1;
                return;
            }
            _ => {}
        }
        match Frame::decode(octets) {
            Err(error) => match error.error_code() {
                None => self.counters.invalid += 1,
                Some(code) => self.frame_rejected(now, code),
            },
            Ok(frame) if frame.information().len() > self.config.n201 => {
                self.frame_rejected(now, ErrorCode::O);
            }
            Ok(frame) => self.accept(now, &frame),
        }
        self.flush(now);
    }

    fn is_ours(&self, address: Address, octets: &[u8]) -> bool {
        let broadcast = address.tei == GROUP_TEI && octets.get(2).is_some_and(|c| c & 0xef == 0x03);
        address.sapi == self.config.sapi && (address.tei == self.config.tei || broadcast)
    }

    /// A frame that is well addressed but cannot be: reported, and in multiple-frame operation cured
    /// by a reset.
    fn frame_rejected(&mut self, now: Duration, code: ErrorCode) {
        self.counters.rejected += 1;
        self.error(code);
        if self.state.established() {
            self.reset(now);
        }
    }

    fn accept(&mut self, now: Duration, frame: &Frame<'_>) {
        let command = frame.address.cr == self.config.side.peer().command_bit();
        match frame.control {
            Control::Information {
                ns,
                nr,
                poll,
                information,
            } => {
                if !command {
                    self.wrong_direction(false);
                } else if self.state.established() {
                    self.information(now, ns, nr, poll, information);
                } else {
                    self.counters.unexpected += 1;
                }
            }
            Control::Supervisory { kind, nr, pf } => {
                if self.state.established() {
                    self.supervisory(now, command, kind, nr, pf);
                } else {
                    self.counters.unexpected += 1;
                }
            }
            Control::Unnumbered { kind, pf } => {
                let possible = match kind {
                    Unnumbered::Sabme | Unnumbered::Disc | Unnumbered::Ui(_) => command,
                    Unnumbered::Dm | Unnumbered::Ua | Unnumbered::Frmr(_) => !command,
                    Unnumbered::Xid(_) => true,
                };
                if possible {
                    self.unnumbered(now, kind, pf);
                } else {
                    self.wrong_direction(kind == Unnumbered::Sabme);
                }
            }
        }
    }

    fn wrong_direction(&mut self, tell: bool) {
        self.counters.wrong_direction += 1;
        if tell && !self.same_side_reported {
            self.same_side_reported = true;
            self.indicate(Indication::SameSide);
        }
    }

    fn unnumbered(&mut self, now: Duration, kind: Unnumbered<'_>, pf: bool) {
        match kind {
            Unnumbered::Sabme => self.sabme(now, pf),
            Unnumbered::Disc => self.disc(now, pf),
            Unnumbered::Ua => self.ua(now, pf),
            Unnumbered::Dm => self.dm(now, pf),
            Unnumbered::Frmr(_) => {
                self.counters.frmr += 1;
                if self.state.established() {
                    self.error(ErrorCode::K);
                    self.reset(now);
                }
            }
            Unnumbered::Ui(information) => {
                self.indicate(Indication::UnitData(information.to_vec()));
            }
            Unnumbered::Xid(_) => self.counters.xid += 1,
        }
    }

    fn sabme(&mut self, now: Duration, pf: bool) {
        match self.state {
            State::TeiAssigned => {
                self.send_unnumbered(false, Unnumbered::Ua, pf);
                self.start_multiple_frame(now, false);
            }
            // Collision: both acknowledge, and each is up on the other's UA.
            State::AwaitingEstablishment => self.send_unnumbered(false, Unnumbered::Ua, pf),
            State::AwaitingRelease => self.send_unnumbered(false, Unnumbered::Dm, pf),
            State::MultipleFrameEstablished | State::TimerRecovery => {
                self.counters.resets_peer += 1;
                self.send_unnumbered(false, Unnumbered::Ua, pf);
                self.error(ErrorCode::F);
                let silent = self.sent.is_empty();
                self.start_multiple_frame(now, silent);
            }
        }
    }

    fn disc(&mut self, now: Duration, pf: bool) {
        match self.state {
            State::TeiAssigned | State::AwaitingEstablishment => {
                self.send_unnumbered(false, Unnumbered::Dm, pf);
            }
            State::AwaitingRelease => self.send_unnumbered(false, Unnumbered::Ua, pf),
            State::MultipleFrameEstablished | State::TimerRecovery => {
                self.send_unnumbered(false, Unnumbered::Ua, pf);
                self.fail(now);
            }
        }
    }

    fn ua(&mut self, now: Duration, pf: bool) {
        match self.state {
            State::AwaitingEstablishment if pf => {
                let silent = !self.layer3_initiated && self.sent.is_empty();
                self.start_multiple_frame(now, silent);
            }
            State::AwaitingRelease if pf => self.fail(now),
            State::AwaitingEstablishment | State::AwaitingRelease => self.error(ErrorCode::D),
            _ => self.error(if pf { ErrorCode::C } else { ErrorCode::D }),
        }
    }

    fn dm(&mut self, now: Duration, pf: bool) {
        match (self.state, pf) {
            // The peer asks us to establish.
            (State::TeiAssigned, false) => self.begin_establish(now, false),
            (State::AwaitingEstablishment, true) => {
                self.counters.establish_failed += 1;
                self.fail(now);
            }
            (State::AwaitingRelease, true) => self.fail(now),
            (State::TeiAssigned, true) => self.counters.unexpected += 1,
            (State::AwaitingEstablishment | State::AwaitingRelease, false) => {
                self.counters.unexpected += 1;
            }
            // Answer to an enquiry that the peer no longer has a link for.
            (State::TimerRecovery, true) => {
                self.error(ErrorCode::B);
                self.reset(now);
            }
            (State::MultipleFrameEstablished, true) => self.error(ErrorCode::B),
            (State::MultipleFrameEstablished | State::TimerRecovery, false) => {
                self.error(ErrorCode::E);
                self.reset(now);
            }
        }
    }
}
