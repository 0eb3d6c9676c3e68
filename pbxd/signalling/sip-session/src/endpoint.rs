// SPDX-License-Identifier: MIT OR Apache-2.0
//! The user agent: what it holds, and how inputs reach it.

mod answer;
mod call;
mod cancel;
mod hangup;
mod in_dialog;
mod modified;
mod modify;
mod reply;
mod requests;
mod responses;
mod send;
mod timers;

use core::net::SocketAddr;
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use sip_msg::{Message, ParseError, Rejected};

use crate::config::Config;
use crate::counters::Counters;
use crate::deadline::{Deadlines, Waiter};
use crate::event::{Event, Output};
use crate::random::Random;
use crate::session::{Session, SessionId};
use crate::transaction::Transactions;

/// A SIP user agent without sockets or clock. See the crate's documentation for how to
/// drive it.
#[derive(Debug)]
pub struct Endpoint {
    config: Config,
    random: Random,
    transactions: Transactions,
    sessions: BTreeMap<SessionId, Session>,
    /// Our tag of every session, which names it in requests within its dialog.
    by_tag: BTreeMap<String, SessionId>,
    deadlines: Deadlines,
    outputs: VecDeque<Output>,
    counters: Counters,
    accepting: bool,
    next_session: u64,
    next_request: u64,
}

impl Endpoint {
    /// An endpoint that accepts calls. The seed is to come from the operating system:
    /// whoever knows it can forge requests within our dialogs.
    pub fn new(mut config: Config, seed: [u8; 32]) -> Self {
        config.timers = config.timers.checked();
        Self {
            config,
            random: Random::new(seed),
            transactions: Transactions::default(),
            sessions: BTreeMap::new(),
            by_tag: BTreeMap::new(),
            deadlines: Deadlines::default(),
            outputs: VecDeque::new(),
            counters: Counters::default(),
            accepting: true,
            next_session: 0,
            next_request: 0,
        }
    }

    /// Takes one datagram that `local` received from `source`.
    pub fn input_datagram(
        &mut self,
        now: Duration,
        source: SocketAddr,
        local: SocketAddr,
        bytes: &[u8],
    ) {
        self.counters.received += 1;
        if self.is_congested() {
            self.counters.dropped += 1;
            return;
        }
        match Message::from_datagram(bytes, &self.config.limits) {
            Ok(message) if message.is_request() => {
                self.on_request(now, source, local, Arc::new(message));
            }
            Ok(message) => self.on_response(now, Arc::new(message)),
            Err(rejected) => self.on_malformed(source, local, rejected),
        }
    }

    fn on_malformed(&mut self, source: SocketAddr, local: SocketAddr, rejected: Rejected) {
        // A lone CRLF or two keep an address translator's binding open.
        if rejected.error == ParseError::Empty {
            return;
        }
        self.counters.malformed += 1;
        if let Some(message) = rejected.salvage {
            let code = match rejected.error {
                ParseError::TooLarge { .. } => 513,
                _ => 400,
            };
            self.refuse_unread(source, local, &message, code, &rejected.error.to_string());
        }
    }

    /// The next output, until there is none.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Endpoint::handle_timeout`] wants to be called, if at all.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.deadlines.next()
    }

    /// Does what is due. Early, late and needless calls do no harm.
    pub fn handle_timeout(&mut self, now: Duration) {
        while !self.is_congested() {
            match self.deadlines.pop_due(now) {
                Some(Waiter::Transaction(id)) => self.transaction_timer(now, id),
                Some(Waiter::Session(id)) => self.session_timer(now, id),
                None => return,
            }
        }
    }

    /// Whether new calls are taken; `false` answers INVITE and OPTIONS with 503 while the
    /// calls there are go on.
    pub fn set_accepting(&mut self, accepting: bool) {
        self.accepting = accepting;
    }

    /// What has happened so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Sessions there are now, in the order they began.
    pub fn sessions(&self) -> impl Iterator<Item = SessionId> {
        self.sessions.keys().copied()
    }

    /// Transactions there are now, lingering ones included.
    pub fn transactions(&self) -> usize {
        self.transactions.len()
    }

    /// The Call-ID of a session, for logs.
    pub fn call_id(&self, session: SessionId) -> Option<&str> {
        Some(&self.sessions.get(&session)?.call_id)
    }

    fn is_congested(&self) -> bool {
        self.outputs.len() >= self.config.bounds.outputs
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    fn new_session(&mut self, session: Session) -> SessionId {
        self.next_session += 1;
        let id = SessionId(self.next_session);
        self.by_tag.insert(session.local_tag.clone(), id);
        self.sessions.insert(id, session);
        id
    }

    /// Keeps a session's deadline true after a change.
    fn reschedule_session(&mut self, id: SessionId) {
        let at = self.sessions.get(&id).and_then(Session::deadline);
        self.deadlines.set(Waiter::Session(id), at);
    }
}
