// SPDX-License-Identifier: MIT OR Apache-2.0
//! Making transactions move: sending, and doing what their steps say.

use core::net::SocketAddr;
use core::time::Duration;
use std::sync::Arc;

use sip_msg::typed::Via;
use sip_msg::{Header, Host, Message, Method};

use super::Endpoint;
use crate::deadline::Waiter;
use crate::dialog::Dialog;
use crate::event::{Output, Transmit};
use crate::next_hop::Path;
use crate::transaction::{Input, Kind, Outcome, Owner, Transaction, TransactionId};

impl Endpoint {
    pub(super) fn transmit(&mut self, transmit: Transmit) {
        self.counters.sent += 1;
        self.outputs.push_back(Output::Transmit(transmit));
    }

    fn host_and_port(&self, local: SocketAddr) -> (Host, Option<u16>) {
        match &self.config.advertised {
            Some(a) => (a.host.clone(), a.port),
            None => (Host::from(local.ip()), Some(local.port())),
        }
    }

    /// A Via of ours.
    pub(super) fn own_via(&self, local: SocketAddr, branch: &str) -> Via {
        let (host, port) = self.host_and_port(local);
        Via::new("UDP", host, port, branch)
    }

    /// Our Contact.
    pub(super) fn own_contact(&self, local: SocketAddr) -> String {
        let (host, port) = self.host_and_port(local);
        let user = self.config.contact_user.as_deref();
        format!("<{}>", sip_msg::SipUri::new(user, host, port))
    }

    /// Sends a request in a transaction of its own.
    pub(super) fn open_client(
        &mut self,
        now: Duration,
        owner: Owner,
        request: Message,
        branch: &str,
        path: Path,
        dialog: Option<Dialog>,
    ) -> TransactionId {
        let method = request.method().cloned().unwrap_or(Method::Options);
        let kind = match method {
            Method::Invite => Kind::ClientInvite,
            _ => Kind::ClientOther,
        };
        let mut transaction = Transaction::new(kind, owner, Arc::new(request), path, false);
        transaction.dialog = dialog;
        let outcome = transaction.start(now, &self.config.timers);
        let id = self
            .transactions
            .insert_client(transaction, branch, &method);
        self.perform(id, &outcome);
        id
    }

    /// Gives a transaction an input, sends what it wants sent, and tells what is left to
    /// its owner. Unexpected input is counted and leaves nothing.
    pub(super) fn drive(
        &mut self,
        now: Duration,
        id: TransactionId,
        input: Input,
        message: Option<Arc<[u8]>>,
    ) -> Outcome {
        let Some(transaction) = self.transactions.get_mut(id) else {
            return Outcome::default();
        };
        match transaction.step(now, input, message, &self.config.timers) {
            Some(outcome) => {
                self.perform(id, &outcome);
                outcome
            }
            None => {
                self.counters.unexpected += 1;
                self.reschedule_transaction(id);
                Outcome::default()
            }
        }
    }

    fn perform(&mut self, id: TransactionId, outcome: &Outcome) {
        if outcome.transmit {
            let transmit = self.transactions.get(id).and_then(|t| {
                Some(Transmit {
                    source: t.local,
                    destination: t.destination,
                    bytes: t.kept.clone()?,
                })
            });
            if let Some(transmit) = transmit {
                if outcome.repeat {
                    self.counters.resent += 1;
                }
                self.transmit(transmit);
            }
        }
        if outcome.timed_out {
            self.counters.timeouts += 1;
        }
        self.reschedule_transaction(id);
    }

    pub(super) fn reschedule_transaction(&mut self, id: TransactionId) {
        let at = self.transactions.get(id).and_then(Transaction::deadline);
        self.deadlines.set(Waiter::Transaction(id), at);
    }

    /// Forgets a transaction.
    pub(super) fn forget(&mut self, id: TransactionId) {
        self.transactions.remove(id);
        self.deadlines.set(Waiter::Transaction(id), None);
    }

    /// Sends a response through a server transaction.
    pub(super) fn respond(&mut self, now: Duration, id: TransactionId, response: &Message) {
        let input = match response.status() {
            Some(100..=199) => Input::SendProvisional,
            Some(200..=299) => Input::SendSuccess,
            _ => Input::SendFailure,
        };
        let outcome = self.drive(now, id, input, Some(response.as_bytes().into()));
        if outcome.over {
            self.forget(id);
        }
    }

    /// The ACK to a refusal: the INVITE's own branch and route, the response's To.
    pub(super) fn acknowledge_refusal(&mut self, id: TransactionId, response: &Message) {
        let Some(transaction) = self.transactions.get(id) else {
            return;
        };
        let request = Arc::clone(&transaction.request);
        let (source, destination) = (transaction.local, transaction.destination);
        let (Ok(uri), Ok(sent)) = (request.request_uri(), request.mandatory()) else {
            return;
        };
        let ack = sip_msg::Builder::request(&Method::Ack, &uri)
            .header(Header::Via, &sent.via)
            .header(Header::MaxForwards, 70)
            .copy(&request, Header::Route)
            .copy(&request, Header::From)
            .copy(response, Header::To)
            .copy(&request, Header::CallId)
            .header(
                Header::CSeq,
                sip_msg::typed::CSeq {
                    number: sent.cseq.number,
                    method: Method::Ack,
                },
            )
            .build();
        self.transmit(Transmit {
            source,
            destination,
            bytes: ack.as_bytes().into(),
        });
    }
}
