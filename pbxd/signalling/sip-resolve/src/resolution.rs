// SPDX-License-Identifier: MIT OR Apache-2.0
//! From a URI to targets.

use core::net::{IpAddr, SocketAddr};
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};

use sip_msg::{Host, Uri};

use crate::config::{Config, Family};
use crate::destination::{Destination, DestinationError};
use crate::order;
use crate::question::{Answer, Kind, NoAnswer, Question};
use crate::random::Random;
use crate::target::{Target, Transport};

/// Why there is no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The URI is no destination.
    #[error(transparent)]
    Destination(#[from] DestinationError),
    /// We do not have the transport, or only one that is not secure enough.
    #[error("no transport of ours serves it")]
    NoTransport,
    /// The domain has no such host or service: answer 404, or 480.
    #[error("no such host or service")]
    NotThere,
    /// Name servers failed or were too slow: answer 503 or 504, and try again later.
    #[error("the name servers do not answer")]
    Unanswered,
}

/// One place in the order of targets: a transport, a host and a port.
#[derive(Debug, Clone)]
struct Place {
    transport: Transport,
    host: String,
    port: u16,
}

/// What is being waited for.
#[derive(Debug, Clone)]
enum Stage {
    /// NAPTR records of the domain.
    Naptr,
    /// SRV records of these services, in order.
    Srv(Vec<(Transport, String)>),
    /// Addresses of these places, in order.
    Addresses(Vec<Place>),
    Done,
}

/// Turns one URI into targets. See the crate's documentation for how to drive it.
#[derive(Debug)]
pub struct Resolution {
    config: Config,
    destination: Destination,
    /// The name that was asked for, which is what TLS has to prove.
    name: String,
    random: Random,
    stage: Stage,
    questions: VecDeque<Question>,
    /// Answers to what was asked; `None` while there is none.
    answers: BTreeMap<Question, Option<Answer>>,
    deadline: Duration,
    outcome: Option<Result<Vec<Target>, Failure>>,
    /// Questions that went unasked or unanswered.
    failed: bool,
    /// Some answer said that the service is not there on purpose.
    refused: usize,
}

impl Resolution {
    /// Begins to resolve a URI.
    pub fn new(now: Duration, uri: &Uri, config: Config, seed: u64) -> Self {
        let read = Destination::of(uri);
        let fault = read.as_ref().err().cloned();
        let destination = read.unwrap_or(Destination {
            host: Host::Name(String::new()),
            port: None,
            transport: None,
            secure: false,
        });
        let name = match &destination.host {
            Host::Name(name) => canonical(name),
            host => host.to_string(),
        };
        let mut this = Self {
            deadline: now.saturating_add(config.patience),
            config,
            destination,
            name,
            random: Random::new(seed),
            stage: Stage::Done,
            questions: VecDeque::new(),
            answers: BTreeMap::new(),
            outcome: None,
            failed: false,
            refused: 0,
        };
        match fault {
            Some(fault) => this.finish(Err(fault.into())),
            None => this.begin(),
        }
        this
    }

    /// The next question for a resolver, until there is none. Several may be asked at once.
    pub fn poll_question(&mut self) -> Option<Question> {
        self.questions.pop_front()
    }

    /// Takes an answer. Answers to what was not asked, or that came before, are ignored, and
    /// so are records of another kind than the question's.
    pub fn answer(&mut self, question: &Question, answer: Answer) {
        match self.answers.get_mut(question) {
            Some(place) if place.is_none() => *place = Some(answer),
            _ => return,
        }
        if self.answers.values().all(Option::is_some) {
            self.advance();
        }
    }

    /// When [`Resolution::handle_timeout`] wants to be called, if at all.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.outcome.is_none().then_some(self.deadline)
    }

    /// Makes do with the answers there are, once patience has run out.
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.outcome.is_some() || now < self.deadline {
            return;
        }
        // No more questions will be asked; what stands in the stages is worked off.
        self.config.questions = 0;
        self.questions.clear();
        while self.outcome.is_none() {
            for place in self.answers.values_mut().filter(|p| p.is_none()) {
                *place = Some(Answer::None(NoAnswer::Failed));
            }
            self.advance();
        }
    }

    /// The targets, the one to be tried first at the front; or why there is none.
    pub fn outcome(&self) -> Option<&Result<Vec<Target>, Failure>> {
        self.outcome.as_ref()
    }

    fn begin(&mut self) {
        let destination = &self.destination;
        if let Some(transport) = destination.transport {
            if !self.config.has(transport) {
                return self.finish(Err(Failure::NoTransport));
            }
        }
        let plain = self.plain_transport();
        let named_port = destination.port;
        if let Some(ip) = destination.ip() {
            let port = named_port.unwrap_or(plain.default_port());
            return self.numeric(plain, SocketAddr::new(ip, port));
        }
        match (named_port, destination.transport) {
            (Some(port), _) => {
                let host = self.name.clone();
                self.places(vec![Place {
                    transport: plain,
                    host,
                    port,
                }]);
            }
            (None, Some(transport)) => {
                let name = format!("{}{}", transport.srv_prefix(), self.name);
                self.services(vec![(transport, name)]);
            }
            (None, None) => {
                self.stage = Stage::Naptr;
                let name = self.name.clone();
                self.ask(Kind::Naptr, &name);
                self.advance_if_idle();
            }
        }
    }

    /// The transport where neither URI nor DNS says one: UDP, or TLS for `sips:`. A host that
    /// has no UDP takes the first that it has.
    fn plain_transport(&self) -> Transport {
        let plain = self.destination.plain_transport();
        let asked = self.destination.transport.is_some() || self.destination.secure;
        match self.config.transports.first() {
            Some(first) if !asked && !self.config.has(plain) => *first,
            _ => plain,
        }
    }

    fn numeric(&mut self, transport: Transport, address: SocketAddr) {
        if !self.config.has(transport) {
            return self.finish(Err(Failure::NoTransport));
        }
        let name = self.name.clone();
        self.finish(Ok(vec![Target {
            transport,
            address,
            name,
        }]));
    }

    fn services(&mut self, services: Vec<(Transport, String)>) {
        for (_, name) in &services {
            self.ask(Kind::Srv, name);
        }
        self.stage = Stage::Srv(services);
        self.advance_if_idle();
    }

    fn places(&mut self, places: Vec<Place>) {
        if places.iter().any(|p| !self.config.has(p.transport)) {
            return self.finish(Err(Failure::NoTransport));
        }
        let kinds: &[Kind] = match self.config.family {
            Family::V4Only => &[Kind::A],
            Family::V6Only => &[Kind::Aaaa],
            Family::V6First | Family::V4First => &[Kind::Aaaa, Kind::A],
        };
        for place in &places {
            // A host in the place of a name is seen in SRV records too.
            if place.host.parse::<IpAddr>().is_err() {
                for kind in kinds {
                    self.ask(*kind, &place.host);
                }
            }
        }
        self.stage = Stage::Addresses(places);
        self.advance_if_idle();
    }

    fn ask(&mut self, kind: Kind, name: &str) {
        let question = Question {
            name: canonical(name),
            kind,
        };
        if self.answers.contains_key(&question) {
            return;
        }
        if self.answers.len() >= self.config.questions {
            self.failed = true;
            return;
        }
        self.answers.insert(question.clone(), None);
        self.questions.push_back(question);
    }

    /// Goes on if the stage just entered has asked nothing.
    fn advance_if_idle(&mut self) {
        if self.outcome.is_none() && self.answers.values().all(Option::is_some) {
            self.advance();
        }
    }

    fn advance(&mut self) {
        match core::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Naptr => self.after_naptr(),
            Stage::Srv(services) => self.after_srv(&services),
            Stage::Addresses(places) => self.after_addresses(&places),
            Stage::Done => {}
        }
    }

    fn found(&mut self, kind: Kind, name: &str) -> Option<&Answer> {
        let question = Question {
            name: canonical(name),
            kind,
        };
        let answer = self.answers.get(&question).and_then(Option::as_ref);
        if matches!(answer, None | Some(Answer::None(NoAnswer::Failed))) {
            self.failed = true;
        }
        answer
    }

    fn after_naptr(&mut self) {
        let name = self.name.clone();
        let records = match self.found(Kind::Naptr, &name) {
            Some(Answer::Naptr(records)) => records.clone(),
            _ => Vec::new(),
        };
        let mut services = order::naptr(&self.config, self.destination.secure, &records);
        if services.is_empty() {
            let secure = self.destination.secure;
            services = self
                .config
                .transports
                .iter()
                .filter(|t| t.is_secure() || !secure)
                .map(|t| (*t, format!("{}{name}", t.srv_prefix())))
                .collect();
        }
        if services.is_empty() {
            return self.finish(Err(Failure::NoTransport));
        }
        self.services(services);
    }

    fn after_srv(&mut self, services: &[(Transport, String)]) {
        let mut places = Vec::new();
        for (transport, name) in services {
            let Some(Answer::Srv(records)) = self.found(Kind::Srv, name).cloned() else {
                continue;
            };
            for record in order::srv(&self.config, &mut self.random, &records) {
                let host = canonical(&record.target);
                if host.is_empty() {
                    self.refused += 1;
                    continue;
                }
                places.push(Place {
                    transport: *transport,
                    host,
                    port: record.port,
                });
            }
        }
        if places.is_empty() {
            if self.refused > 0 {
                return self.finish(Err(Failure::NotThere));
            }
            // No SRV records: the host itself, at the default port.
            let transport = self.plain_transport();
            places.push(Place {
                transport,
                host: self.name.clone(),
                port: transport.default_port(),
            });
        }
        places.truncate(self.config.targets);
        self.places(places);
    }

    fn after_addresses(&mut self, places: &[Place]) {
        let mut targets: Vec<Target> = Vec::new();
        for place in places {
            let addresses = match place.host.parse::<IpAddr>() {
                Ok(IpAddr::V4(a)) => order::addresses(&self.config, vec![a.into()], Vec::new()),
                Ok(IpAddr::V6(a)) => order::addresses(&self.config, Vec::new(), vec![a.into()]),
                Err(_) => self.addresses_of(&place.host),
            };
            for ip in addresses {
                let target = Target {
                    transport: place.transport,
                    address: SocketAddr::new(ip, place.port),
                    name: self.name.clone(),
                };
                if !targets.contains(&target) && targets.len() < self.config.targets {
                    targets.push(target);
                }
            }
        }
        let outcome = match (targets.is_empty(), self.failed) {
            (false, _) => Ok(targets),
            (true, true) => Err(Failure::Unanswered),
            (true, false) => Err(Failure::NotThere),
        };
        self.finish(outcome);
    }

    fn addresses_of(&mut self, host: &str) -> Vec<IpAddr> {
        let limit = self.config.records;
        let family = self.config.family;
        let v4 = match family {
            Family::V6Only => Vec::new(),
            _ => match self.found(Kind::A, host) {
                Some(Answer::A(all)) => all.iter().take(limit).map(|a| (*a).into()).collect(),
                _ => Vec::new(),
            },
        };
        let v6 = match family {
            Family::V4Only => Vec::new(),
            _ => match self.found(Kind::Aaaa, host) {
                Some(Answer::Aaaa(all)) => all.iter().take(limit).map(|a| (*a).into()).collect(),
                _ => Vec::new(),
            },
        };
        order::addresses(&self.config, v4, v6)
    }

    fn finish(&mut self, outcome: Result<Vec<Target>, Failure>) {
        self.stage = Stage::Done;
        self.questions.clear();
        self.outcome = Some(outcome);
    }
}

/// A name in lower case without a dot at its end.
fn canonical(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}
