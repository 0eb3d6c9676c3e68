// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the peer says to our re-INVITE.

use core::time::Duration;
use std::sync::Arc;

use sip_msg::{Mandatory, Message};

use super::Endpoint;
use crate::dialog::Dialog;
use crate::event::{EndCause, Event};
use crate::session::{Change, OwedAck, Phase, Retry, SessionId};
use crate::transaction::TransactionId;

impl Endpoint {
    /// It was accepted: the change is done, or the owner owes an answer.
    pub(super) fn on_reinvite_accepted(
        &mut self,
        id: SessionId,
        transaction: TransactionId,
        sent: &Mandatory,
        dialog: &Dialog,
        offered: bool,
        message: &Arc<Message>,
    ) {
        let cseq = sent.cseq.number;
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let path = session.path(dialog);
        let Phase::Established(established) = &mut session.phase else {
            return;
        };
        if established
            .owed
            .is_some_and(|o| o.transaction == transaction)
        {
            // A repetition while the owner thinks about its answer.
            return;
        }
        established.dialog.refresh_target(message);
        established.change = Change::None;
        if !offered {
            established.owed = Some(OwedAck { transaction, cseq });
        }
        if offered {
            self.send_2xx_ack(transaction, dialog, cseq, path, None);
        }
        self.event(Event::OfferAnswered {
            session: id,
            body: message.content(),
            needs_acknowledge: !offered,
        });
    }

    /// A re-INVITE was refused; `status` 408 also stands for no answer at all.
    pub(super) fn on_reinvite_refused(&mut self, now: Duration, id: SessionId, status: u16) {
        let most = self.config.glare_attempts;
        let random = self.random.below(200);
        let Some(established) = self.established_mut(id) else {
            return;
        };
        let change = core::mem::replace(&mut established.change, Change::None);
        let Change::Sent {
            body,
            headers,
            attempts,
            ..
        } = change
        else {
            established.change = change;
            return;
        };
        match status {
            // The dialog is gone, or the peer is.
            408 | 481 => self.close(now, id, &[], EndCause::Lost(status)),
            491 if attempts < most => {
                // In units of 10 ms: 2.1 to 4 s for the owner of the Call-ID, 0 to 2 s
                // for the other side, so that one of them comes first.
                let units = if established.dialog.owns_call_id {
                    210 + random * 190 / 199
                } else {
                    random
                };
                established.retry = Some(Retry {
                    at: now + Duration::from_millis(u64::from(units) * 10),
                    body,
                    headers,
                    attempts: attempts + 1,
                });
                self.reschedule_session(id);
            }
            _ => self.event(Event::OfferRejected {
                session: id,
                status,
            }),
        }
    }
}
