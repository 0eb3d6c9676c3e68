// SPDX-License-Identifier: MIT OR Apache-2.0
//! Requests within a session's dialog.

use core::time::Duration;

use sip_msg::typed::Reason;
use sip_msg::{Header, Method, RawHeader};

use super::Endpoint;
use crate::event::{EndCause, Event};
use crate::next_hop::is_translated;
use crate::session::{Change, Established, Phase, Received, SessionId};
use crate::transaction::{Input, Owner, TransactionId};

impl Endpoint {
    /// A request whose dialog has been found and that has been inspected.
    pub(super) fn on_request_in_dialog(
        &mut self,
        now: Duration,
        id: SessionId,
        received: &Received,
    ) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let number = received.head.cseq.number;
        let dialog = match &mut session.phase {
            Phase::Outgoing(o) => o
                .early
                .iter_mut()
                .find(|d| d.is_remote_tag(received.head.from.tag())),
            Phase::Incoming(i) => Some(&mut i.dialog),
            Phase::Established(e) => Some(&mut e.dialog),
            Phase::Closing { dialog, .. } => Some(&mut **dialog),
        };
        if !dialog.is_some_and(|d| d.take_cseq(number)) {
            self.reply(now, received, 500, Some("CSeq out of order"), &[]);
            return;
        }
        session.peer = received.source;
        session.translated = is_translated(&received.head.via, received.source);
        match &received.head.cseq.method {
            Method::Bye => self.on_bye(now, id, received),
            Method::Invite => self.on_reinvite(now, id, received),
            _ => {
                let capabilities = self.capabilities();
                self.reply(now, received, 200, None, &capabilities);
            }
        }
    }

    fn on_bye(&mut self, now: Duration, id: SessionId, received: &Received) {
        let reasons = received.message.get_all::<Reason>().unwrap_or_default();
        self.reply(now, received, 200, None, &[]);
        let Some(session) = self.sessions.get(&id) else {
            return;
        };
        match &session.phase {
            // The callee has changed its mind about one early dialog. Others may still
            // answer, but a call that somebody hung up is over for call control.
            Phase::Outgoing(_) => self.give_up(now, id, Vec::new()),
            Phase::Incoming(_) => {
                self.refuse_call(now, id, 487, &[], EndCause::RemoteHangup(reasons));
            }
            Phase::Established(_) => self.end(now, id, EndCause::RemoteHangup(reasons)),
            // Both hung up at once; our BYE's answer no longer matters.
            Phase::Closing { .. } => self.end_closing(now, id),
        }
    }

    /// Ends a session whose BYE is out, with the cause it was closed for.
    pub(super) fn end_closing(&mut self, now: Duration, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        if let Phase::Closing { cause, .. } = &mut session.phase {
            let cause = core::mem::replace(cause, EndCause::Hangup);
            self.end(now, id, cause);
        }
    }

    fn on_reinvite(&mut self, now: Duration, id: SessionId, received: &Received) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let established = match &mut session.phase {
            Phase::Established(established) => established,
            Phase::Closing { .. } => {
                self.reply(now, received, 481, None, &[]);
                return;
            }
            // A second INVITE before the first is answered.
            Phase::Incoming(_) | Phase::Outgoing(_) => {
                self.reply_later(now, received);
                return;
            }
        };
        if established.hangup.is_some() {
            self.reply(now, received, 487, None, &[]);
            return;
        }
        match established.change {
            Change::Received { .. } => {
                self.reply_later(now, received);
                return;
            }
            Change::Sent { .. } => {
                self.reply(now, received, 491, None, &[]);
                return;
            }
            Change::None => {}
        }
        // Our 2xx or our ACK is still on its way: offer and answer are not complete.
        if established.unacknowledged.is_some() || established.owed.is_some() {
            self.reply(now, received, 491, None, &[]);
            return;
        }
        let Some(transaction) = self.open_server(now, received) else {
            self.reply_later(now, received);
            return;
        };
        let trying = self.build_reply(received, 100, None, None).build();
        self.respond(now, transaction, &trying);
        if let Some(transaction) = self.transactions.get_mut(transaction) {
            transaction.owner = Owner::Reinvite(id);
        }
        if let Some(established) = self.established_mut(id) {
            established.dialog.refresh_target(&received.message);
            established.change = Change::Received {
                transaction,
                invite: Box::new(received.clone()),
            };
        }
        self.reschedule_session(id);
        self.event(Event::Reoffer {
            session: id,
            body: received.message.content(),
        });
    }

    /// 500 with a Retry-After between 0 and 10 s, for an INVITE that comes before the
    /// last one is answered.
    fn reply_later(&mut self, now: Duration, received: &Received) {
        let wait = RawHeader::known(Header::RetryAfter, self.random.below(11));
        self.reply(now, received, 500, None, &[wait]);
    }

    pub(super) fn established_mut(&mut self, id: SessionId) -> Option<&mut Established> {
        match &mut self.sessions.get_mut(&id)?.phase {
            Phase::Established(established) => Some(established),
            _ => None,
        }
    }

    /// An ACK: to our refusal, which its transaction takes, or to our 2xx.
    pub(super) fn on_ack(
        &mut self,
        now: Duration,
        transaction: Option<TransactionId>,
        received: &Received,
    ) {
        if let Some(id) = transaction {
            let outcome = self.drive(now, id, Input::Ack, None);
            if outcome.over {
                self.forget(id);
            }
            if !outcome.deliver {
                return;
            }
        }
        let tag = received.head.to.tag().unwrap_or_default();
        let Some(id) = self.session_of(received, tag) else {
            self.counters.stray_acks += 1;
            return;
        };
        let number = received.head.cseq.number;
        let Some(established) = self.established_mut(id) else {
            self.counters.stray_acks += 1;
            return;
        };
        if established
            .unacknowledged
            .take_if(|u| u.cseq == number)
            .is_none()
        {
            // The ACK to a 2xx that had been repeated comes once for each copy.
            self.counters.stray_acks += 1;
            return;
        }
        let hangup = established.hangup.take();
        self.reschedule_session(id);
        self.event(Event::Confirmed {
            session: id,
            body: received.message.content(),
        });
        if let Some(headers) = hangup {
            self.close(now, id, &headers, EndCause::Hangup);
        }
    }
}
