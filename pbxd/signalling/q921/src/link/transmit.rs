// SPDX-License-Identifier: MIT OR Apache-2.0
//! What leaves a link.

use super::{Link, Queued};
use crate::frame::{Address, Control, Frame, Supervisory, Unnumbered};
use crate::{Output, State};
use core::time::Duration;

impl Link {
    fn send(&mut self, command: bool, control: Control<'_>) {
        let frame = Frame {
            address: Address {
                sapi: self.config.sapi,
                cr: command == self.config.side.command_bit(),
                tei: self.config.tei,
            },
            control,
        };
        self.counters.frames_sent += 1;
        self.outputs.push_back(Output::Frame(frame.encode()));
    }

    pub(super) fn send_unnumbered(&mut self, command: bool, kind: Unnumbered<'_>, pf: bool) {
        self.send(command, Control::Unnumbered { kind, pf });
    }

    pub(super) fn send_supervisory(&mut self, command: bool, kind: Supervisory, pf: bool) {
        if kind == Supervisory::Rej {
            self.counters.rejects_sent += 1;
        }
        let nr = self.vr;
        self.send(command, Control::Supervisory { kind, nr, pf });
    }

    /// Answers a poll: RR or RNR with the final bit.
    pub(super) fn answer_poll(&mut self) {
        self.send_supervisory(false, self.readiness(), true);
        self.acknowledge = false;
    }

    /// Asks the peer where it is: RR or RNR with the poll bit.
    pub(super) fn enquire(&mut self, now: Duration) {
        self.counters.enquiries += 1;
        self.send_supervisory(true, self.readiness(), true);
        self.acknowledge = false;
        self.t200 = Some(now + self.config.t200);
    }

    /// Puts every unacknowledged I frame back at the head of the queue.
    pub(super) fn invoke_retransmission(&mut self) {
        while let Some(information) = self.sent.pop_back() {
            self.queue.push_front(Queued {
                information,
                again: true,
            });
        }
        self.vs = self.va;
    }

    /// Sends the I frames that the window allows, then the acknowledgement that is still owed.
    pub(super) fn flush(&mut self, now: Duration) {
        while self.state == State::MultipleFrameEstablished
            && !self.peer_busy
            && self.sent.len() < self.config.window()
        {
            let Some(Queued { information, again }) = self.queue.pop_front() else {
                break;
            };
            if again {
                self.counters.retransmitted += 1;
            } else {
                self.counters.information_sent += 1;
            }
            let control = Control::Information {
                ns: self.vs,
                nr: self.vr,
                poll: false,
                information: &information,
            };
            self.send(true, control);
            self.sent.push_back(information);
            self.vs = self.vs.next();
            self.acknowledge = false;
            if self.t200.is_none() {
                self.t203 = None;
                self.t200 = Some(now + self.config.t200);
            }
        }
        if core::mem::take(&mut self.acknowledge) && self.state.established() {
            self.send_supervisory(false, self.readiness(), false);
        }
    }
}
