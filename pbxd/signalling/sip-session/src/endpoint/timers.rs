// SPDX-License-Identifier: MIT OR Apache-2.0
//! What happens when time passes.

use core::time::Duration;

use super::Endpoint;
use crate::event::{EndCause, Event};
use crate::session::{Phase, Retry, SessionId};
use crate::transaction::{Input, Outcome, Owner, TransactionId};

impl Endpoint {
    pub(super) fn transaction_timer(&mut self, now: Duration, id: TransactionId) {
        let fired = self.transactions.get_mut(id).and_then(|t| t.fired(now));
        let Some(input) = fired else {
            self.reschedule_transaction(id);
            return;
        };
        let Outcome {
            timed_out, over, ..
        } = self.drive(now, id, input, None);
        let ended = self
            .transactions
            .get(id)
            .map(|t| (t.owner, t.began))
            .filter(|_| over);
        if over {
            self.forget(id);
        }
        let Some((owner, began)) = ended.filter(|_| timed_out && input == Input::Timeout) else {
            return;
        };
        match owner {
            Owner::Call(session) => self.on_call_unanswered(now, session),
            Owner::Reinvite(session) => self.on_reinvite_refused(now, session, 408),
            Owner::Bye(session) => self.end_closing(now, session),
            Owner::Request(request) => self.event(Event::Response {
                request,
                response: None,
                elapsed: now.saturating_sub(began),
            }),
            Owner::Nobody => {}
        }
    }

    /// The INVITE's transaction ended without a final response.
    fn on_call_unanswered(&mut self, now: Duration, id: SessionId) {
        if let Some(Phase::Outgoing(_)) = self.sessions.get(&id).map(|s| &s.phase) {
            self.end(now, id, EndCause::NoResponse);
        }
    }

    pub(super) fn session_timer(&mut self, now: Duration, id: SessionId) {
        match self.sessions.get(&id).map(|s| &s.phase) {
            Some(Phase::Incoming(_)) => self.incoming_timer(now, id),
            Some(Phase::Established(_)) => self.established_timer(now, id),
            _ => {}
        }
        self.reschedule_session(id);
    }

    fn incoming_timer(&mut self, now: Duration, id: SessionId) {
        let refresh = self.config.timers.refresh;
        let Some(incoming) = self.incoming_mut(id) else {
            return;
        };
        let transaction = incoming.transaction;
        if incoming.expires_at.is_some_and(|at| at <= now) {
            self.refuse_call(now, id, 487, &[], EndCause::Expired);
            return;
        }
        if incoming.refresh_at.take_if(|at| *at <= now).is_some() {
            incoming.refresh_at = Some(now + refresh);
            let last = self
                .transactions
                .get(transaction)
                .and_then(|t| t.kept.clone());
            self.drive(now, transaction, Input::SendProvisional, last);
        }
    }

    fn established_timer(&mut self, now: Duration, id: SessionId) {
        let (t1, t2) = (self.config.timers.t1, self.config.timers.t2);
        let Some(established) = self.established_mut(id) else {
            return;
        };
        if let Some(waiting) = &mut established.unacknowledged {
            if waiting.give_up_at <= now {
                established.unacknowledged = None;
                let wanted = established.hangup.take();
                self.counters.timeouts += 1;
                let cause = match wanted {
                    Some(_) => EndCause::Hangup,
                    None => EndCause::NoAck,
                };
                self.close(now, id, &wanted.unwrap_or_default(), cause);
                return;
            }
            if waiting.resend_at <= now {
                waiting.interval = waiting.interval.saturating_mul(2).min(t2);
                waiting.resend_at = now + waiting.interval;
                let transmit = waiting.transmit.clone();
                self.counters.resent += 1;
                self.transmit(transmit);
                return;
            }
        }
        let busy = established.is_busy();
        let Some(retry) = established.retry.take_if(|r| r.at <= now) else {
            return;
        };
        if busy {
            // The peer's own attempt came first; ours follows when it is through.
            established.retry = Some(Retry {
                at: now + t1,
                ..retry
            });
            return;
        }
        self.send_reinvite(now, id, retry.body, retry.headers, retry.attempts);
    }
}
