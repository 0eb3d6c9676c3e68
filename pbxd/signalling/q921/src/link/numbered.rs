// SPDX-License-Identifier: MIT OR Apache-2.0
//! I and S frames in multiple-frame operation.

use super::Link;
use crate::frame::Supervisory;
use crate::{ErrorCode, Indication, Sequence, State};
use core::time::Duration;

impl Link {
    pub(super) fn information(
        &mut self,
        now: Duration,
        ns: Sequence,
        nr: Sequence,
        poll: bool,
        information: &[u8],
    ) {
        if self.own_busy {
            self.counters.discarded_busy += 1;
            if poll {
                self.answer_poll();
            }
        } else if ns == self.vr {
            self.vr = self.vr.next();
            self.rejecting = false;
            self.counters.information_received += 1;
            self.indicate(Indication::Data(information.to_vec()));
            if poll {
                self.answer_poll();
            } else {
                self.acknowledge = true;
            }
        } else {
            self.counters.out_of_sequence += 1;
            if !self.rejecting {
                self.rejecting = true;
                self.send_supervisory(false, Supervisory::Rej, poll);
                self.acknowledge = false;
            } else if poll {
                self.answer_poll();
            }
        }
        if !self.is_in_window(nr) {
            return self.bad_nr(now);
        }
        let progress = nr != self.va;
        self.acknowledged(nr);
        if self.state == State::MultipleFrameEstablished && !self.peer_busy {
            self.rearm(now, progress);
        }
    }

    pub(super) fn supervisory(
        &mut self,
        now: Duration,
        command: bool,
        kind: Supervisory,
        nr: Sequence,
        pf: bool,
    ) {
        match kind {
            Supervisory::Rr => {}
            Supervisory::Rnr => self.counters.peer_busy += 1,
            Supervisory::Rej => self.counters.rejects_received += 1,
        }
        self.peer_busy = kind == Supervisory::Rnr;
        if command && pf {
            self.answer_poll();
        }
        let enquiry_answered = !command && pf;
        if enquiry_answered && self.state == State::MultipleFrameEstablished {
            self.error(ErrorCode::A);
        }
        if !self.is_in_window(nr) {
            return self.bad_nr(now);
        }
        let progress = nr != self.va;
        self.acknowledged(nr);
        if self.state == State::TimerRecovery {
            if enquiry_answered {
                self.recovered(now);
            }
            return;
        }
        match kind {
            Supervisory::Rr => self.rearm(now, progress),
            Supervisory::Rej => {
                self.t200 = None;
                self.t203 = Some(now + self.config.t203);
                self.invoke_retransmission();
            }
            Supervisory::Rnr => {
                self.t203 = None;
                self.t200 = Some(now + self.config.t200);
            }
        }
    }

    /// The enquiry is answered: go on from what the peer says it has.
    fn recovered(&mut self, now: Duration) {
        if self.peer_busy {
            self.t200 = Some(now + self.config.t200);
        } else {
            self.t200 = None;
            self.t203 = Some(now + self.config.t203);
        }
        self.retries = 0;
        self.invoke_retransmission();
        self.enter(State::MultipleFrameEstablished);
    }

    /// V(A) <= N(R) <= V(S), modulo 128.
    fn is_in_window(&self, nr: Sequence) -> bool {
        nr.distance_from(self.va) <= self.vs.distance_from(self.va)
    }

    fn bad_nr(&mut self, now: Duration) {
        self.counters.bad_nr += 1;
        self.error(ErrorCode::J);
        self.reset(now);
    }

    fn acknowledged(&mut self, nr: Sequence) {
        while self.va != nr && self.sent.pop_front().is_some() {
            self.va = self.va.next();
        }
    }

    /// T200 runs while something is unacknowledged, T203 while nothing is.
    fn rearm(&mut self, now: Duration, progress: bool) {
        if self.sent.is_empty() {
            self.t200 = None;
            self.t203 = Some(now + self.config.t203);
        } else if progress || self.t200.is_none() {
            self.t203 = None;
            self.t200 = Some(now + self.config.t200);
        }
    }
}
