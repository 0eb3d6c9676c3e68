// SPDX-License-Identifier: MIT OR Apache-2.0
//! Requests that arrive.

use core::net::SocketAddr;
use core::time::Duration;
use std::sync::Arc;

use sip_msg::typed::ContentType;
use sip_msg::{Header, Message, Method, RawHeader, Uri};

use super::Endpoint;
use super::reply::ALLOW;
use crate::event::Event;
use crate::session::{Received, SessionId};
use crate::transaction::{Input, merge_key, server_key};

/// A refusal and the headers that explain it.
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) headers: Vec<RawHeader>,
}

impl Refusal {
    fn new(code: u16) -> Self {
        Self {
            code,
            headers: Vec::new(),
        }
    }

    fn with(mut self, header: Header, value: impl core::fmt::Display) -> Self {
        self.headers.push(RawHeader::known(header, value));
        self
    }
}

impl Endpoint {
    pub(super) fn on_request(
        &mut self,
        now: Duration,
        source: SocketAddr,
        local: SocketAddr,
        message: Arc<Message>,
    ) {
        let mut head = match message.mandatory() {
            Ok(head) => head,
            Err(invalid) => {
                self.counters.invalid += 1;
                let phrase = match invalid.status() {
                    505 => sip_msg::reason_phrase(505).to_string(),
                    _ => invalid.to_string(),
                };
                self.refuse_unread(source, local, &message, invalid.status(), &phrase);
                return;
            }
        };
        let method = head.cseq.method.clone();
        let key = server_key(&message, &head, &method);
        head.via.mark_received(source);
        let received = Received {
            message,
            head,
            source,
            local,
        };
        let existing = self.transactions.server(&key);
        match (&method, existing) {
            (Method::Ack, existing) => self.on_ack(now, existing, &received),
            (_, Some(id)) => {
                self.counters.absorbed += 1;
                self.drive(now, id, Input::Request, None);
            }
            (Method::Cancel, None) => self.on_cancel(now, &received),
            (_, None) => self.on_new_request(now, &received),
        }
    }

    fn on_new_request(&mut self, now: Duration, received: &Received) {
        let session = match received.head.to.tag() {
            Some(tag) => match self.session_of(received, tag) {
                Some(id) => Some(id),
                None => {
                    self.reply(now, received, 481, None, &[]);
                    return;
                }
            },
            None => None,
        };
        if let Err(refusal) = self.inspect(received, session) {
            let Refusal { code, headers } = refusal;
            self.reply(now, received, code, None, &headers);
            if matches!(code, 405 | 501 | 481) {
                self.event(Event::Unserved {
                    method: received.head.cseq.method.clone(),
                    session,
                    status: code,
                });
            }
            return;
        }
        match (session, &received.head.cseq.method) {
            (Some(id), _) => self.on_request_in_dialog(now, id, received),
            (None, Method::Invite) => self.on_invite(now, received),
            (None, Method::Options) => {
                let capabilities = self.capabilities();
                self.reply(now, received, 200, None, &capabilities);
            }
            // BYE without a To tag belongs to no dialog.
            (None, _) => self.reply(now, received, 481, None, &[]),
        }
    }

    /// The session whose dialog a request names: our tag, its Call-ID, the peer's tag.
    pub(super) fn session_of(&self, received: &Received, tag: &str) -> Option<SessionId> {
        let id = *self.by_tag.get(tag)?;
        let session = self.sessions.get(&id)?;
        let dialog = match &session.phase {
            // A callee must not send requests in an early dialog, but some hang up so.
            crate::session::Phase::Outgoing(o) => o
                .early
                .iter()
                .find(|d| d.is_remote_tag(received.head.from.tag()))?,
            _ => session.dialog()?,
        };
        let ours = dialog.call_id == received.head.call_id
            && dialog.is_remote_tag(received.head.from.tag());
        ours.then_some(id)
    }

    /// The inspections of RFC 3261's UAS core, in its order: method, Request-URI, loop,
    /// Require, body.
    fn inspect(&self, received: &Received, session: Option<SessionId>) -> Result<(), Refusal> {
        let Received { message, head, .. } = received;
        let method = &head.cseq.method;
        match method {
            Method::Invite | Method::Bye | Method::Options => {}
            Method::Other(_) => return Err(Refusal::new(501).with(Header::Allow, ALLOW)),
            // A NOTIFY that no subscription waits for.
            Method::Notify => return Err(Refusal::new(481)),
            _ => return Err(Refusal::new(405).with(Header::Allow, ALLOW)),
        }
        if session.is_none() {
            if matches!(message.request_uri(), Ok(Uri::Other(_)) | Err(_)) {
                return Err(Refusal::new(416));
            }
            if self.transactions.is_merged(&merge_key(head)) {
                return Err(Refusal::new(482));
            }
            let initial = matches!(method, Method::Invite | Method::Options);
            if initial && !self.accepting {
                return Err(self.unavailable());
            }
            if *method == Method::Invite && head.max_forwards == Some(0) {
                return Err(Refusal::new(483));
            }
        }
        let required = message.list(Header::Require);
        if !required.is_empty() {
            return Err(Refusal::new(420).with(Header::Unsupported, required.join(", ")));
        }
        if *method == Method::Invite {
            self.inspect_body(message)?;
            self.inspect_accept(message)?;
        }
        Ok(())
    }

    /// A caller that says which bodies it reads must be able to read one of ours.
    fn inspect_accept(&self, message: &Message) -> Result<(), Refusal> {
        let ranges = message.list(Header::Accept);
        let reads = |range: &String| {
            let range = range.split(';').next().unwrap_or_default().trim();
            let all_of = range.strip_suffix('*').unwrap_or("\0");
            range == "*/*"
                || self.config.accept.iter().any(|ours| {
                    ours.eq_ignore_ascii_case(range)
                        || ours
                            .get(..all_of.len())
                            .is_some_and(|start| start.eq_ignore_ascii_case(all_of))
                })
        };
        if ranges.is_empty() || ranges.iter().any(reads) {
            Ok(())
        } else {
            Err(Refusal::new(406))
        }
    }

    fn inspect_body(&self, message: &Message) -> Result<(), Refusal> {
        if message.body().is_empty() {
            return Ok(());
        }
        let optional = message
            .text(Header::ContentDisposition)
            .is_some_and(|d| d.to_ascii_lowercase().contains("handling=optional"));
        if optional {
            return Ok(());
        }
        let encoded = message
            .list(Header::ContentEncoding)
            .iter()
            .any(|e| !e.eq_ignore_ascii_case("identity"));
        if encoded {
            return Err(Refusal::new(415).with(Header::AcceptEncoding, "identity"));
        }
        let accepted = match message.get::<ContentType>() {
            Ok(Some(kind)) => {
                let media = kind.media_type.to_ascii_lowercase();
                media.starts_with("multipart/")
                    || self
                        .config
                        .accept
                        .iter()
                        .any(|a| a.eq_ignore_ascii_case(&media))
            }
            _ => false,
        };
        if accepted {
            Ok(())
        } else {
            Err(Refusal::new(415).with(Header::Accept, self.config.accept.join(", ")))
        }
    }

    /// 503 with Retry-After.
    pub(super) fn unavailable(&self) -> Refusal {
        Refusal::new(503).with(Header::RetryAfter, self.config.retry_after)
    }
}
