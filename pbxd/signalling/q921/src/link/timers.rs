// SPDX-License-Identifier: MIT OR Apache-2.0
//! Time: T200, T203 and the pause before another attempt.

use super::Link;
use crate::frame::Unnumbered;
use crate::{ErrorCode, Persistence, State};
use core::time::Duration;

impl Link {
    /// When [`Link::handle_timeout`] is due next, on the caller's clock.
    pub fn poll_timeout(&self) -> Option<Duration> {
        [self.t200, self.t203, self.again]
            .into_iter()
            .flatten()
            .min()
    }

    /// Lets time act. Calling it early or late does no harm.
    pub fn handle_timeout(&mut self, now: Duration) {
        if take_due(&mut self.t200, now) {
            self.t200_expired(now);
        }
        if take_due(&mut self.t203, now) {
            self.t203_expired(now);
        }
        if take_due(&mut self.again, now) && self.state == State::TeiAssigned && self.layer1 {
            if self.config.persistence == Persistence::OnRequest {
                self.wanted = false;
                self.outcome_owed = true;
            }
            self.begin_establish(now, false);
        }
        self.flush(now);
    }

    fn t200_expired(&mut self, now: Duration) {
        match self.state {
            State::TeiAssigned => {}
            State::AwaitingEstablishment if self.retries >= self.config.n200 => {
                self.counters.establish_failed += 1;
                self.error(ErrorCode::G);
                self.fail(now);
            }
            State::AwaitingEstablishment => self.repeat(now, Unnumbered::Sabme),
            State::AwaitingRelease if self.retries >= self.config.n200 => {
                self.error(ErrorCode::H);
                self.fail(now);
            }
            State::AwaitingRelease => self.repeat(now, Unnumbered::Disc),
            State::MultipleFrameEstablished => {
                self.retries = 1;
                self.enquire(now);
                self.enter(State::TimerRecovery);
            }
            State::TimerRecovery if self.retries >= self.config.n200 => {
                self.error(ErrorCode::I);
                self.reset(now);
            }
            State::TimerRecovery => {
                self.retries += 1;
                self.enquire(now);
            }
        }
    }

    fn repeat(&mut self, now: Duration, command: Unnumbered<'_>) {
        self.retries += 1;
        self.send_unnumbered(true, command, true);
        self.t200 = Some(now + self.config.t200);
    }

    fn t203_expired(&mut self, now: Duration) {
        if self.state == State::MultipleFrameEstablished {
            self.retries = 0;
            self.enquire(now);
            self.enter(State::TimerRecovery);
        }
    }
}

fn take_due(timer: &mut Option<Duration>, now: Duration) -> bool {
    let due = timer.is_some_and(|at| at <= now);
    if due {
        *timer = None;
    }
    due
}
