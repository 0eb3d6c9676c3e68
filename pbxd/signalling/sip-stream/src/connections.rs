// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who is connected.

mod config;
mod link;

use core::net::SocketAddr;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub use config::{Config, ConfigError};
pub use link::{ConnectionId, Direction, Link, Stage, Transport};

use crate::close::CloseReason;
use crate::prefix::Prefix;

/// What the owner is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Close this connection. It is no longer in the table.
    Close {
        /// Which.
        id: ConnectionId,
        /// Why.
        reason: CloseReason,
    },
}

/// Why a connection is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The source has as many as it may.
    #[error("too many connections from one source")]
    Source,
    /// There are as many as there may be, and none is of less worth.
    #[error("too many connections")]
    Total,
    /// We stop.
    #[error("shutting down")]
    Shutdown,
}

/// Under which a connection may be found again: a far address, and on TLS the name that the
/// far end has proved.
type Key = (Transport, SocketAddr, Option<Box<str>>);

/// The connections there are, as pure data.
#[derive(Debug)]
pub struct Connections {
    config: Config,
    links: BTreeMap<ConnectionId, Link>,
    /// Connections by the addresses under which they may be reused, the newest last.
    reuse: BTreeMap<Key, Vec<ConnectionId>>,
    sources: BTreeMap<Prefix, usize>,
    deadlines: BTreeSet<(Duration, ConnectionId)>,
    /// Incoming connections that nothing holds, those of least worth first.
    expendable: BTreeSet<(Stage, Duration, ConnectionId)>,
    outputs: VecDeque<Output>,
    closed: [u64; CloseReason::ALL.len()],
    refused_source: u64,
    refused_total: u64,
    next_id: u64,
    accepting: bool,
}

impl Connections {
    /// An empty table.
    ///
    /// # Errors
    /// [`ConfigError`] naming what is wrong.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self {
            config,
            links: BTreeMap::new(),
            reuse: BTreeMap::new(),
            sources: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            expendable: BTreeSet::new(),
            outputs: VecDeque::new(),
            closed: [0; CloseReason::ALL.len()],
            refused_source: 0,
            refused_total: 0,
            next_id: 0,
            accepting: true,
        })
    }

    /// A connection was accepted, or one of ours begins.
    ///
    /// When the table is full, an incoming connection that nothing holds and that was used
    /// longest ago makes room: one that never said anything first. Connections of ours are
    /// bounded by the whole alone.
    ///
    /// # Errors
    /// [`Refused`]: close it at once.
    pub fn open(
        &mut self,
        now: Duration,
        transport: Transport,
        direction: Direction,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Result<ConnectionId, Refused> {
        if !self.accepting {
            return Err(Refused::Shutdown);
        }
        let source = Prefix::of(remote.ip());
        let from_source = self.sources.get(&source).copied().unwrap_or(0);
        if direction == Direction::Incoming && from_source >= self.config.per_source {
            self.refused_source += 1;
            return Err(Refused::Source);
        }
        if self.links.len() >= self.config.total {
            match self.expendable.first().copied() {
                Some((_, _, id)) => self.end(id, CloseReason::Evicted, true),
                None => {
                    self.refused_total += 1;
                    return Err(Refused::Total);
                }
            }
        }
        self.next_id += 1;
        let id = ConnectionId(self.next_id);
        if direction == Direction::Incoming {
            *self.sources.entry(source).or_default() += 1;
        }
        self.links.insert(
            id,
            Link {
                transport,
                direction,
                local,
                remote,
                peer_name: None,
                stage: Stage::Handshake,
                opened: now,
                used: now,
                holds: 0,
                keys: Vec::new(),
                due: None,
                worth: None,
            },
        );
        self.schedule(id);
        Ok(id)
    }

    /// The connection can carry SIP: TCP is connected, TLS and WebSocket have shaken hands.
    /// `peer_name` is what the far end's certificate has proved, if anything. From now on the
    /// connection may be reused for requests to its far address.
    pub fn established(&mut self, now: Duration, id: ConnectionId, peer_name: Option<&str>) {
        let Some(link) = self.links.get_mut(&id) else {
            return;
        };
        link.stage = match link.direction {
            Direction::Incoming => Stage::Silent,
            Direction::Outgoing => Stage::Open,
        };
        link.used = now;
        link.peer_name = peer_name.map(|n| n.to_ascii_lowercase().into());
        let key = (link.transport, link.remote, link.peer_name.clone());
        self.offer(id, key);
        self.schedule(id);
    }

    /// A message was read from the connection, or sent over it.
    pub fn used(&mut self, now: Duration, id: ConnectionId) {
        if let Some(link) = self.links.get_mut(&id) {
            link.stage = Stage::Open;
            link.used = now;
            self.schedule(id);
        }
    }

    /// A keep-alive was read from the connection. It keeps a connection open that has carried
    /// a message, and does not make one out of a connection that never did.
    pub fn kept_alive(&mut self, now: Duration, id: ConnectionId) {
        if let Some(link) = self.links.get_mut(&id) {
            if link.stage == Stage::Open {
                link.used = now;
                self.schedule(id);
            }
        }
    }

    /// Holds the connection: a registration, a dialog or a transaction needs it. While it is
    /// held it is neither idle nor given up for others. Every hold needs its release.
    pub fn hold(&mut self, id: ConnectionId) {
        if let Some(link) = self.links.get_mut(&id) {
            link.holds = link.holds.saturating_add(1);
            self.schedule(id);
        }
    }

    /// Takes back one hold.
    pub fn release(&mut self, now: Duration, id: ConnectionId) {
        if let Some(link) = self.links.get_mut(&id) {
            link.holds = link.holds.saturating_sub(1);
            link.used = now;
            self.schedule(id);
        }
    }

    /// The peer's Via has `alias` (RFC 5923): requests to `sent_by` may go over this
    /// connection. Taken only on TLS from a peer that has proved its name, and only for its
    /// own address; otherwise anyone could draw another's calls to himself. `false` if not.
    pub fn alias(&mut self, id: ConnectionId, sent_by: SocketAddr) -> bool {
        let Some(link) = self.links.get(&id) else {
            return false;
        };
        let proved = link.transport.is_secure() && link.peer_name.is_some();
        if !proved || sent_by.ip() != link.remote.ip() || link.keys.len() >= 4 {
            return false;
        }
        let key = (link.transport, sent_by, link.peer_name.clone());
        self.offer(id, key);
        true
    }

    /// A connection for requests to an address, the newest first. On TLS it must have proved
    /// `name`; elsewhere names do not matter.
    pub fn find(
        &self,
        transport: Transport,
        remote: SocketAddr,
        name: Option<&str>,
    ) -> Option<ConnectionId> {
        let named = |name: Option<&str>| {
            let key = (
                transport,
                remote,
                name.map(|n| n.to_ascii_lowercase().into()),
            );
            self.reuse.get(&key).and_then(|ids| ids.last().copied())
        };
        match (transport.is_secure(), name) {
            (true, Some(name)) => named(Some(name)),
            (true, None) => None,
            (false, _) => named(None),
        }
    }

    /// One connection.
    pub fn get(&self, id: ConnectionId) -> Option<&Link> {
        self.links.get(&id)
    }

    /// All connections, in the order they were opened.
    pub fn iter(&self) -> impl Iterator<Item = (ConnectionId, &Link)> {
        self.links.iter().map(|(id, link)| (*id, link))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Incoming connections of the source of an address.
    pub fn of_source(&self, source: Prefix) -> usize {
        self.sources.get(&source).copied().unwrap_or(0)
    }

    /// The owner has closed a connection, or found it closed.
    pub fn closed(&mut self, id: ConnectionId, reason: CloseReason) {
        self.end(id, reason, false);
    }

    /// Closes all incoming connections of a source that was banned.
    pub fn ban(&mut self, source: Prefix) {
        let ids: Vec<ConnectionId> = self
            .links
            .iter()
            .filter(|(_, l)| {
                l.direction == Direction::Incoming && Prefix::of(l.remote.ip()) == source
            })
            .map(|(id, _)| *id)
            .collect();
        for id in ids {
            self.end(id, CloseReason::Banned, true);
        }
    }

    /// No more connections. Those that nothing holds are closed; the others when their last
    /// hold is released and they have been idle.
    pub fn shut_down(&mut self) {
        self.accepting = false;
        let ids: Vec<ConnectionId> = self
            .links
            .iter()
            .filter(|(_, l)| l.holds == 0)
            .map(|(id, _)| *id)
            .collect();
        for id in ids {
            self.end(id, CloseReason::Shutdown, true);
        }
    }

    /// How many were closed for a reason.
    pub fn closed_for(&self, reason: CloseReason) -> u64 {
        self.closed.get(reason.index()).copied().unwrap_or(0)
    }

    /// How many were refused for their source, and for the whole.
    pub fn refused(&self) -> (u64, u64) {
        (self.refused_source, self.refused_total)
    }

    /// The next output, until there is none.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Connections::handle_timeout`] wants to be called, if at all.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Closes what is due.
    pub fn handle_timeout(&mut self, now: Duration) {
        while let Some((at, id)) = self.deadlines.first().copied() {
            if at > now {
                return;
            }
            let reason = match self.links.get(&id).map(|l| l.stage) {
                Some(Stage::Handshake) => CloseReason::HandshakeTime,
                Some(Stage::Silent) => CloseReason::Silent,
                Some(Stage::Open) | None => CloseReason::Idle,
            };
            // Taken out here too, so that the loop ends whatever the table says.
            self.deadlines.remove(&(at, id));
            self.end(id, reason, true);
        }
    }

    fn deadline(&self, link: &Link) -> Option<Duration> {
        let config = &self.config;
        match link.stage {
            Stage::Handshake => Some(link.opened.saturating_add(config.handshake)),
            Stage::Silent => Some(link.used.saturating_add(config.silence)),
            Stage::Open if link.holds > 0 => None,
            Stage::Open => Some(link.used.saturating_add(config.idle)),
        }
    }

    /// Keeps the indices true after a change of a connection.
    fn schedule(&mut self, id: ConnectionId) {
        let Some(link) = self.links.get(&id) else {
            return;
        };
        let due = self.deadline(link);
        let spare = link.direction == Direction::Incoming && link.holds == 0;
        let worth = spare.then_some((link.stage, link.used));
        self.forget(id);
        if let Some(link) = self.links.get_mut(&id) {
            link.due = due;
            link.worth = worth;
        }
        if let Some(due) = due {
            self.deadlines.insert((due, id));
        }
        if let Some((stage, used)) = worth {
            self.expendable.insert((stage, used, id));
        }
    }

    /// Takes a connection out of the indices by time.
    fn forget(&mut self, id: ConnectionId) {
        let Some(link) = self.links.get_mut(&id) else {
            return;
        };
        if let Some(due) = link.due.take() {
            self.deadlines.remove(&(due, id));
        }
        if let Some((stage, used)) = link.worth.take() {
            self.expendable.remove(&(stage, used, id));
        }
    }

    fn offer(&mut self, id: ConnectionId, key: Key) {
        let Some(link) = self.links.get_mut(&id) else {
            return;
        };
        if link.keys.contains(&key) {
            return;
        }
        link.keys.push(key.clone());
        self.reuse.entry(key).or_default().push(id);
    }

    fn end(&mut self, id: ConnectionId, reason: CloseReason, tell: bool) {
        self.forget(id);
        let Some(link) = self.links.remove(&id) else {
            return;
        };
        for key in &link.keys {
            if let Some(ids) = self.reuse.get_mut(key) {
                ids.retain(|other| *other != id);
                if ids.is_empty() {
                    self.reuse.remove(key);
                }
            }
        }
        if link.direction == Direction::Incoming {
            let source = Prefix::of(link.remote.ip());
            if let Some(count) = self.sources.get_mut(&source) {
                *count -= 1;
                if *count == 0 {
                    self.sources.remove(&source);
                }
            }
        }
        if let Some(counter) = self.closed.get_mut(reason.index()) {
            *counter += 1;
        }
        if tell {
            self.outputs.push_back(Output::Close { id, reason });
        }
    }
}
