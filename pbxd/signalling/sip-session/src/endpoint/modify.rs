// SPDX-License-Identifier: MIT OR Apache-2.0
//! Offers within a session, and ACKs that carry an answer.

use core::time::Duration;
use std::sync::Arc;

use sip_msg::{Body, Method, RawHeader};

use super::Endpoint;
use crate::dialog::Dialog;
use crate::error::Error;
use crate::event::Transmit;
use crate::next_hop::Path;
use crate::request::check_headers;
use crate::session::{Change, OwedAck, Phase, SessionId};
use crate::transaction::{KeptAck, Owner, TransactionId};

impl Endpoint {
    fn established(&mut self, id: SessionId) -> Result<&mut crate::session::Established, Error> {
        match &mut self.sessions.get_mut(&id).ok_or(Error::NoSession)?.phase {
            Phase::Established(established) => Ok(established),
            _ => Err(Error::State("not established")),
        }
    }

    /// Offers a change of the session (re-INVITE); without a body, asks the peer for its
    /// offer. The outcome is [`Event::OfferAnswered`](crate::Event::OfferAnswered) or
    /// [`Event::OfferRejected`](crate::Event::OfferRejected). If the peer offers at the
    /// same time, it is repeated after the time RFC 3261 demands.
    ///
    /// # Errors
    /// [`Error::State`] while another change or an ACK is outstanding;
    /// [`Error::NoSession`], [`Error::Header`], [`Error::Full`].
    pub fn reinvite(
        &mut self,
        now: Duration,
        session: SessionId,
        body: Option<Body>,
        headers: &[RawHeader],
    ) -> Result<(), Error> {
        check_headers(headers)?;
        let full = self.transactions.len() >= self.config.bounds.transactions;
        let established = self.established(session)?;
        if established.unacknowledged.is_some() || established.owed.is_some() {
            return Err(Error::State("an ACK is outstanding"));
        }
        if established.is_busy() || established.retry.is_some() {
            return Err(Error::State("a change is under way"));
        }
        if full {
            return Err(Error::Full("transactions"));
        }
        self.send_reinvite(now, session, body, headers.to_vec(), 1);
        Ok(())
    }

    pub(super) fn send_reinvite(
        &mut self,
        now: Duration,
        id: SessionId,
        body: Option<Body>,
        headers: Vec<RawHeader>,
        attempts: u8,
    ) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let Phase::Established(established) = &mut session.phase else {
            return;
        };
        let cseq = established.dialog.next_cseq();
        let dialog = established.dialog.clone();
        let path = session.path(&dialog);
        let branch = self.random.branch();
        let via = self.own_via(path.local, &branch);
        let mut out = self.describe(dialog.request(Method::Invite, cseq, &via), path.local);
        for header in &headers {
            out = out.raw(header);
        }
        let request = out.body(body.clone()).build();
        let owner = Owner::Reinvite(id);
        let transaction = self.open_client(now, owner, request, &branch, path, Some(dialog));
        if let Some(established) = self.established_mut(id) {
            established.change = Change::Sent {
                transaction,
                body,
                headers,
                attempts,
            };
        }
    }

    /// Accepts the peer's offer with 200. The body is the answer, or our offer if the
    /// peer asked for one.
    ///
    /// # Errors
    /// [`Error::State`] if there is none; [`Error::NoSession`], [`Error::Header`].
    pub fn accept_offer(
        &mut self,
        now: Duration,
        session: SessionId,
        body: Option<Body>,
        headers: &[RawHeader],
    ) -> Result<(), Error> {
        check_headers(headers)?;
        let established = self.established(session)?;
        let (transaction, invite) = match &established.change {
            Change::Received {
                transaction,
                invite,
            } => (*transaction, invite.clone()),
            _ => return Err(Error::State("no offer to answer")),
        };
        established.change = Change::None;
        let unacknowledged = self.answer_again(now, transaction, &invite, body, headers);
        self.established(session)?.unacknowledged = Some(unacknowledged);
        self.reschedule_session(session);
        Ok(())
    }

    /// Refuses the peer's offer (488 is usual); the session goes on as it was.
    ///
    /// # Errors
    /// [`Error::Status`] outside 300 to 699; [`Error::State`] if there is no offer;
    /// [`Error::NoSession`], [`Error::Header`].
    pub fn reject_offer(
        &mut self,
        now: Duration,
        session: SessionId,
        status: u16,
        headers: &[RawHeader],
    ) -> Result<(), Error> {
        check_headers(headers)?;
        if !(300..700).contains(&status) {
            return Err(Error::Status(status));
        }
        if !matches!(self.established(session)?.change, Change::Received { .. }) {
            return Err(Error::State("no offer to answer"));
        }
        self.refuse_offer(now, session, status, headers);
        Ok(())
    }

    /// Sends the ACK that [`Event::Answered`](crate::Event::Answered) or
    /// [`Event::OfferAnswered`](crate::Event::OfferAnswered) asked for, with our answer
    /// to the peer's offer.
    ///
    /// # Errors
    /// [`Error::State`] if no ACK is owed; [`Error::NoSession`].
    pub fn acknowledge(
        &mut self,
        _now: Duration,
        session: SessionId,
        body: Option<Body>,
    ) -> Result<(), Error> {
        let established = self.established(session)?;
        let Some(owed) = established.owed.take() else {
            return Err(Error::State("no ACK is owed"));
        };
        self.send_ack(session, owed, body);
        Ok(())
    }

    /// Before a BYE, an ACK that the owner did not give is sent without a body.
    pub(super) fn send_owed_ack(&mut self, id: SessionId) {
        if let Some(owed) = self.established_mut(id).and_then(|e| e.owed.take()) {
            self.send_ack(id, owed, None);
        }
    }

    fn send_ack(&mut self, id: SessionId, owed: OwedAck, body: Option<Body>) {
        let Some(session) = self.sessions.get(&id) else {
            return;
        };
        let Some(dialog) = session.dialog().cloned() else {
            return;
        };
        let path = session.path(&dialog);
        self.send_2xx_ack(owed.transaction, &dialog, owed.cseq, path, body);
    }

    /// Sends the ACK to a 2xx and keeps it with the INVITE's transaction, which answers
    /// repetitions of the 2xx.
    pub(super) fn send_2xx_ack(
        &mut self,
        transaction: TransactionId,
        dialog: &Dialog,
        cseq: u32,
        path: Path,
        body: Option<Body>,
    ) {
        let branch = self.random.branch();
        let via = self.own_via(path.local, &branch);
        let ack = dialog.request(Method::Ack, cseq, &via).body(body).build();
        let bytes: Arc<[u8]> = ack.as_bytes().into();
        let transmit = Transmit {
            source: path.local,
            destination: path.remote,
            bytes,
        };
        if let Some(transaction) = self.transactions.get_mut(transaction) {
            transaction.acks.push(KeptAck {
                remote_tag: dialog.remote.tag().map(str::to_string),
                transmit: transmit.clone(),
            });
        }
        self.transmit(transmit);
    }
}
