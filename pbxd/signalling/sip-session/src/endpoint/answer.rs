// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the owner says to a caller.

use core::time::Duration;

use sip_msg::{Body, Builder, Header, Message, RawHeader};

use super::Endpoint;
use super::reply::ALLOW;
use crate::error::Error;
use crate::event::{EndCause, Transmit};
use crate::request::check_headers;
use crate::session::{Established, Incoming, Phase, Received, SessionId, Unacknowledged};
use crate::transaction::TransactionId;

impl Endpoint {
    /// The unanswered call of a session.
    fn incoming(&self, session: SessionId) -> Result<&Incoming, Error> {
        match &self.sessions.get(&session).ok_or(Error::NoSession)?.phase {
            Phase::Incoming(incoming) => Ok(incoming),
            _ => Err(Error::State("not an unanswered incoming call")),
        }
    }

    /// A response that makes a dialog: with our tag, Contact and the Record-Route.
    fn dialog_response(
        &self,
        received: &Received,
        code: u16,
        tag: &str,
        headers: &[RawHeader],
    ) -> Builder {
        let mut out = self
            .build_reply(received, code, None, Some(tag))
            .copy(&received.message, Header::RecordRoute)
            .header(Header::Contact, self.own_contact(received.local))
            .header(Header::Allow, ALLOW);
        if code >= 200 {
            out = out.header(Header::Supported, "");
        }
        for header in headers {
            out = out.raw(header);
        }
        out
    }

    /// Tells the caller how the call gets on: 180, 183 or another provisional status, with
    /// a session description for early media. Repeated every minute until the call is
    /// answered.
    ///
    /// # Errors
    /// [`Error::Status`] outside 101 to 199; [`Error::NoSession`], [`Error::State`],
    /// [`Error::Header`].
    pub fn progress(
        &mut self,
        now: Duration,
        session: SessionId,
        status: u16,
        body: Option<Body>,
        headers: &[RawHeader],
    ) -> Result<(), Error> {
        check_headers(headers)?;
        if !(101..200).contains(&status) {
            return Err(Error::Status(status));
        }
        let incoming = self.incoming(session)?;
        let transaction = incoming.transaction;
        let tag = incoming.dialog.local.tag().unwrap_or_default();
        let response = self
            .dialog_response(&incoming.invite, status, tag, headers)
            .body(body)
            .build();
        self.respond(now, transaction, &response);
        let refresh = now + self.config.timers.refresh;
        if let Some(incoming) = self.incoming_mut(session) {
            incoming.refresh_at = Some(refresh);
        }
        self.reschedule_session(session);
        Ok(())
    }

    pub(super) fn incoming_mut(&mut self, session: SessionId) -> Option<&mut Incoming> {
        match &mut self.sessions.get_mut(&session)?.phase {
            Phase::Incoming(incoming) => Some(incoming),
            _ => None,
        }
    }

    /// Answers the call with 200. The body is the answer, or the offer if the INVITE had
    /// none. The 200 is repeated until its ACK comes ([`Event::Confirmed`]); if none does,
    /// the session ends with [`EndCause::NoAck`].
    ///
    /// [`Event::Confirmed`]: crate::Event::Confirmed
    ///
    /// # Errors
    /// [`Error::NoSession`], [`Error::State`], [`Error::Header`].
    pub fn answer(
        &mut self,
        now: Duration,
        session: SessionId,
        body: Option<Body>,
        headers: &[RawHeader],
    ) -> Result<(), Error> {
        check_headers(headers)?;
        let incoming = self.incoming(session)?;
        let (transaction, invite) = (incoming.transaction, incoming.invite.clone());
        let dialog = incoming.dialog.clone();
        let tag = dialog.local.tag().unwrap_or_default();
        let response = self
            .dialog_response(&invite, 200, tag, headers)
            .body(body)
            .build();
        let mut established = Established::new(dialog);
        established.unacknowledged = Some(self.send_2xx(now, transaction, &invite, &response));
        if let Some(session) = self.sessions.get_mut(&session) {
            session.phase = Phase::Established(Box::new(established));
        }
        self.reschedule_session(session);
        Ok(())
    }

    /// Answers a re-INVITE with 200.
    pub(super) fn answer_again(
        &mut self,
        now: Duration,
        transaction: TransactionId,
        invite: &Received,
        body: Option<Body>,
        headers: &[RawHeader],
    ) -> Unacknowledged {
        let response = self
            .dialog_response(invite, 200, "", headers)
            .body(body)
            .build();
        self.send_2xx(now, transaction, invite, &response)
    }

    /// Sends a 2xx to an INVITE and prepares its repetition.
    fn send_2xx(
        &mut self,
        now: Duration,
        transaction: TransactionId,
        invite: &Received,
        response: &Message,
    ) -> Unacknowledged {
        self.respond(now, transaction, response);
        let timers = &self.config.timers;
        Unacknowledged {
            cseq: invite.head.cseq.number,
            transmit: Transmit {
                source: invite.local,
                destination: invite.head.via.response_address(invite.source),
                bytes: response.as_bytes().into(),
            },
            interval: timers.t1,
            resend_at: now + timers.t1,
            give_up_at: now + timers.timeout(),
        }
    }

    /// Refuses the call; the session ends at once with [`EndCause::Rejected`].
    ///
    /// # Errors
    /// [`Error::Status`] outside 300 to 699; [`Error::NoSession`], [`Error::State`],
    /// [`Error::Header`].
    pub fn reject(
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
        self.incoming(session)?;
        self.refuse_call(now, session, status, headers, EndCause::Rejected(status));
        Ok(())
    }

    /// Ends an unanswered incoming call with a final response.
    pub(super) fn refuse_call(
        &mut self,
        now: Duration,
        session: SessionId,
        status: u16,
        headers: &[RawHeader],
        cause: EndCause,
    ) {
        if let Ok(incoming) = self.incoming(session) {
            let transaction = incoming.transaction;
            let tag = incoming.dialog.local.tag();
            let mut out = self.build_reply(&incoming.invite, status, None, tag);
            if status == 405 {
                out = out.header(Header::Allow, ALLOW);
            }
            for header in headers {
                out = out.raw(header);
            }
            let response = out.build();
            self.respond(now, transaction, &response);
        }
        self.end(now, session, cause);
    }
}
