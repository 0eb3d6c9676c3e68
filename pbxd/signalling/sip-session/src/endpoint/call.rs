// SPDX-License-Identifier: MIT OR Apache-2.0
//! Calls beginning: ours and the peers'.

use core::time::Duration;
use std::sync::Arc;

use sip_msg::typed::{CSeq, Contact, Diversion, Expires, NameAddr, PAssertedIdentity, Privacy};
use sip_msg::{Builder, Header, Method};

use super::Endpoint;
use super::reply::ALLOW;
use super::requests::Refusal;
use crate::dialog::Dialog;
use crate::error::Error;
use crate::event::{Event, IncomingCall};
use crate::next_hop::{Path, is_translated};
use crate::request::{Invite, OptionsPing, check_headers};
use crate::session::{Cancel, Incoming, Outgoing, Phase, Received, RequestId, Session, SessionId};
use crate::transaction::Owner;

impl Endpoint {
    /// Makes a call.
    ///
    /// # Errors
    /// [`Error::NotAccepting`] while draining, [`Error::Full`] at a bound,
    /// [`Error::Header`] for a header that is not the owner's to write.
    pub fn invite(&mut self, now: Duration, invite: Invite) -> Result<SessionId, Error> {
        check_headers(&invite.headers)?;
        if !self.accepting {
            return Err(Error::NotAccepting);
        }
        if self.sessions.len() >= self.config.bounds.sessions {
            return Err(Error::Full("sessions"));
        }
        if self.transactions.len() >= self.config.bounds.transactions {
            return Err(Error::Full("transactions"));
        }
        let local_tag = self.random.tag();
        let call_id = self.random.call_id();
        let branch = self.random.branch();
        let cseq = CSeq {
            number: 1 + self.random.below(0x7fff),
            method: Method::Invite,
        };
        let mut out = Builder::request(&Method::Invite, &invite.request_uri)
            .header(Header::Via, self.own_via(invite.local, &branch))
            .header(Header::MaxForwards, invite.max_forwards);
        for route in &invite.route {
            out = out.header(Header::Route, route);
        }
        out = out
            .header(Header::From, invite.from.with_tag(&local_tag))
            .header(Header::To, &invite.to)
            .header(Header::CallId, &call_id)
            .header(Header::CSeq, cseq);
        out = self.describe(out, invite.local);
        for header in &invite.headers {
            out = out.raw(header);
        }
        let request = out.body(invite.offer).build();
        let id = SessionId(self.next_session + 1);
        let path = Path {
            local: invite.local,
            remote: invite.destination,
        };
        let owner = Owner::Call(id);
        let transaction = self.open_client(now, owner, request, &branch, path, None);
        Ok(self.new_session(Session {
            local: invite.local,
            peer: invite.destination,
            translated: false,
            local_tag,
            call_id,
            phase: Phase::Outgoing(Outgoing {
                transaction,
                early: Vec::new(),
                heard: false,
                cancel: Cancel::No,
            }),
        }))
    }

    /// Asks a peer for its capabilities, which shows whether it is there. The answer is
    /// [`Event::Response`].
    ///
    /// # Errors
    /// [`Error::Full`] at the bound on transactions.
    pub fn options(&mut self, now: Duration, ping: OptionsPing) -> Result<RequestId, Error> {
        if self.transactions.len() >= self.config.bounds.transactions {
            return Err(Error::Full("transactions"));
        }
        self.next_request += 1;
        let id = RequestId(self.next_request);
        let branch = self.random.branch();
        let from = ping.from.with_tag(&self.random.tag());
        let cseq = CSeq {
            number: 1,
            method: Method::Options,
        };
        let mut out = Builder::request(&Method::Options, &ping.uri)
            .header(Header::Via, self.own_via(ping.local, &branch))
            .header(Header::MaxForwards, 70)
            .header(Header::From, from)
            .header(Header::To, NameAddr::new(ping.uri))
            .header(Header::CallId, self.random.call_id())
            .header(Header::CSeq, cseq)
            .header(Header::Contact, self.own_contact(ping.local))
            .header(Header::Accept, self.config.accept.join(", "));
        if !self.config.product.is_empty() {
            out = out.header(Header::UserAgent, &self.config.product);
        }
        let path = Path {
            local: ping.local,
            remote: ping.destination,
        };
        let owner = Owner::Request(id);
        self.open_client(now, owner, out.build(), &branch, path, None);
        Ok(id)
    }

    /// Contact and what we can do, for INVITE requests.
    pub(super) fn describe(&self, out: Builder, local: core::net::SocketAddr) -> Builder {
        let out = out
            .header(Header::Contact, self.own_contact(local))
            .header(Header::Allow, ALLOW)
            .header(Header::Supported, "");
        if self.config.product.is_empty() {
            out
        } else {
            out.header(Header::UserAgent, &self.config.product)
        }
    }

    /// An INVITE outside any dialog, inspected already.
    pub(super) fn on_invite(&mut self, now: Duration, received: &Received) {
        let message = &received.message;
        let local_tag = self.random.tag();
        if matches!(message.get::<Contact>(), Ok(Some(Contact::All)) | Err(_)) {
            self.reply(now, received, 400, Some("Bad Contact"), &[]);
            return;
        }
        let dialog = Dialog::as_server(message, &received.head, &local_tag);
        let Ok(request_uri) = message.request_uri() else {
            return;
        };
        let room = self.sessions.len() < self.config.bounds.sessions;
        let transaction = match room.then(|| self.open_server(now, received)).flatten() {
            Some(id) => id,
            None => {
                self.counters.refused_calls += 1;
                let Refusal { code, headers } = self.unavailable();
                self.reply(now, received, code, None, &headers);
                return;
            }
        };
        let trying = self.build_reply(received, 100, None, None).build();
        self.respond(now, transaction, &trying);
        let expires_at = match message.get::<Expires>() {
            Ok(Some(Expires(seconds))) => Some(now + Duration::from_secs(u64::from(seconds))),
            _ => None,
        };
        let session = self.new_session(Session {
            local: received.local,
            peer: received.source,
            translated: is_translated(&received.head.via, received.source),
            local_tag,
            call_id: received.head.call_id.clone(),
            phase: Phase::Incoming(Box::new(Incoming {
                transaction,
                invite: received.clone(),
                dialog,
                refresh_at: None,
                expires_at,
            })),
        });
        self.reschedule_session(session);
        if let Some(transaction) = self.transactions.get_mut(transaction) {
            transaction.owner = Owner::Call(session);
        }
        let identities = message.get_all::<PAssertedIdentity>().unwrap_or_default();
        let diversions = message.get_all::<Diversion>().unwrap_or_default();
        let call = IncomingCall {
            remote: received.source,
            local: received.local,
            request_uri,
            from: received.head.from.clone(),
            to: received.head.to.clone(),
            call_id: received.head.call_id.clone(),
            asserted: identities.into_iter().map(|i| i.0).collect(),
            privacy: message.get::<Privacy>().unwrap_or_default(),
            diversion: diversions.into_iter().map(|d| d.0).collect(),
            max_forwards: received.head.max_forwards,
            offer: message.content(),
            request: Arc::clone(message),
        };
        self.event(Event::Incoming {
            session,
            call: Box::new(call),
        });
    }
}
