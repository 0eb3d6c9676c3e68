// SPDX-License-Identifier: MIT OR Apache-2.0
//! CANCEL, in both directions.

use core::time::Duration;
use std::sync::Arc;

use sip_msg::typed::{CSeq, Reason};
use sip_msg::{Builder, Header, Method, RawHeader};

use super::Endpoint;
use crate::event::{EndCause, Event};
use crate::next_hop::Path;
use crate::session::{Cancel, Phase, Received, SessionId};
use crate::transaction::{Owner, State, TransactionId, server_key};

impl Endpoint {
    /// A CANCEL for one of our server transactions.
    pub(super) fn on_cancel(&mut self, now: Duration, received: &Received) {
        let key = server_key(&received.message, &received.head, &Method::Invite);
        let Some(invite) = self.transactions.server(&key) else {
            self.reply(now, received, 481, None, &[]);
            return;
        };
        // Once the INVITE has its final response the CANCEL is late.
        let owner = self
            .transactions
            .get(invite)
            .filter(|t| t.state == State::Proceeding)
            .map(|t| t.owner);
        // The 200 to the CANCEL carries the tag of the INVITE's responses.
        let tag = match owner {
            Some(Owner::Call(id) | Owner::Reinvite(id)) => self
                .sessions
                .get(&id)
                .map(|session| session.local_tag.clone()),
            _ => None,
        };
        let tag = tag.unwrap_or_else(|| self.random.tag());
        let ok = self.build_reply(received, 200, None, Some(&tag)).build();
        self.respond_once(now, received, &ok);
        match owner {
            Some(Owner::Call(id)) => {
                let reasons = received.message.get_all::<Reason>().unwrap_or_default();
                self.refuse_call(now, id, 487, &[], EndCause::Cancelled(reasons));
            }
            Some(Owner::Reinvite(id)) => {
                self.refuse_offer(now, id, 487, &[]);
                self.event(Event::ReofferWithdrawn { session: id });
            }
            _ => {}
        }
    }

    /// Gives up an outgoing call: at once if something has been heard from the other
    /// side, else when something is.
    pub(super) fn give_up(&mut self, now: Duration, id: SessionId, headers: Vec<RawHeader>) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let Phase::Outgoing(outgoing) = &mut session.phase else {
            return;
        };
        if matches!(outgoing.cancel, Cancel::Sent) {
            return;
        }
        if !outgoing.heard {
            outgoing.cancel = Cancel::Wanted(headers);
            return;
        }
        outgoing.cancel = Cancel::Sent;
        let transaction = outgoing.transaction;
        self.send_cancel(now, transaction, &headers);
    }

    /// Sends the CANCEL of an INVITE: its branch, its Request-URI, its route.
    fn send_cancel(&mut self, now: Duration, invite: TransactionId, headers: &[RawHeader]) {
        let timers = self.config.timers;
        let Some(transaction) = self.transactions.get_mut(invite) else {
            return;
        };
        // Some never send the 487.
        transaction.limit(now, &timers);
        let request = Arc::clone(&transaction.request);
        let path = Path {
            local: transaction.local,
            remote: transaction.destination,
        };
        self.reschedule_transaction(invite);
        let (Ok(uri), Ok(sent)) = (request.request_uri(), request.mandatory()) else {
            return;
        };
        let Some(branch) = sent.via.branch() else {
            return;
        };
        let mut out = Builder::request(&Method::Cancel, &uri)
            .header(Header::Via, &sent.via)
            .header(Header::MaxForwards, 70)
            .copy(&request, Header::Route)
            .copy(&request, Header::From)
            .copy(&request, Header::To)
            .copy(&request, Header::CallId)
            .header(
                Header::CSeq,
                CSeq {
                    number: sent.cseq.number,
                    method: Method::Cancel,
                },
            );
        for header in headers {
            out = out.raw(header);
        }
        let owner = Owner::Nobody;
        self.open_client(now, owner, out.build(), branch, path, None);
    }
}
