// SPDX-License-Identifier: MIT OR Apache-2.0
//! Responses the endpoint writes.

use core::net::SocketAddr;
use core::time::Duration;
use std::sync::Arc;

use sip_msg::typed::{Typed, Via};
use sip_msg::{Builder, Header, Message, Method, RawHeader};

use super::Endpoint;
use crate::event::Transmit;
use crate::session::Received;
use crate::transaction::{Kind, Owner, Transaction, TransactionId, merge_key, server_key};

/// The methods we serve.
pub(super) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS";

impl Endpoint {
    /// A server transaction for a request, unless there is no room.
    pub(super) fn open_server(
        &mut self,
        now: Duration,
        received: &Received,
    ) -> Option<TransactionId> {
        if self.transactions.len() >= self.config.bounds.transactions {
            return None;
        }
        let method = received.message.method()?;
        let kind = match method {
            Method::Invite => Kind::ServerInvite,
            _ => Kind::ServerOther,
        };
        let key = server_key(&received.message, &received.head, method);
        let merge = received
            .head
            .to
            .tag()
            .is_none()
            .then(|| merge_key(&received.head));
        let mut transaction = Transaction::new(
            kind,
            Owner::Nobody,
            Arc::clone(&received.message),
            received.path(),
            false,
        );
        transaction.start(now, &self.config.timers);
        Some(self.transactions.insert_server(transaction, key, merge))
    }

    /// A response to a request, with our product name.
    pub(super) fn build_reply(
        &self,
        received: &Received,
        code: u16,
        phrase: Option<&str>,
        tag: Option<&str>,
    ) -> Builder {
        let phrase = phrase.unwrap_or(sip_msg::reason_phrase(code));
        let out = Builder::reply_with(&received.message, code, phrase, &received.head.via, tag);
        if self.config.product.is_empty() || code == 100 {
            out
        } else {
            out.header(Header::Server, &self.config.product)
        }
    }

    /// Answers a request that begins no session and belongs to none that minds.
    pub(super) fn reply(
        &mut self,
        now: Duration,
        received: &Received,
        code: u16,
        phrase: Option<&str>,
        extra: &[RawHeader],
    ) {
        if code >= 300 {
            self.counters.refused += 1;
        }
        let tag = self.random.tag();
        let mut out = self.build_reply(received, code, phrase, Some(&tag));
        for header in extra {
            out = out.raw(header);
        }
        let response = out.build();
        self.respond_once(now, received, &response);
    }

    /// Sends a final response in a new server transaction, or without one if there is no
    /// room.
    pub(super) fn respond_once(&mut self, now: Duration, received: &Received, response: &Message) {
        match self.open_server(now, received) {
            Some(id) => self.respond(now, id, response),
            None => {
                self.counters.without_transaction += 1;
                let path = received.path();
                self.transmit(Transmit {
                    source: path.local,
                    destination: path.remote,
                    bytes: response.as_bytes().into(),
                });
            }
        }
    }

    /// Answers, without a transaction, a request that could not be read far enough.
    /// Needs at least a readable Via; an ACK is never answered.
    pub(super) fn refuse_unread(
        &mut self,
        source: SocketAddr,
        local: SocketAddr,
        message: &Message,
        code: u16,
        phrase: &str,
    ) {
        let Some(mut via) = first_via(message) else {
            return;
        };
        if !message.is_request() || message.method() == Some(&Method::Ack) {
            return;
        }
        self.counters.refused += 1;
        via.mark_received(source);
        let destination = via.response_address(source);
        let tag = self.random.tag();
        let response = Builder::reply_with(message, code, phrase, &via, Some(&tag)).build();
        self.transmit(Transmit {
            source: local,
            destination,
            bytes: response.as_bytes().into(),
        });
    }

    /// What OPTIONS tells, in and out of dialogs.
    pub(super) fn capabilities(&self) -> Vec<RawHeader> {
        vec![
            RawHeader::known(Header::Allow, ALLOW),
            RawHeader::known(Header::Accept, self.config.accept.join(", ")),
            RawHeader::known(Header::AcceptEncoding, "identity"),
            RawHeader::known(Header::AcceptLanguage, "en"),
            // No extension is supported; the empty list says so.
            RawHeader::known(Header::Supported, ""),
        ]
    }
}

/// The topmost Via, read by itself: the others may be what is wrong.
fn first_via(message: &Message) -> Option<Via> {
    let values = message.list(Header::Via);
    Via::parse(values.first()?).ok()
}
