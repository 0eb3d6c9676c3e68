// SPDX-License-Identifier: MIT OR Apache-2.0
//! The guard.

use core::hash::{Hash, Hasher};
use core::net::IpAddr;
use core::time::Duration;
use std::collections::{BTreeSet, VecDeque};
use std::hash::DefaultHasher;

use crate::acl::Access;
use crate::bucket::Bucket;
use crate::config::{Config, ConfigError};
use crate::counters::Counters;
use crate::event::{Action, Event, tame};
use crate::offence::{Evidence, Offence};
use crate::request::Request;
use crate::score::Score;
use crate::source::Source;
use crate::table::Table;
use crate::tarpit::Tarpit;
use crate::verdict::Verdict;

/// What is remembered of a source.
#[derive(Debug)]
struct Seen {
    bucket: Bucket,
    score: Score,
    /// Users tried without success, as hashes, and since when.
    users: Vec<u64>,
    users_since: Duration,
    /// Requests dropped since it sends too much; `None` while it does not.
    limited: Option<u64>,
    denied_told: bool,
}

/// What is remembered of a banned source.
#[derive(Debug)]
struct Ban {
    /// `None` once it has ended: then only the count is remembered.
    until: Option<Duration>,
    ended: Duration,
    count: u32,
    dropped: u64,
}

/// Judges requests by their sources. See the crate's documentation for how to drive it.
#[derive(Debug)]
pub struct Guard {
    config: Config,
    sources: Table<Seen>,
    bans: Table<Ban>,
    ends: BTreeSet<(Duration, Source)>,
    tarpit: Tarpit,
    events: VecDeque<Event>,
    counters: Counters,
}

impl Guard {
    /// A guard that has seen nobody.
    ///
    /// # Errors
    /// [`ConfigError`] naming what is wrong.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self {
            sources: Table::new(config.sources),
            bans: Table::new(config.bans),
            ends: BTreeSet::new(),
            tarpit: Tarpit::new(config.tarpit_places),
            events: VecDeque::new(),
            counters: Counters::default(),
            config,
        })
    }

    /// What to do with a request.
    ///
    /// The access list comes first. Emergency calls pass everything but a denial. Requests of
    /// something established pass rates and signatures, and not bans.
    pub fn check(&mut self, now: Duration, request: &Request<'_>) -> Verdict {
        self.handle_timeout(now);
        let source = Source::of(request.source);
        match self.config.acl.access(request.source) {
            Access::Trust => return self.serve(),
            Access::Deny => return self.deny(now, source, request.source),
            Access::Judge => {}
        }
        if let Some(until) = self.banned_until(now, source) {
            if request.emergency {
                return self.emergency(now, source, request.source);
            }
            self.counters.banned += 1;
            let (ban, _) = self.bans.touch(source, || no_ban(now));
            ban.dropped = ban.dropped.saturating_add(1);
            return Verdict::Banned { until };
        }
        if request.established {
            return self.serve();
        }
        if let Some(verdict) = self.limit(now, source, request) {
            return verdict;
        }
        let signature = self
            .config
            .scanners
            .iter()
            .find(|s| s.matches(request.user_agent, request.from))
            .map(|s| s.text().to_string());
        match signature {
            Some(signature) if !request.emergency => self.scanner(now, request.source, signature),
            _ => self.serve(),
        }
    }

    /// The source did something wrong, about a user if any. Wrong passwords for different
    /// users, and users who do not exist, add up to [`Offence::Enumeration`].
    pub fn offence(
        &mut self,
        now: Duration,
        address: IpAddr,
        offence: Offence,
        evidence: Evidence,
        user: Option<&str>,
    ) {
        self.handle_timeout(now);
        if self.config.acl.access(address) == Access::Trust {
            return;
        }
        let enumerates = match (offence, user) {
            (Offence::WrongPassword | Offence::UnknownUser, Some(user)) => {
                self.tried(now, Source::of(address), user)
            }
            _ => false,
        };
        self.note(now, address, offence, evidence, user);
        if enumerates {
            self.note(now, address, Offence::Enumeration, evidence, user);
        }
    }

    /// Lifts a ban and forgets what the source did. `false` if it was not banned.
    pub fn pardon(&mut self, now: Duration, source: Source) -> bool {
        self.sources.remove(source);
        let Some(ban) = self.bans.remove(source) else {
            return false;
        };
        if let Some(until) = ban.until {
            self.ends.remove(&(until, source));
            self.counters.releases += 1;
            let dropped = ban.dropped;
            self.tell(now, source, None, Action::Released { dropped }, None);
        }
        ban.until.is_some()
    }

    /// When the ban of a source ends, if there is one.
    pub fn banned_until(&self, now: Duration, source: Source) -> Option<Duration> {
        let until = self.bans.peek(source)?.until?;
        (until > now).then_some(until)
    }

    /// The bans in force, and when they end.
    pub fn bans(&self) -> impl Iterator<Item = (Source, Duration)> {
        self.bans
            .iter()
            .filter_map(|(s, ban)| Some((s, ban.until?)))
    }

    /// When [`Guard::handle_timeout`] wants to be called, if at all: when a ban ends.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.ends.first().map(|(at, _)| *at)
    }

    /// Ends bans whose time has come.
    pub fn handle_timeout(&mut self, now: Duration) {
        while let Some((at, source)) = self.ends.first().copied().filter(|(at, _)| *at <= now) {
            self.ends.remove(&(at, source));
            let (ban, _) = self.bans.touch(source, || no_ban(now));
            ban.until = None;
            ban.ended = at;
            let dropped = core::mem::take(&mut ban.dropped);
            self.counters.releases += 1;
            self.tell(now, source, None, Action::Released { dropped }, None);
        }
    }

    /// The next event, until there is none.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What was decided so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Sources, and bans, that are remembered.
    pub fn remembered(&self) -> (usize, usize) {
        (self.sources.len(), self.bans.len())
    }

    fn serve(&mut self) -> Verdict {
        self.counters.served += 1;
        Verdict::Serve
    }

    fn deny(&mut self, now: Duration, source: Source, address: IpAddr) -> Verdict {
        self.counters.denied += 1;
        let seen = self.seen(now, source);
        if !core::mem::replace(&mut seen.denied_told, true) {
            self.tell(now, source, Some(address), Action::Denied, None);
        }
        Verdict::Denied
    }

    fn emergency(&mut self, now: Duration, source: Source, address: IpAddr) -> Verdict {
        self.counters.emergencies += 1;
        self.tell(now, source, Some(address), Action::Emergency, None);
        self.serve()
    }

    /// Holds the source to its rate; `None` if the request is within it.
    fn limit(&mut self, now: Duration, source: Source, request: &Request<'_>) -> Option<Verdict> {
        let (rate, burst) = (self.config.rate, self.config.burst);
        let seen = self.seen(now, source);
        if seen.bucket.take(now, rate, burst) {
            let dropped = seen.limited.take()?;
            let action = Action::Unlimited { dropped };
            self.tell(now, source, Some(request.source), action, None);
            return None;
        }
        if request.emergency {
            return Some(self.emergency(now, source, request.source));
        }
        let first = seen.limited.is_none();
        let dropped = seen.limited.get_or_insert(0);
        *dropped = dropped.saturating_add(1);
        self.counters.limited += 1;
        if first {
            self.tell(now, source, Some(request.source), Action::Limited, None);
        }
        self.score(now, request.source, Offence::Rate, Evidence::Unproven, None);
        Some(Verdict::Limited)
    }

    fn scanner(&mut self, now: Duration, address: IpAddr, signature: String) -> Verdict {
        let delay = self.config.tarpit_delay;
        let tarpit = self.tarpit.enter(now, delay);
        let action = Action::Scanner { signature, tarpit };
        self.tell(now, Source::of(address), Some(address), action, None);
        self.score(now, address, Offence::Scanner, Evidence::Unproven, None);
        if tarpit {
            self.counters.tarpitted += 1;
            Verdict::Tarpit { delay }
        } else {
            self.counters.scanners_dropped += 1;
            Verdict::Dropped(Offence::Scanner)
        }
    }

    /// Notes a user tried in vain; whether there are so many now that it is enumeration.
    fn tried(&mut self, now: Duration, source: Source, user: &str) -> bool {
        let (limit, half_life) = (self.config.users, self.config.half_life);
        let mut hasher = DefaultHasher::new();
        user.hash(&mut hasher);
        let user = hasher.finish();
        let seen = self.seen(now, source);
        if now.saturating_sub(seen.users_since) > half_life {
            seen.users.clear();
        }
        if seen.users.is_empty() {
            seen.users_since = now;
        }
        if seen.users.contains(&user) {
            return false;
        }
        seen.users.push(user);
        let reached = seen.users.len() >= limit;
        if reached {
            seen.users.clear();
        }
        reached
    }

    fn note(
        &mut self,
        now: Duration,
        address: IpAddr,
        offence: Offence,
        evidence: Evidence,
        user: Option<&str>,
    ) {
        if let Some(score) = self.score(now, address, offence, evidence, user) {
            let action = Action::Noted { offence, score };
            self.tell(now, Source::of(address), Some(address), action, user);
        }
    }

    /// Adds to a source's score. The score, or `None` if the source is banned now.
    fn score(
        &mut self,
        now: Duration,
        address: IpAddr,
        offence: Offence,
        evidence: Evidence,
        user: Option<&str>,
    ) -> Option<u32> {
        self.counters.offences += 1;
        let percent = match evidence {
            Evidence::Proven => 100,
            Evidence::Unproven => self.config.unproven_percent,
        };
        let weight = u64::from(self.config.weight(offence)) * u64::from(percent);
        let (half_life, threshold) = (self.config.half_life, self.config.threshold);
        let source = Source::of(address);
        if self.banned_until(now, source).is_some() {
            return None;
        }
        let seen = self.seen(now, source);
        let score = seen.score.add(now, half_life, weight);
        if score < threshold {
            return Some(score);
        }
        seen.score.clear();
        self.ban(now, address, offence, user);
        None
    }

    fn ban(&mut self, now: Duration, address: IpAddr, offence: Offence, user: Option<&str>) {
        let source = Source::of(address);
        let forgive = self.config.forgive;
        let (ban, gone) = self.bans.touch(source, || no_ban(now));
        if now.saturating_sub(ban.ended) > forgive {
            ban.count = 0;
        }
        let doublings = ban.count.min(31);
        ban.count = ban.count.saturating_add(1);
        let duration = self
            .config
            .first_ban
            .saturating_mul(1 << doublings)
            .min(self.config.longest_ban);
        let until = now.saturating_add(duration);
        ban.until = Some(until);
        let count = ban.count;
        self.ends.insert((until, source));
        self.counters.bans += 1;
        if let Some((other, Ban { until, .. })) = gone {
            self.counters.bans_forgotten += 1;
            if let Some(until) = until {
                self.ends.remove(&(until, other));
                self.tell(now, other, None, Action::Forgotten, None);
            }
        }
        let action = Action::Banned {
            offence,
            duration,
            count,
        };
        self.tell(now, source, Some(address), action, user);
    }

    fn seen(&mut self, now: Duration, source: Source) -> &mut Seen {
        let burst = self.config.burst;
        let (seen, gone) = self.sources.touch(source, || Seen {
            bucket: Bucket::full(now, burst),
            score: Score::default(),
            users: Vec::new(),
            users_since: now,
            limited: None,
            denied_told: false,
        });
        self.counters.sources_forgotten += u64::from(gone.is_some());
        seen
    }

    fn tell(
        &mut self,
        at: Duration,
        source: Source,
        address: Option<IpAddr>,
        action: Action,
        user: Option<&str>,
    ) {
        if self.events.len() >= self.config.events {
            self.counters.events_lost += 1;
            return;
        }
        self.events.push_back(Event {
            at,
            source,
            address,
            action,
            user: user.map(tame),
        });
    }
}

/// A ban of a source that never was banned.
fn no_ban(now: Duration) -> Ban {
    Ban {
        until: None,
        ended: now,
        count: 0,
        dropped: 0,
    }
}
