// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sessions ending.

use core::time::Duration;

use sip_msg::{Header, Method, RawHeader};

use super::Endpoint;
use crate::deadline::Waiter;
use crate::dialog::Dialog;
use crate::error::Error;
use crate::event::{EndCause, Event};
use crate::next_hop::Path;
use crate::request::check_headers;
use crate::session::{Change, Phase, SessionId};
use crate::transaction::Owner;

impl Endpoint {
    /// Ends a session, whatever its state: an outgoing call that is not answered is
    /// cancelled, an incoming one refused with 480 (use [`Endpoint::reject`] to choose),
    /// an established one gets a BYE. `headers` (Reason) go into that message.
    ///
    /// Speech may stop at once; the session stays until [`Event::Ended`].
    ///
    /// # Errors
    /// [`Error::NoSession`], [`Error::Header`]. Doing it twice is not an error.
    pub fn hangup(
        &mut self,
        now: Duration,
        session: SessionId,
        headers: &[RawHeader],
    ) -> Result<(), Error> {
        check_headers(headers)?;
        let phase = &mut self
            .sessions
            .get_mut(&session)
            .ok_or(Error::NoSession)?
            .phase;
        match phase {
            Phase::Outgoing(_) => self.give_up(now, session, headers.to_vec()),
            Phase::Incoming(_) => {
                let cause = EndCause::Rejected(480);
                self.refuse_call(now, session, 480, headers, cause);
            }
            // The callee must not send BYE before it has the ACK.
            Phase::Established(e) if e.unacknowledged.is_some() && !e.dialog.owns_call_id => {
                if e.hangup.is_none() {
                    e.hangup = Some(headers.to_vec());
                }
            }
            Phase::Established(_) => {
                self.send_owed_ack(session);
                self.close(now, session, headers, EndCause::Hangup);
            }
            Phase::Closing { .. } => {}
        }
        Ok(())
    }

    /// Sends BYE and waits for its answer.
    pub(super) fn close(
        &mut self,
        now: Duration,
        id: SessionId,
        headers: &[RawHeader],
        cause: EndCause,
    ) {
        self.abandon_changes(now, id);
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let Phase::Established(established) = &session.phase else {
            return;
        };
        let mut dialog = established.dialog.clone();
        let cseq = dialog.next_cseq();
        let path = session.path(&dialog);
        session.phase = Phase::Closing {
            dialog: Box::new(dialog.clone()),
            cause,
        };
        self.reschedule_session(id);
        self.send_bye(now, Owner::Bye(id), &dialog, cseq, path, headers);
    }

    pub(super) fn send_bye(
        &mut self,
        now: Duration,
        owner: Owner,
        dialog: &Dialog,
        cseq: u32,
        path: Path,
        headers: &[RawHeader],
    ) {
        let branch = self.random.branch();
        let via = self.own_via(path.local, &branch);
        let mut out = dialog.request(Method::Bye, cseq, &via);
        if !self.config.product.is_empty() {
            out = out.header(Header::UserAgent, &self.config.product);
        }
        for header in headers {
            out = out.raw(header);
        }
        self.open_client(now, owner, out.build(), &branch, path, None);
    }

    /// Forgets a session and says so.
    pub(super) fn end(&mut self, now: Duration, id: SessionId, cause: EndCause) {
        self.abandon_changes(now, id);
        if let Some(session) = self.sessions.remove(&id) {
            self.by_tag.remove(&session.local_tag);
            self.deadlines.set(Waiter::Session(id), None);
            self.event(Event::Ended { session: id, cause });
        }
    }

    /// Before a session ends: what the peer asked last is still owed an answer, and what
    /// we asked is no longer waited for without end.
    fn abandon_changes(&mut self, now: Duration, id: SessionId) {
        self.refuse_offer(now, id, 487, &[]);
        let timers = self.config.timers;
        let Some(established) = self.established_mut(id) else {
            return;
        };
        if let Change::Sent { transaction, .. } = established.change {
            if let Some(invite) = self.transactions.get_mut(transaction) {
                invite.limit(now, &timers);
                invite.owner = Owner::Nobody;
            }
            self.reschedule_transaction(transaction);
        }
    }

    /// Refuses a re-INVITE that waits for the owner, if there is one.
    pub(super) fn refuse_offer(
        &mut self,
        now: Duration,
        id: SessionId,
        status: u16,
        headers: &[RawHeader],
    ) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let Phase::Established(established) = &mut session.phase else {
            return;
        };
        if !matches!(established.change, Change::Received { .. }) {
            return;
        }
        let change = core::mem::replace(&mut established.change, Change::None);
        if let Change::Received {
            transaction,
            invite,
        } = change
        {
            let mut out = self.build_reply(&invite, status, None, None);
            for header in headers {
                out = out.raw(header);
            }
            let response = out.build();
            self.respond(now, transaction, &response);
        }
    }
}
