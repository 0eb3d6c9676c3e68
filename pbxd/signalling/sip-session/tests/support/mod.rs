// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two endpoints and the network between them, in virtual time.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub, missing_docs)]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use sip_msg::typed::NameAddr;
use sip_msg::{Body, Limits, Message, Uri};
use sip_session::{Config, EndCause, Endpoint, Event, Invite, Output, SessionId};

pub const A: &str = "192.0.2.1:5060";
pub const B: &str = "192.0.2.2:5060";

pub fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

pub fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub fn uri(text: &str) -> Uri {
    Uri::parse(text).unwrap()
}

pub fn sdp(text: &str) -> Option<Body> {
    Some(Body::sdp(text))
}

/// A small generator for the network's own dice.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % bound.max(1)
    }
}

/// What the network does to datagrams.
#[derive(Clone, Copy, Default)]
pub struct Network {
    /// Of 100 datagrams, so many are lost.
    pub loss: u64,
    /// Of 100 datagrams, so many come twice.
    pub twice: u64,
    /// Extra delay up to so many milliseconds, which reorders.
    pub jitter: u64,
}

pub type Filter = Box<dyn FnMut(&Message) -> bool>;

/// Two endpoints, `a` and `b`.
pub struct Pair {
    pub now: Duration,
    pub a: Endpoint,
    pub b: Endpoint,
    pub events_a: Vec<Event>,
    pub events_b: Vec<Event>,
    /// `<time in ms> <from> <start line>` of all that was sent.
    pub trace: Vec<String>,
    pub sent: Vec<(char, Message)>,
    pub network: Network,
    /// Drops what it returns `true` for.
    pub drop: Option<Filter>,
    dice: Dice,
    flying: BTreeMap<(Duration, u64), (char, Vec<u8>)>,
    number: u64,
}

impl Pair {
    pub fn new() -> Self {
        Self::with(Config::default(), Network::default(), 1)
    }

    pub fn with(config: Config, network: Network, seed: u64) -> Self {
        let mut key = [1; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let a = Endpoint::new(config.clone(), key);
        key[31] = 2;
        Self {
            now: Duration::ZERO,
            a,
            b: Endpoint::new(config, key),
            events_a: Vec::new(),
            events_b: Vec::new(),
            trace: Vec::new(),
            sent: Vec::new(),
            network,
            drop: None,
            dice: Dice::new(seed),
            flying: BTreeMap::new(),
            number: 0,
        }
    }

    /// Puts a datagram on the wire by hand.
    pub fn inject(&mut self, from: char, bytes: &[u8]) {
        self.number += 1;
        self.flying
            .insert((self.now + ms(5), self.number), (from, bytes.to_vec()));
    }

    fn send(&mut self, from: char, bytes: &[u8]) {
        let message = Message::from_datagram(bytes, &Limits::default()).expect("own message");
        message.mandatory().expect("own message is valid");
        let line = String::from_utf8_lossy(bytes)
            .lines()
            .next()
            .unwrap()
            .to_string();
        let short = line
            .split(" sip:")
            .next()
            .unwrap()
            .trim_start_matches("SIP/2.0 ");
        self.trace
            .push(format!("{} {from} {short}", self.now.as_millis()));
        let dropped = self.drop.as_mut().is_some_and(|drop| drop(&message));
        self.sent.push((from, message));
        if dropped || self.dice.below(100) < self.network.loss {
            return;
        }
        let copies = 1 + u64::from(self.dice.below(100) < self.network.twice);
        for _ in 0..copies {
            let delay = ms(5 + self.dice.below(self.network.jitter + 1));
            self.number += 1;
            self.flying
                .insert((self.now + delay, self.number), (from, bytes.to_vec()));
        }
    }

    /// Takes all outputs of both.
    pub fn drain(&mut self) {
        while let Some(output) = self.a.poll_output() {
            match output {
                Output::Transmit(t) => self.send('a', &t.bytes),
                Output::Event(e) => self.events_a.push(e),
            }
        }
        while let Some(output) = self.b.poll_output() {
            match output {
                Output::Transmit(t) => self.send('b', &t.bytes),
                Output::Event(e) => self.events_b.push(e),
            }
        }
    }

    /// Lets time pass, up to `until` after now.
    pub fn run(&mut self, until: Duration) {
        let end = self.now + until;
        self.drain();
        loop {
            let next = [
                self.a.poll_timeout(),
                self.b.poll_timeout(),
                self.flying.keys().next().map(|k| k.0),
            ]
            .into_iter()
            .flatten()
            .min();
            match next {
                Some(at) if at <= end => self.now = self.now.max(at),
                _ => break,
            }
            while let Some(entry) = self.flying.first_entry() {
                if entry.key().0 > self.now {
                    break;
                }
                let (from, bytes) = entry.remove();
                let (a, b) = (addr(A), addr(B));
                match from {
                    'a' => self.b.input_datagram(self.now, a, b, &bytes),
                    _ => self.a.input_datagram(self.now, b, a, &bytes),
                }
                self.drain();
            }
            self.a.handle_timeout(self.now);
            self.b.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    /// `a` calls `b`; both ids.
    pub fn call(&mut self, offer: Option<Body>) -> (SessionId, SessionId) {
        let from = NameAddr::new(uri("sip:+4930111@192.0.2.1")).with_display("Alice");
        let mut invite = Invite::new(addr(A), addr(B), uri("sip:+4930222@192.0.2.2"), from);
        invite.offer = offer;
        let a = self.a.invite(self.now, invite).unwrap();
        self.run(ms(20));
        (a, self.incoming())
    }

    pub fn incoming(&self) -> SessionId {
        self.events_b
            .iter()
            .rev()
            .find_map(|e| match e {
                Event::Incoming { session, .. } => Some(*session),
                _ => None,
            })
            .expect("an incoming call")
    }

    /// An established call.
    pub fn talk(&mut self) -> (SessionId, SessionId) {
        let (a, b) = self.call(sdp("offer"));
        self.b.answer(self.now, b, sdp("answer"), &[]).unwrap();
        self.run(ms(50));
        (a, b)
    }

    /// Start lines sent since the last call of this, with times relative to nothing:
    /// `a INVITE`, `b 180 Ringing`.
    pub fn flow(&mut self) -> Vec<String> {
        self.trace
            .drain(..)
            .map(|l| l.split_once(' ').unwrap().1.to_string())
            .collect()
    }

    /// Lets every timer run out and checks that nothing is left.
    pub fn assert_all_is_freed(&mut self) {
        self.run(secs(300));
        for endpoint in [&self.a, &self.b] {
            assert_eq!(endpoint.sessions().count(), 0);
            assert_eq!(endpoint.transactions(), 0);
            assert_eq!(endpoint.poll_timeout(), None);
        }
    }
}

pub fn ended(events: &[Event], id: SessionId) -> Vec<&EndCause> {
    events
        .iter()
        .filter_map(|e| match e {
            Event::Ended { session, cause } if *session == id => Some(cause),
            _ => None,
        })
        .collect()
}

/// The one cause a session ended with.
#[track_caller]
pub fn cause(events: &[Event], id: SessionId) -> &EndCause {
    let all = ended(events, id);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]
}

/// Names of events, in order.
pub fn names(events: &[Event]) -> Vec<String> {
    events
        .iter()
        .map(|e| {
            let text = format!("{e:?}");
            text.split([' ', '{']).next().unwrap().to_string()
        })
        .collect()
}
