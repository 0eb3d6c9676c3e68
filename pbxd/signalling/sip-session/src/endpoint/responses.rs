// SPDX-License-Identifier: MIT OR Apache-2.0
//! Responses that arrive.

use core::time::Duration;
use std::sync::Arc;

use sip_msg::typed::{Contact, Reason, RetryAfter};
use sip_msg::{Header, Mandatory, Message};

use super::Endpoint;
use crate::dialog::Dialog;
use crate::event::{EndCause, Event, Failure, Progress};
use crate::next_hop::{Path, next_hop};
use crate::session::{Cancel, Established, OwedAck, Phase, SessionId};
use crate::transaction::{Input, Owner, TransactionId};

/// How the first 2xx to a call's INVITE is received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reception {
    /// It has crossed our CANCEL.
    Unwanted,
    /// It answers our offer.
    Answer,
    /// It brings the peer's offer; the owner must give the answer.
    Offer,
}

impl Endpoint {
    pub(super) fn on_response(&mut self, now: Duration, message: Arc<Message>) {
        let Ok(head) = message.mandatory() else {
            self.counters.invalid += 1;
            return;
        };
        let status = message.status().unwrap_or_default();
        // A second Via means that the response was meant for somebody behind us.
        let ours = message.list(Header::Via).len() == 1;
        let found = head
            .via
            .branch()
            .and_then(|b| self.transactions.client(b, &head.cseq.method))
            .filter(|_| ours);
        let Some(id) = found else {
            self.counters.stray_responses += 1;
            return;
        };
        let input = match status {
            100..=199 => Input::Provisional,
            200..=299 => Input::Success,
            _ => Input::Failure,
        };
        let outcome = self.drive(now, id, input, None);
        if outcome.ack {
            self.acknowledge_refusal(id, &message);
        }
        if outcome.deliver {
            self.deliver(now, id, status, &message, &head);
        }
        if outcome.over {
            self.forget(id);
        }
    }

    fn deliver(
        &mut self,
        now: Duration,
        id: TransactionId,
        status: u16,
        message: &Arc<Message>,
        head: &Mandatory,
    ) {
        let Some(transaction) = self.transactions.get(id) else {
            return;
        };
        let (owner, began) = (transaction.owner, transaction.began);
        let is_invite = head.cseq.method == sip_msg::Method::Invite;
        if is_invite && (200..300).contains(&status) {
            self.on_invite_success(now, id, owner, message, head);
            return;
        }
        match owner {
            Owner::Call(session) if status < 200 => {
                self.on_call_provisional(now, session, status, message, head);
            }
            Owner::Call(session) => self.on_call_refused(now, session, status, message),
            Owner::Reinvite(session) if status >= 300 => {
                self.on_reinvite_refused(now, session, status);
            }
            Owner::Bye(session) if status >= 200 => self.end_closing(now, session),
            Owner::Request(request) if status >= 200 => self.event(Event::Response {
                request,
                response: Some(Arc::clone(message)),
                elapsed: now.saturating_sub(began),
            }),
            _ => {}
        }
    }

    fn on_call_provisional(
        &mut self,
        now: Duration,
        id: SessionId,
        status: u16,
        message: &Arc<Message>,
        head: &Mandatory,
    ) {
        let bound = self.config.bounds.early_dialogs;
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let Phase::Outgoing(outgoing) = &mut session.phase else {
            return;
        };
        outgoing.heard = true;
        if let Cancel::Wanted(headers) = &mut outgoing.cancel {
            let headers = core::mem::take(headers);
            outgoing.cancel = Cancel::No;
            self.give_up(now, id, headers);
            return;
        }
        if status == 100 || matches!(outgoing.cancel, Cancel::Sent) {
            return;
        }
        let branch = head.to.tag().map(str::to_string);
        if branch.is_some() {
            let full = outgoing.early.len() >= bound;
            let known = outgoing
                .early
                .iter_mut()
                .find(|d| d.is_remote_tag(branch.as_deref()));
            match known {
                Some(dialog) => dialog.refresh_target(message),
                None if full => {
                    self.counters.forks_ignored += 1;
                    return;
                }
                None => {
                    let request = self
                        .transactions
                        .get(outgoing.transaction)
                        .map(|t| Arc::clone(&t.request));
                    let dialog = request.and_then(|r| {
                        let sent = r.mandatory().ok()?;
                        Dialog::as_client(&r, &sent, message, head)
                    });
                    outgoing.early.extend(dialog);
                }
            }
        }
        self.event(Event::Progress {
            session: id,
            progress: Box::new(Progress {
                status,
                branch,
                body: message.content(),
                reasons: message.get_all::<Reason>().unwrap_or_default(),
                early_media: message.text(Header::PEarlyMedia).map(|t| t.into_owned()),
                response: Arc::clone(message),
            }),
        });
    }

    fn on_call_refused(
        &mut self,
        now: Duration,
        id: SessionId,
        status: u16,
        message: &Arc<Message>,
    ) {
        let given_up = match self.sessions.get(&id).map(|s| &s.phase) {
            Some(Phase::Outgoing(o)) => !matches!(o.cancel, Cancel::No),
            _ => return,
        };
        let cause = if given_up {
            EndCause::Withdrawn
        } else {
            EndCause::Refused(Box::new(failure(status, message)))
        };
        self.end(now, id, cause);
    }

    /// A 2xx to an INVITE: the first, a repetition, or one of another branch.
    fn on_invite_success(
        &mut self,
        now: Duration,
        id: TransactionId,
        owner: Owner,
        message: &Arc<Message>,
        head: &Mandatory,
    ) {
        let Some(transaction) = self.transactions.get(id) else {
            return;
        };
        let tag = head.to.tag();
        let kept = transaction
            .acks
            .iter()
            .find(|a| a.remote_tag.as_deref() == tag)
            .map(|a| a.transmit.clone());
        if let Some(transmit) = kept {
            self.counters.resent += 1;
            self.transmit(transmit);
            return;
        }
        if transaction.acks.len() >= self.config.bounds.early_dialogs {
            self.counters.forks_ignored += 1;
            return;
        }
        let request = Arc::clone(&transaction.request);
        let (local, peer) = (transaction.local, transaction.destination);
        let Ok(sent) = request.mandatory() else {
            return;
        };
        let dialog = match &transaction.dialog {
            Some(dialog) => Some(dialog.clone()).map(|mut d| {
                d.refresh_target(message);
                d
            }),
            None => Dialog::as_client(&request, &sent, message, head),
        };
        let Some(dialog) = dialog else {
            return;
        };
        let offered = !request.body().is_empty();
        match owner {
            Owner::Call(session) => {
                let phase = self.sessions.get(&session).map(|s| &s.phase);
                let reception = match phase {
                    Some(Phase::Outgoing(o)) if !matches!(o.cancel, Cancel::No) => {
                        Some(Reception::Unwanted)
                    }
                    Some(Phase::Outgoing(_)) if offered => Some(Reception::Answer),
                    Some(Phase::Outgoing(_)) => Some(Reception::Offer),
                    Some(Phase::Established(e)) if e.dialog.is_remote_tag(tag) => return,
                    _ => None,
                };
                if let Some(reception) = reception {
                    self.on_answered(now, session, id, dialog, reception, message);
                    return;
                }
            }
            Owner::Reinvite(session) => {
                let same = matches!(
                    self.sessions.get(&session).map(|s| &s.phase),
                    Some(Phase::Established(e)) if e.dialog.is_remote_tag(tag)
                );
                if same {
                    self.on_reinvite_accepted(session, id, &sent, &dialog, offered, message);
                    return;
                }
            }
            _ => {}
        }
        // Another branch answered too, or nobody wants this answer any more: it is
        // acknowledged, as it must be, and hung up.
        let path = Path {
            local,
            remote: next_hop(dialog.first_hop(), peer, false),
        };
        self.send_2xx_ack(id, &dialog, sent.cseq.number, path, None);
        let mut dialog = dialog;
        dialog.local_cseq = dialog.local_cseq.max(sent.cseq.number);
        let cseq = dialog.next_cseq();
        self.send_bye(now, Owner::Nobody, &dialog, cseq, path, &[]);
    }

    fn on_answered(
        &mut self,
        now: Duration,
        id: SessionId,
        transaction: TransactionId,
        dialog: Dialog,
        reception: Reception,
        message: &Arc<Message>,
    ) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let cseq = dialog.local_cseq;
        let path = session.path(&dialog);
        let owes = reception == Reception::Offer;
        let mut established = Established::new(dialog.clone());
        established.owed = owes.then_some(OwedAck { transaction, cseq });
        session.phase = Phase::Established(Box::new(established));
        self.reschedule_session(id);
        if !owes {
            self.send_2xx_ack(transaction, &dialog, cseq, path, None);
        }
        if reception == Reception::Unwanted {
            // The answer crossed our CANCEL.
            self.close(now, id, &[], EndCause::Withdrawn);
            return;
        }
        self.event(Event::Answered {
            session: id,
            body: message.content(),
            needs_acknowledge: owes,
            response: Arc::clone(message),
        });
    }
}

/// What call control needs of a refusal.
fn failure(status: u16, message: &Arc<Message>) -> Failure {
    let contacts = message.get_all::<Contact>().unwrap_or_default();
    Failure {
        status,
        phrase: message.reason_phrase().into_owned(),
        reasons: message.get_all::<Reason>().unwrap_or_default(),
        retry_after: message
            .get::<RetryAfter>()
            .unwrap_or_default()
            .map(|r| r.seconds),
        contacts: contacts.into_iter().filter_map(Contact::address).collect(),
        response: Arc::clone(message),
    }
}
