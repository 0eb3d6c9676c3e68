// SPDX-License-Identifier: MIT OR Apache-2.0
//! What comes out of an endpoint.

use core::net::SocketAddr;
use core::time::Duration;
use std::sync::Arc;

use sip_msg::typed::{NameAddr, Privacy, Reason};
use sip_msg::{Body, Message, Method, Uri};

use crate::session::{RequestId, SessionId};

/// One output.
#[derive(Debug, Clone)]
pub enum Output {
    /// Send this.
    Transmit(Transmit),
    /// Know this.
    Event(Event),
}

/// A datagram to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// The local address to send from.
    pub source: SocketAddr,
    /// Where to.
    pub destination: SocketAddr,
    /// The datagram.
    pub bytes: Arc<[u8]>,
}

/// What call control needs to know.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// Somebody calls. 100 has been sent. Answer with
    /// [`progress`](crate::Endpoint::progress), [`answer`](crate::Endpoint::answer) or
    /// [`reject`](crate::Endpoint::reject).
    Incoming {
        /// The new session.
        session: SessionId,
        /// The call.
        call: Box<IncomingCall>,
    },
    /// A provisional response to our INVITE (not 100).
    Progress {
        /// The session.
        session: SessionId,
        /// What it said.
        progress: Box<Progress>,
    },
    /// Our INVITE was answered 2xx. If it carried an offer, the ACK has been sent and
    /// the body is the answer. If not, the body is the offer: send the answer with
    /// [`acknowledge`](crate::Endpoint::acknowledge).
    Answered {
        /// The session.
        session: SessionId,
        /// The body of the 2xx.
        body: Option<Body>,
        /// Whether `acknowledge` is awaited.
        needs_acknowledge: bool,
        /// The response.
        response: Arc<Message>,
    },
    /// The ACK to our 2xx came, to the first INVITE or to a later one. Its body is the
    /// answer if ours was the offer.
    Confirmed {
        /// The session.
        session: SessionId,
        /// The body of the ACK.
        body: Option<Body>,
    },
    /// The peer wants to change the session. Answer with
    /// [`accept_offer`](crate::Endpoint::accept_offer) or
    /// [`reject_offer`](crate::Endpoint::reject_offer). Without a body it asks for our
    /// offer.
    Reoffer {
        /// The session.
        session: SessionId,
        /// The offer.
        body: Option<Body>,
    },
    /// The peer has taken its offer back (CANCEL); there is nothing to answer any more.
    ReofferWithdrawn {
        /// The session.
        session: SessionId,
    },
    /// Our offer in [`reinvite`](crate::Endpoint::reinvite) was accepted.
    OfferAnswered {
        /// The session.
        session: SessionId,
        /// The answer; or the offer, when we sent none, to be answered with
        /// [`acknowledge`](crate::Endpoint::acknowledge).
        body: Option<Body>,
        /// Whether `acknowledge` is awaited.
        needs_acknowledge: bool,
    },
    /// Our offer in [`reinvite`](crate::Endpoint::reinvite) was refused; the session goes
    /// on as it was.
    OfferRejected {
        /// The session.
        session: SessionId,
        /// The status code: 491 after all attempts met another offer.
        status: u16,
    },
    /// The session is over and its id no longer valid. Comes exactly once.
    Ended {
        /// The session.
        session: SessionId,
        /// Why.
        cause: EndCause,
    },
    /// The answer to a request outside a call; `None` if there was none in time.
    Response {
        /// The request.
        request: RequestId,
        /// The final response.
        response: Option<Arc<Message>>,
        /// Time from the request to its response.
        elapsed: Duration,
    },
    /// A request came that this endpoint does not serve and has refused.
    Unserved {
        /// Its method.
        method: Method,
        /// The session it belongs to, if any.
        session: Option<SessionId>,
        /// How it was answered.
        status: u16,
    },
}

/// An INVITE that begins a call.
#[derive(Debug, Clone)]
pub struct IncomingCall {
    /// Where it came from.
    pub remote: SocketAddr,
    /// The local address it came to.
    pub local: SocketAddr,
    /// Who is called.
    pub request_uri: Uri,
    /// Who calls, as the caller says.
    pub from: NameAddr,
    /// Whom the caller first called.
    pub to: NameAddr,
    /// The Call-ID, for logs.
    pub call_id: String,
    /// P-Asserted-Identity. To be believed only from a trusted peer, which is the
    /// owner's decision. Empty if it does not read.
    pub asserted: Vec<NameAddr>,
    /// Privacy.
    pub privacy: Option<Privacy>,
    /// Diversion, newest first.
    pub diversion: Vec<NameAddr>,
    /// Max-Forwards; a gateway puts one less into the request it makes of this one.
    pub max_forwards: Option<u8>,
    /// The offer; without one, ours is asked for.
    pub offer: Option<Body>,
    /// The request, for anything else.
    pub request: Arc<Message>,
}

/// A provisional response.
#[derive(Debug, Clone)]
pub struct Progress {
    /// 101 to 199.
    pub status: u16,
    /// Which branch of a forked call: the remote tag. Early media of two branches must
    /// not be mixed.
    pub branch: Option<String>,
    /// The session description, if it has one: early media.
    pub body: Option<Body>,
    /// Reason.
    pub reasons: Vec<Reason>,
    /// P-Early-Media, as written.
    pub early_media: Option<String>,
    /// The response.
    pub response: Arc<Message>,
}

/// A final response that is not a 2xx.
#[derive(Debug, Clone)]
pub struct Failure {
    /// 300 to 699.
    pub status: u16,
    /// The reason phrase.
    pub phrase: String,
    /// Reason: what Q.850 cause a gateway saw.
    pub reasons: Vec<Reason>,
    /// Retry-After in seconds.
    pub retry_after: Option<u32>,
    /// Where a 3xx sends the caller, best first as written.
    pub contacts: Vec<NameAddr>,
    /// The response; the challenge of a 401 or 407 is in it.
    pub response: Arc<Message>,
}

/// Why a session is over.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum EndCause {
    /// The callee refused our INVITE.
    Refused(Box<Failure>),
    /// Nothing answered our INVITE, or our CANCEL.
    NoResponse,
    /// We gave our INVITE up and the callee saw it in time.
    Withdrawn,
    /// The caller gave up, with its Reason.
    Cancelled(Vec<Reason>),
    /// The INVITE's own Expires ran out.
    Expired,
    /// We refused the caller.
    Rejected(u16),
    /// We hung up.
    Hangup,
    /// The peer hung up, with its Reason.
    RemoteHangup(Vec<Reason>),
    /// Our 2xx was never acknowledged. BYE has been sent.
    NoAck,
    /// The peer no longer knows the dialog, or does not answer in it (481, 408). BYE has
    /// been sent.
    Lost(u16),
}
