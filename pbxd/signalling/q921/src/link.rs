// SPDX-License-Identifier: MIT OR Apache-2.0
//! One point-to-point data link: its variables and what may be asked of it.
//!
//! What frames do to it is in `link/receive.rs` (by state), `link/numbered.rs` (I and S frames in
//! multiple-frame operation), what leaves it in `link/transmit.rs`, and time in `link/timers.rs`.

mod numbered;
mod receive;
mod timers;
mod transmit;

use crate::frame::{Supervisory, Unnumbered};
use crate::{Config, Counters, ErrorCode, Indication, Output, Persistence, RequestError};
use crate::{Sequence, State};
use core::time::Duration;
use std::collections::VecDeque;

/// Outputs that may wait for the caller before arriving frames are dropped (and counted).
const OUTPUT_LIMIT: usize = 1024;

/// One LAPD data link in multiple-frame operation. See the crate's contract.
#[derive(Debug)]
pub struct Link {
    config: Config,
    state: State,
    /// V(S), the number of the next I frame.
    vs: Sequence,
    /// V(A), the oldest number not yet acknowledged.
    va: Sequence,
    /// V(R), the number expected next.
    vr: Sequence,
    /// RC, retransmissions so far.
    retries: u32,
    /// I frames that wait for the window.
    queue: VecDeque<Queued>,
    /// I frames from V(A) to V(S) - 1.
    sent: VecDeque<Vec<u8>>,
    peer_busy: bool,
    own_busy: bool,
    /// REJ exception: a REJ is out and not yet answered.
    rejecting: bool,
    /// An acknowledgement is owed.
    acknowledge: bool,
    layer3_initiated: bool,
    /// Layer 3 asked for a release while establishment was under way.
    release_wanted: bool,
    /// The link is to be re-established when it fails.
    wanted: bool,
    /// Layer 3 has been told that the link is up.
    reported_up: bool,
    /// Layer 3 asked for establishment and awaits the outcome.
    outcome_owed: bool,
    same_side_reported: bool,
    layer1: bool,
    t200: Option<Duration>,
    t203: Option<Duration>,
    again: Option<Duration>,
    outputs: VecDeque<Output>,
    counters: Counters,
}

/// An I frame in the queue.
#[derive(Debug)]
struct Queued {
    information: Vec<u8>,
    /// It has been on the line before.
    again: bool,
}

impl Link {
    /// A link with layer 1 down and nothing established. `k` outside 1 to 127 is taken as the nearest
    /// legal value.
    pub fn new(config: Config) -> Self {
        Link {
            wanted: matches!(config.persistence, Persistence::KeepUp { .. }),
            config,
            state: State::TeiAssigned,
            vs: Sequence::ZERO,
            va: Sequence::ZERO,
            vr: Sequence::ZERO,
            retries: 0,
            queue: VecDeque::new(),
            sent: VecDeque::new(),
            peer_busy: false,
            own_busy: false,
            rejecting: false,
            acknowledge: false,
            layer3_initiated: false,
            release_wanted: false,
            reported_up: false,
            outcome_owed: false,
            same_side_reported: false,
            layer1: false,
            t200: None,
            t203: None,
            again: None,
            outputs: VecDeque::new(),
            counters: Counters::default(),
        }
    }

    /// The parameters it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its state.
    pub fn state(&self) -> State {
        self.state
    }

    /// Its counters.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// I frames not yet acknowledged, waiting ones included.
    pub fn outstanding(&self) -> usize {
        self.queue.len() + self.sent.len()
    }

    /// The next thing to do for the caller, oldest first.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Layer 1 came up or went down. Losing it releases the link at once; what an alarm's
    /// persistence should be is the line's business, not ours.
    pub fn layer1(&mut self, now: Duration, up: bool) {
        if up == self.layer1 {
            return;
        }
        self.layer1 = up;
        if up {
            self.wanted |= matches!(self.config.persistence, Persistence::KeepUp { .. });
            if self.wanted {
                self.begin_establish(now, false);
            }
        } else {
            self.fail(now);
            self.again = None;
        }
        self.flush(now);
    }

    /// DL-ESTABLISH request. The outcome is [`Indication::Established`] or [`Indication::Released`].
    ///
    /// # Errors
    /// [`RequestError::LayerOneDown`]; the wish is kept and honoured when layer 1 comes up if the
    /// link is one to be kept up.
    pub fn establish_request(&mut self, now: Duration) -> Result<(), RequestError> {
        self.wanted = matches!(self.config.persistence, Persistence::KeepUp { .. });
        self.release_wanted = false;
        if !self.layer1 {
            return Err(RequestError::LayerOneDown);
        }
        self.outcome_owed = true;
        match self.state {
            State::AwaitingEstablishment => {
                self.discard_queue();
                self.layer3_initiated = true;
            }
            // Only after the release: SABME must not overtake the outstanding DISC.
            State::AwaitingRelease => self.wanted = true,
            _ => {
                self.discard_queue();
                self.begin_establish(now, true);
            }
        }
        self.flush(now);
        Ok(())
    }

    /// DL-RELEASE request. The link stays down, also one to be kept up, until
    /// [`Link::establish_request`] or until layer 1 comes up anew or the peer establishes it. The
    /// outcome is [`Indication::Released`].
    pub fn release_request(&mut self, now: Duration) {
        self.wanted = false;
        self.again = None;
        self.outcome_owed = true;
        match self.state {
            State::TeiAssigned => self.report_released(),
            State::AwaitingEstablishment => self.release_wanted = true,
            State::AwaitingRelease => {}
            State::MultipleFrameEstablished | State::TimerRecovery => self.begin_release(now),
        }
        self.flush(now);
    }

    /// DL-DATA request: one layer 3 message in acknowledged operation.
    ///
    /// # Errors
    /// [`RequestError`]; the message is then not sent.
    pub fn data_request(
        &mut self,
        now: Duration,
        information: Vec<u8>,
    ) -> Result<(), RequestError> {
        self.fits(&information)?;
        let recovering = self.state == State::AwaitingEstablishment
            && !self.layer3_initiated
            && self.reported_up;
        if !self.state.established() && !recovering {
            return Err(RequestError::NotEstablished);
        }
        if self.queue.len() >= self.config.queue {
            self.counters.queue_full += 1;
            return Err(RequestError::QueueFull(self.config.queue));
        }
        self.queue.push_back(Queued {
            information,
            again: false,
        });
        self.flush(now);
        Ok(())
    }

    /// DL-UNIT DATA request: one message in a UI frame, unacknowledged.
    ///
    /// # Errors
    /// [`RequestError`]; the message is then not sent.
    pub fn unit_data_request(
        &mut self,
        now: Duration,
        information: &[u8],
    ) -> Result<(), RequestError> {
        self.fits(information)?;
        if !self.layer1 {
            return Err(RequestError::LayerOneDown);
        }
        self.send_unnumbered(true, Unnumbered::Ui(information), false);
        self.flush(now);
        Ok(())
    }

    /// Our receiver becomes busy (I frames are discarded and the peer told to wait) or free again.
    pub fn receiver_busy(&mut self, now: Duration, busy: bool) {
        if self.own_busy == busy {
            return;
        }
        self.own_busy = busy;
        if self.state.established() {
            self.send_supervisory(false, self.readiness(), false);
            self.acknowledge = false;
        }
        self.flush(now);
    }

    fn fits(&self, information: &[u8]) -> Result<(), RequestError> {
        if information.len() > self.config.n201 {
            return Err(RequestError::TooLong {
                length: information.len(),
                limit: self.config.n201,
            });
        }
        Ok(())
    }

    fn readiness(&self) -> Supervisory {
        if self.own_busy {
            Supervisory::Rnr
        } else {
            Supervisory::Rr
        }
    }

    fn enter(&mut self, next: State) {
        if !self.state.may_become(next) {
            self.counters.illegal_transitions += 1;
            debug_assert!(false, "{:?} may not become {next:?}", self.state);
        }
        self.state = next;
    }

    fn indicate(&mut self, indication: Indication) {
        self.outputs.push_back(Output::Indication(indication));
    }

    fn error(&mut self, code: ErrorCode) {
        self.indicate(Indication::Error(code));
    }

    fn report_released(&mut self) {
        if self.reported_up {
            self.counters.released += 1;
        }
        if self.reported_up || self.outcome_owed {
            self.indicate(Indication::Released);
        }
        self.reported_up = false;
        self.outcome_owed = false;
    }

    fn report_established(&mut self) {
        self.reported_up = true;
        self.outcome_owed = false;
        self.indicate(Indication::Established);
    }

    /// Sends SABME and waits for its UA; the queue is kept unless layer 3 asked for it.
    fn begin_establish(&mut self, now: Duration, layer3: bool) {
        self.clear_exceptions();
        self.layer3_initiated = layer3 || !self.reported_up;
        self.same_side_reported = false;
        self.retries = 0;
        self.again = None;
        self.t203 = None;
        self.send_unnumbered(true, Unnumbered::Sabme, true);
        self.t200 = Some(now + self.config.t200);
        self.enter(State::AwaitingEstablishment);
    }

    /// Something went wrong in multiple-frame operation: start it afresh.
    fn reset(&mut self, now: Duration) {
        self.counters.resets_ours += 1;
        self.begin_establish(now, false);
    }

    fn begin_release(&mut self, now: Duration) {
        self.discard_queue();
        self.discard_sent();
        self.retries = 0;
        self.t203 = None;
        self.send_unnumbered(true, Unnumbered::Disc, true);
        self.t200 = Some(now + self.config.t200);
        self.enter(State::AwaitingRelease);
    }

    /// Multiple-frame operation starts with all numbers zero. `silent` keeps the queue and tells
    /// layer 3 only if it wants to hear of every reset.
    fn start_multiple_frame(&mut self, now: Duration, silent: bool) {
        self.counters.established += 1;
        self.clear_exceptions();
        self.discard_sent();
        if !silent {
            self.discard_queue();
        }
        self.vs = Sequence::ZERO;
        self.va = Sequence::ZERO;
        self.vr = Sequence::ZERO;
        self.retries = 0;
        self.t200 = None;
        self.again = None;
        self.t203 = Some(now + self.config.t203);
        self.enter(State::MultipleFrameEstablished);
        if !silent || self.config.report_every_reset {
            self.report_established();
        }
        if core::mem::take(&mut self.release_wanted) {
            self.begin_release(now);
        }
    }

    /// Back to TEI assigned, telling layer 3; tries again later where that is the policy.
    fn fail(&mut self, now: Duration) {
        self.discard_queue();
        self.discard_sent();
        self.clear_exceptions();
        self.t200 = None;
        self.t203 = None;
        self.release_wanted = false;
        self.enter(State::TeiAssigned);
        self.report_released();
        if self.wanted {
            self.again = Some(match self.config.persistence {
                Persistence::KeepUp { pause } => now + pause,
                Persistence::OnRequest => now,
            });
        }
    }

    fn clear_exceptions(&mut self) {
        self.peer_busy = false;
        self.rejecting = false;
        self.acknowledge = false;
    }

    fn discard_queue(&mut self) {
        self.counters.discarded += self.queue.len() as u64;
        self.queue.clear();
    }

    fn discard_sent(&mut self) {
        self.counters.discarded += self.sent.len() as u64;
        self.sent.clear();
    }
}
