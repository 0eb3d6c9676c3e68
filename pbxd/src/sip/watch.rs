// SPDX-License-Identifier: MIT OR Apache-2.0
//! Watching peers: OPTIONS now and then, and whether an answer comes. Any answer counts: it shows that somebody is there.

use super::edge::{Edge, EdgeReport};
use super::peer::Peers;
use super::translate;
use pbx_core::Name;
use sip_msg::typed::NameAddr;
use sip_msg::{Host, SipUri};
use sip_session::{OptionsPing, RequestId};
use std::collections::BTreeMap;
use std::time::Duration;
use tracing::{info, warn};

/// When each watched peer is asked next, and the questions that are out.
#[derive(Debug)]
pub(super) struct Watch {
    peers: Vec<Watched>,
    asked: BTreeMap<RequestId, usize>,
}

#[derive(Debug)]
struct Watched {
    peer: usize,
    interval: Duration,
    next: Duration,
    reachable: bool,
    waiting: bool,
}

impl Watch {
    pub(super) fn new(peers: &Peers) -> Self {
        let watched = |(peer, interval)| Watched {
            peer,
            interval,
            next: Duration::ZERO,
            reachable: true,
            waiting: false,
        };
        let intervals = peers
            .0
            .iter()
            .enumerate()
            .filter_map(|(index, peer)| Some((index, peer.options_interval?)));
        Self {
            peers: intervals.map(watched).collect(),
            asked: BTreeMap::new(),
        }
    }

    /// Goes over to other peers. One that is still at the same address keeps its state; the names of others that did not
    /// answer are returned: nothing is known against them any more.
    pub(super) fn follow(&mut self, old: &Peers, new: &Peers) -> Vec<Name> {
        let next = Self::new(new);
        let before = std::mem::replace(&mut self.peers, next.peers);
        let mut moved: BTreeMap<usize, usize> = BTreeMap::new();
        let mut forgiven = Vec::new();
        for (place, watched) in before.into_iter().enumerate() {
            let Some(peer) = old.0.get(watched.peer) else {
                continue;
            };
            let heir = self.peers.iter_mut().enumerate().find(|(_, heir)| {
                new.0
                    .get(heir.peer)
                    .is_some_and(|heir| (&heir.name, heir.address) == (&peer.name, peer.address))
            });
            match heir {
                Some((index, heir)) => {
                    moved.insert(place, index);
                    heir.reachable = watched.reachable;
                    heir.waiting = watched.waiting;
                    if heir.interval == watched.interval {
                        heir.next = watched.next;
                    }
                }
                None if !watched.reachable => forgiven.push(peer.name.clone()),
                None => {}
            }
        }
        self.asked = std::mem::take(&mut self.asked)
            .into_iter()
            .filter_map(|(request, place)| Some((request, *moved.get(&place)?)))
            .collect();
        forgiven
    }

    /// When somebody is to be asked.
    pub(super) fn next(&self) -> Option<Duration> {
        self.peers
            .iter()
            .filter(|watched| !watched.waiting)
            .map(|watched| watched.next)
            .min()
    }
}

impl Edge {
    /// Asks every peer whose time has come.
    pub(super) fn ask_peers(&mut self, now: Duration) {
        for (index, watched) in self.watch.peers.iter_mut().enumerate() {
            if watched.waiting || watched.next > now {
                continue;
            }
            watched.next = now + watched.interval;
            let Some(peer) = self.peers.0.get(watched.peer) else {
                continue;
            };
            let ping = OptionsPing {
                local: self.local,
                destination: peer.address,
                uri: translate::peer_uri(peer),
                from: NameAddr::new(SipUri::new(None, Host::from(self.advertised.ip()), None)),
            };
            match self.endpoint.options(now, ping) {
                Ok(request) => {
                    watched.waiting = true;
                    self.watch.asked.insert(request, index);
                }
                Err(_) => self.refused_requests += 1,
            }
        }
    }

    /// The answer to a question, or that none came.
    pub(super) fn peer_answered(
        &mut self,
        request: RequestId,
        answered: bool,
        reports: &mut Vec<EdgeReport>,
    ) {
        let index = self.watch.asked.remove(&request);
        let Some(watched) = index.and_then(|index| self.watch.peers.get_mut(index)) else {
            return;
        };
        watched.waiting = false;
        if watched.reachable == answered {
            return;
        }
        watched.reachable = answered;
        let Some(peer) = self.peers.0.get(watched.peer) else {
            return;
        };
        if answered {
            info!(peer = %peer.name, "peer answers again");
        } else {
            warn!(peer = %peer.name, "peer does not answer OPTIONS: no calls are placed there until it does");
        }
        reports.push(EdgeReport::Peer(peer.name.clone(), answered));
    }
}
