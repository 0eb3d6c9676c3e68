// SPDX-License-Identifier: MIT OR Apache-2.0
//! One call's state.

use core::fmt;
use core::net::SocketAddr;
use core::time::Duration;
use std::sync::Arc;

use sip_msg::{Body, Mandatory, Message, RawHeader};

use crate::dialog::Dialog;
use crate::event::{EndCause, Transmit};
use crate::next_hop::{Path, next_hop};
use crate::transaction::TransactionId;

/// A call. Never used twice by one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub(crate) u64);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sip-{}", self.0)
    }
}

/// A request outside a call. Never used twice by one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(crate) u64);

/// A request as it came: with its mandatory headers read, and its topmost Via marked
/// with where it really came from.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) message: Arc<Message>,
    pub(crate) head: Mandatory,
    pub(crate) source: SocketAddr,
    pub(crate) local: SocketAddr,
}

impl Received {
    /// The way of the response: where `rport` or the Via say.
    pub(crate) fn path(&self) -> Path {
        Path {
            local: self.local,
            remote: self.head.via.response_address(self.source),
        }
    }
}

/// A session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) local: SocketAddr,
    /// Where the peer's messages come from.
    pub(crate) peer: SocketAddr,
    /// The peer is behind an address translator.
    pub(crate) translated: bool,
    pub(crate) local_tag: String,
    pub(crate) call_id: String,
    pub(crate) phase: Phase,
}

#[derive(Debug)]
pub(crate) enum Phase {
    /// Our INVITE has no 2xx yet.
    Outgoing(Outgoing),
    /// We have not answered the INVITE yet.
    Incoming(Box<Incoming>),
    /// A 2xx has been sent or received.
    Established(Box<Established>),
    /// Our BYE is on its way.
    Closing {
        dialog: Box<Dialog>,
        cause: EndCause,
    },
}

#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) transaction: TransactionId,
    /// One for each remote tag that sent a provisional response.
    pub(crate) early: Vec<Dialog>,
    /// Something has been heard, so that a CANCEL may be sent.
    pub(crate) heard: bool,
    pub(crate) cancel: Cancel,
}

#[derive(Debug)]
pub(crate) enum Cancel {
    /// Nobody wants it.
    No,
    /// As soon as something is heard.
    Wanted(Vec<RawHeader>),
    /// It has been sent.
    Sent,
}

#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) transaction: TransactionId,
    pub(crate) invite: Received,
    pub(crate) dialog: Dialog,
    /// When the last provisional response is repeated.
    pub(crate) refresh_at: Option<Duration>,
    /// When the INVITE's own Expires runs out.
    pub(crate) expires_at: Option<Duration>,
}

#[derive(Debug)]
pub(crate) struct Established {
    pub(crate) dialog: Dialog,
    /// Our 2xx whose ACK has not come yet.
    pub(crate) unacknowledged: Option<Unacknowledged>,
    /// A 2xx we have not acknowledged yet, because the owner must give the answer.
    pub(crate) owed: Option<OwedAck>,
    pub(crate) change: Change,
    pub(crate) retry: Option<Retry>,
    /// The owner has hung up; the BYE waits for the ACK.
    pub(crate) hangup: Option<Vec<RawHeader>>,
}

impl Established {
    /// Whether an offer is not answered yet, or an ACK not seen: no other may be made.
    pub(crate) fn is_busy(&self) -> bool {
        self.unacknowledged.is_some() || self.owed.is_some() || !matches!(self.change, Change::None)
    }

    pub(crate) fn new(dialog: Dialog) -> Self {
        Self {
            dialog,
            unacknowledged: None,
            owed: None,
            change: Change::None,
            retry: None,
            hangup: None,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Unacknowledged {
    pub(crate) cseq: u32,
    pub(crate) transmit: Transmit,
    pub(crate) interval: Duration,
    pub(crate) resend_at: Duration,
    pub(crate) give_up_at: Duration,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct OwedAck {
    /// The INVITE's transaction and number.
    pub(crate) transaction: TransactionId,
    pub(crate) cseq: u32,
}

/// Our re-INVITE that met the peer's and waits for its next attempt.
#[derive(Debug)]
pub(crate) struct Retry {
    pub(crate) at: Duration,
    pub(crate) body: Option<Body>,
    pub(crate) headers: Vec<RawHeader>,
    pub(crate) attempts: u8,
}

/// A change of the session under way. There is at most one, whoever began it.
#[derive(Debug)]
pub(crate) enum Change {
    None,
    /// Our re-INVITE.
    Sent {
        transaction: TransactionId,
        body: Option<Body>,
        headers: Vec<RawHeader>,
        attempts: u8,
    },
    /// The peer's re-INVITE, which the owner has not answered yet.
    Received {
        transaction: TransactionId,
        invite: Box<Received>,
    },
}

impl Session {
    /// The way of our next request within a dialog.
    pub(crate) fn path(&self, dialog: &Dialog) -> Path {
        Path {
            local: self.local,
            remote: next_hop(dialog.first_hop(), self.peer, self.translated),
        }
    }

    /// The confirmed dialog, if there is one.
    pub(crate) fn dialog(&self) -> Option<&Dialog> {
        match &self.phase {
            Phase::Outgoing(_) => None,
            Phase::Incoming(i) => Some(&i.dialog),
            Phase::Established(e) => Some(&e.dialog),
            Phase::Closing { dialog, .. } => Some(dialog),
        }
    }

    /// The next instant at which something is to be done.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        match &self.phase {
            Phase::Outgoing(_) | Phase::Closing { .. } => None,
            Phase::Incoming(i) => [i.refresh_at, i.expires_at].into_iter().flatten().min(),
            Phase::Established(e) => {
                let ack = e
                    .unacknowledged
                    .as_ref()
                    .map(|u| u.resend_at.min(u.give_up_at));
                let again = e.retry.as_ref().map(|r| r.at);
                [ack, again].into_iter().flatten().min()
            }
        }
    }
}
